/**
 * `Mpc` in the clear: what programs and functions must agree with, and how an author tries them. Slow and without secrets;
 * everything is a bigint.
 */

import type { RandomSource } from "../../math/random.ts";
import { decodeWords } from "../../math/words.ts";
import type { Bits, Mpc, Permutation, Secret, Truncation, Vector, WordBits } from "../mpc.ts";
import {
  requireBits,
  requireColumns,
  requireEachIndex,
  requireIndices,
  requireLength,
  requirePlaneCount,
  requirePlanes,
  requireRows,
  requireSame,
  requireShape,
  requireShift,
  requireWord,
} from "../operands.ts";
import { ClearBits, ClearPermutation, ClearVector, orderOf, rowsOf } from "./values.ts";

const WORD = 64n;

export interface ClearOptions {
  /** What is random: summands, permutations, the direction in which truncation rounds. */
  readonly random: RandomSource;
  /** How an inexact truncation rounds; by chance, as the protocols do, unless said otherwise. */
  readonly rounding?: "down" | "up" | "by chance";
  /** What `requestBits` draws from; `random` unless said otherwise. */
  readonly requestRandom?: RandomSource;
}

export class ClearMpc implements Mpc {
  readonly #random: RandomSource;
  readonly #rounding: "down" | "up" | "by chance";
  readonly #requestRandom: RandomSource;

  constructor({ random, rounding = "by chance", requestRandom = random }: ClearOptions) {
    this.#random = random;
    this.#requestRandom = requestRandom;
    this.#rounding = rounding;
  }

  scope<T>(body: (scope: Mpc) => Promise<T>): Promise<T> {
    return body(this);
  }

  parallel<T>(tasks: readonly ((task: Mpc) => Promise<T>)[]): Promise<T[]> {
    return Promise.all(tasks.map((task) => task(this)));
  }

  release(..._values: readonly Secret[]): void {}

  // ----- Vectors, without a message

  constants(words: BigUint64Array, word: WordBits): Vector {
    return new ClearVector(
      word,
      [...words].map((value) => BigInt.asIntN(64, value)),
    );
  }

  constant(value: bigint, length: number, word: WordBits): Vector {
    requireLength(length);
    return new ClearVector(word, Array<bigint>(length).fill(value));
  }

  add(a: Vector, b: Vector): Vector {
    return zip(a, b, (x, y) => x + y);
  }

  subtract(a: Vector, b: Vector): Vector {
    return zip(a, b, (x, y) => x - y);
  }

  negate(a: Vector): Vector {
    return map(a, (x) => -x);
  }

  addPublic(a: Vector, value: bigint): Vector {
    return map(a, (x) => x + value);
  }

  multiplyPublic(a: Vector, value: bigint): Vector {
    return map(a, (x) => x * value);
  }

  addPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return map(a, (x, row) => x + BigInt.asIntN(64, words[row]!));
  }

  multiplyPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return map(a, (x, row) => x * BigInt.asIntN(64, words[row]!));
  }

  sum(a: Vector): Vector {
    return new ClearVector(a.word, [total(rowsOf(a))]);
  }

  prefixSum(a: Vector): Vector {
    let sum = 0n;
    return map(a, (x) => {
      sum += x;
      return sum;
    });
  }

  broadcast(a: Vector, length: number): Vector {
    requireRows(a, 1);
    return this.constant(rowsOf(a)[0]!, length, a.word);
  }

  concatenate(vectors: readonly Vector[]): Vector {
    requireColumns(vectors);
    return new ClearVector(vectors[0]!.word, vectors.flatMap(rowsOf));
  }

  slice(a: Vector, from: number, to: number): Vector {
    requireIndices(a.length, from, to);
    return new ClearVector(a.word, rowsOf(a).slice(from, to));
  }

  gather(a: Vector, indices: Uint32Array): Vector {
    return new ClearVector(a.word, gathered(a, indices));
  }

  narrow(a: Vector): Vector {
    requireWord(a, 128);
    return new ClearVector(64, rowsOf(a));
  }

  // ----- Vectors, with messages

  async multiply(a: Vector, b: Vector): Promise<Vector> {
    return zip(a, b, (x, y) => x * y);
  }

  async dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector> {
    requireColumns(pairs.map(([a]) => a));
    const sums = pairs.map(([a, b]) => total(rowsOf(zip(a, b, (x, y) => x * y))));
    return new ClearVector(pairs[0]![0].word, sums);
  }

  async innerProducts(a: readonly Vector[], b: readonly Vector[]): Promise<Vector> {
    requireColumns([...a, ...b]);
    requirePlanes(b.length, a.length);
    return a.map((x, k) => zip(x, b[k]!, (p, q) => p * q)).reduce((sum, term) => zip(sum, term, (p, q) => p + q));
  }

  async matrixProduct(a: Vector, b: Vector, shape: { rows: number; inner: number; columns: number }): Promise<Vector> {
    requireShape(a, b, shape);
    const { rows, inner, columns } = shape;
    const [x, y] = [rowsOf(a), rowsOf(b)];
    const element = (row: number, column: number): bigint =>
      total(Array.from({ length: inner }, (_, k) => x[row * inner + k]! * y[k * columns + column]!));
    const elements = Array.from({ length: rows * columns }, (_, at) => element(Math.floor(at / columns), at % columns));
    return new ClearVector(a.word, elements);
  }

  async truncate(items: readonly Truncation[]): Promise<Vector[]> {
    return items.map((item) => {
      requireShift(item);
      const { value, bits } = item;
      // Up with the probability of what is cut off.
      const low = (1n << BigInt(bits)) - 1n;
      const thresholds = { down: () => low, up: () => 0n, "by chance": (row: number) => chances[row]! };
      const chances = this.#rounding === "by chance" ? this.#numbers(value.length, bits) : [];
      const threshold = thresholds[this.#rounding];
      return map(value, (x, row) => {
        const signed = BigInt.asIntN(value.word, x);
        return (signed >> BigInt(bits)) + (threshold(row) < (signed & low) ? 1n : 0n);
      });
    });
  }

  async widen(a: Vector): Promise<Vector> {
    requireWord(a, 64);
    return new ClearVector(
      128,
      rowsOf(a).map((x) => BigInt.asIntN(64, x)),
    );
  }

  async open(vectors: readonly Vector[]): Promise<BigUint64Array[]> {
    return vectors.map((vector) => {
      const words =
        vector.word === 64 ? rowsOf(vector) : rowsOf(vector).flatMap((x) => [BigInt.asUintN(64, x), x >> WORD]);
      return BigUint64Array.from(words);
    });
  }

  // ----- Bits, without a message

  constantBits(value: bigint, planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return new ClearBits(planes, Array<bigint>(length).fill(value));
  }

  publicBits(words: BigUint64Array, planes: number): Bits {
    requirePlaneCount(planes, 0, 64);
    return new ClearBits(planes, [...words]);
  }

  gatherBits(a: Bits, indices: Uint32Array): Bits {
    return new ClearBits(a.planes, gathered(a, indices));
  }

  xor(a: Bits, b: Bits): Bits {
    return zipBits(a, b, (x, y) => x ^ y);
  }

  xorPublic(a: Bits, value: bigint): Bits {
    return new ClearBits(
      a.planes,
      rowsOf(a).map((x) => x ^ value),
    );
  }

  andPublic(a: Bits, value: bigint): Bits {
    return new ClearBits(
      a.planes,
      rowsOf(a).map((x) => x & value),
    );
  }

  planes(a: Bits, indices: readonly number[]): Bits {
    for (const plane of indices) requireIndices(a.planes, plane, plane + 1);
    const chosen = (x: bigint): bigint => indices.reduce((bits, plane, j) => bits | (bit(x, plane) << BigInt(j)), 0n);
    return new ClearBits(indices.length, rowsOf(a).map(chosen));
  }

  stack(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    return parts.reduce((low, part) => {
      requireRows(part, low.length);
      const high = rowsOf(part);
      const rows = rowsOf(low).map((x, row) => x | (high[row]! << BigInt(low.planes)));
      return new ClearBits(low.planes + part.planes, rows);
    });
  }

  concatenateBits(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    for (const part of parts) requirePlanes(part.planes, parts[0]!.planes);
    return new ClearBits(parts[0]!.planes, parts.flatMap(rowsOf));
  }

  sliceBits(a: Bits, from: number, to: number): Bits {
    requireIndices(a.length, from, to);
    return new ClearBits(a.planes, rowsOf(a).slice(from, to));
  }

  // ----- Bits, with messages

  async and(a: Bits, b: Bits): Promise<Bits> {
    return zipBits(a, b, (x, y) => x & y);
  }

  async andEach(a: Bits, b: Bits): Promise<Bits> {
    requirePlanes(b.planes, 1);
    requireRows(b, a.length);
    const condition = rowsOf(b);
    return new ClearBits(
      a.planes,
      rowsOf(a).map((x, row) => (condition[row] === 1n ? x : 0n)),
    );
  }

  async openBits(values: readonly Bits[]): Promise<BigUint64Array[]> {
    return values.map((value) => {
      requirePlaneCount(value.planes, 0, 64);
      return BigUint64Array.from(rowsOf(value));
    });
  }

  // ----- Between vectors and bits

  async addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }> {
    requirePlaneCount(planes, 1, x.word);
    const summands = this.#numbers(x.length, planes);
    const rest = rowsOf(x).map((value, row) => BigInt.asUintN(planes, value - summands[row]!));
    return {
      generate: new ClearBits(
        planes,
        rest.map((b, row) => summands[row]! & b),
      ),
      propagate: new ClearBits(
        planes,
        rest.map((b, row) => summands[row]! ^ b),
      ),
    };
  }

  async inject(bits: Bits, word: WordBits): Promise<Vector[]> {
    return Array.from(
      { length: bits.planes },
      (_, plane) =>
        new ClearVector(
          word,
          rowsOf(bits).map((x) => bit(x, plane)),
        ),
    );
  }

  async count(bits: Bits, word: WordBits): Promise<Vector> {
    return new ClearVector(
      word,
      (await this.inject(bits, word)).map((vector) => total(rowsOf(vector))),
    );
  }

  // ----- Randomness

  randomBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return new ClearBits(planes, this.#numbers(length, planes));
  }

  requestBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return new ClearBits(planes, this.#numbers(length, planes, this.#requestRandom));
  }

  random(length: number, word: WordBits): Vector {
    requireLength(length);
    return new ClearVector(word, this.#numbers(length, word));
  }

  randomPermutation(length: number): Permutation {
    requireLength(length);
    const order = Array.from({ length }, (_, row) => row);
    const chances = this.#numbers(length, 128);
    for (let left = length; left > 1; left--) {
      const chosen = Number((chances[left - 1]! * BigInt(left)) >> 128n);
      [order[left - 1], order[chosen]] = [order[chosen]!, order[left - 1]!];
    }
    return new ClearPermutation(order);
  }

  async shuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return vectors.map((vector) => new ClearVector(vector.word, moved(permutation, vector)));
  }

  async unshuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return this.shuffle(inverse(permutation), vectors);
  }

  async shuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    return columns.map((column) => new ClearBits(column.planes, moved(permutation, column)));
  }

  async unshuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    return this.shuffleBits(inverse(permutation), columns);
  }

  /** Uniform numbers below 2^bits. */
  #numbers(length: number, bits: number, random = this.#random): bigint[] {
    const words = Math.ceil(bits / 64);
    return Array.from({ length }, () => {
      const drawn = words === 0 ? [] : [...decodeWords(random(8 * words))];
      return BigInt.asUintN(
        bits,
        drawn.reduce((number, word) => (number << WORD) | word, 0n),
      );
    });
  }
}

function bit(x: bigint, plane: number): bigint {
  return (x >> BigInt(plane)) & 1n;
}

function total(numbers: readonly bigint[]): bigint {
  return numbers.reduce((sum, x) => sum + x, 0n);
}

function map(a: Vector, value: (x: bigint, row: number) => bigint): Vector {
  return new ClearVector(a.word, rowsOf(a).map(value));
}

function zip(a: Vector, b: Vector, value: (x: bigint, y: bigint) => bigint): Vector {
  requireSame(a, b);
  const right = rowsOf(b);
  return map(a, (x, row) => value(x, right[row]!));
}

function zipBits(a: Bits, b: Bits, value: (x: bigint, y: bigint) => bigint): Bits {
  requireBits(a, b);
  const right = rowsOf(b);
  return new ClearBits(
    a.planes,
    rowsOf(a).map((x, row) => value(x, right[row]!)),
  );
}

function gathered(a: Vector | Bits, indices: Uint32Array): bigint[] {
  const rows = rowsOf(a);
  requireEachIndex(a.length, indices);
  return Array.from(indices, (index) => rows[index]!);
}

function moved(permutation: Permutation, column: Vector | Bits): bigint[] {
  requireRows(column, permutation.length);
  const rows = rowsOf(column);
  return orderOf(permutation).map((row) => rows[row]!);
}

function inverse(permutation: Permutation): Permutation {
  const order = Array<number>(permutation.length);
  for (const [row, from] of orderOf(permutation).entries()) order[from] = row;
  return new ClearPermutation(order);
}
