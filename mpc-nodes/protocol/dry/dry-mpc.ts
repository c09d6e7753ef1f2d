/**
 * `Mpc` with lengths alone: what a program or a function costs, without a share or a message. Rounds of tasks that run side by
 * side merge as they do in earnest, because the same scheduler merges them.
 *
 * @example
 * await costOf((mpc) => lessThan(mpc, mpc.random(1000, 64), mpc.random(1000, 64))); // 8 rounds, 140 kB among all
 */
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
import type { RoundPart } from "../round.ts";
import { Rounds, type TaskPath } from "../rounds.ts";
import { type Cost, DryCarrier } from "./carrier.ts";
import * as declared from "./declared.ts";

export type { Cost } from "./carrier.ts";

/** Runs `body` for its cost. `check` is told after each round what it has come to; what it throws ends the run. */
export async function costOf(body: (mpc: Mpc) => Promise<unknown>, check?: (cost: Cost) => void): Promise<Cost> {
  const carrier = new DryCarrier(undefined, check);
  await body(new DryMpc(new Rounds(carrier), []));
  return carrier.cost;
}

function vector(word: WordBits, length: number): Vector {
  return { kind: "vector", word, length };
}

function bits(planes: number, length: number): Bits {
  return { kind: "bits", planes, length };
}

/** Lengths that lists of rows were checked for: many columns are gathered by one list. */
const checkedFor = new WeakMap<Uint32Array, number>();

function requireKnownIndices(length: number, indices: Uint32Array): void {
  if (checkedFor.get(indices) === length) return;
  requireEachIndex(length, indices);
  checkedFor.set(indices, length);
}

class DryMpc implements Mpc {
  readonly #rounds: Rounds;
  readonly #path: TaskPath;
  #calls = 0;

  constructor(rounds: Rounds, path: TaskPath) {
    this.#rounds = rounds;
    this.#path = path;
  }

  async #spend(rounds: declared.Declared): Promise<void> {
    for (const parts of rounds) await this.#rounds.exchange(this.#path, parts.map(silent));
  }

  scope<T>(body: (scope: Mpc) => Promise<T>): Promise<T> {
    return body(this);
  }

  parallel<T>(tasks: readonly ((task: Mpc) => Promise<T>)[]): Promise<T[]> {
    const call = this.#calls++;
    return this.#rounds.parallel(
      tasks.map((task, index) => () => task(new DryMpc(this.#rounds, [...this.#path, call, index]))),
    );
  }

  release(..._values: readonly Secret[]): void {}

  constants(words: BigUint64Array, word: WordBits): Vector {
    return vector(word, words.length);
  }

  constant(_value: bigint, length: number, word: WordBits): Vector {
    requireLength(length);
    return vector(word, length);
  }

  add(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return a;
  }

  subtract(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return a;
  }

  negate(a: Vector): Vector {
    return a;
  }

  addPublic(a: Vector, _value: bigint): Vector {
    return a;
  }

  multiplyPublic(a: Vector, _value: bigint): Vector {
    return a;
  }

  addPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return a;
  }

  multiplyPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return a;
  }

  sum(a: Vector): Vector {
    return vector(a.word, 1);
  }

  prefixSum(a: Vector): Vector {
    return a;
  }

  broadcast(a: Vector, length: number): Vector {
    requireRows(a, 1);
    requireLength(length);
    return vector(a.word, length);
  }

  concatenate(vectors: readonly Vector[]): Vector {
    requireColumns(vectors);
    return vector(vectors[0]!.word, total(vectors));
  }

  slice(a: Vector, from: number, to: number): Vector {
    requireIndices(a.length, from, to);
    return vector(a.word, to - from);
  }

  gather(a: Vector, indices: Uint32Array): Vector {
    requireKnownIndices(a.length, indices);
    return vector(a.word, indices.length);
  }

  narrow(a: Vector): Vector {
    requireWord(a, 128);
    return vector(64, a.length);
  }

  async multiply(a: Vector, b: Vector): Promise<Vector> {
    requireSame(a, b);
    await this.#spend(declared.multiply(a.length, a.word));
    return a;
  }

  async dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector> {
    requireColumns(pairs.map(([a]) => a));
    for (const [a, b] of pairs) requireSame(a, b);
    const { word } = pairs[0]![0];
    return this.multiply(vector(word, pairs.length), vector(word, pairs.length));
  }

  async innerProducts(a: readonly Vector[], b: readonly Vector[]): Promise<Vector> {
    requireColumns([...a, ...b]);
    requirePlanes(b.length, a.length);
    for (const column of [...a, ...b]) requireSame(column, a[0]!);
    return this.multiply(a[0]!, a[0]!);
  }

  async matrixProduct(a: Vector, b: Vector, shape: { rows: number; inner: number; columns: number }): Promise<Vector> {
    requireShape(a, b, shape);
    const { rows, columns } = shape;
    const result = vector(a.word, rows * columns);
    return this.multiply(result, result);
  }

  async truncate(items: readonly Truncation[]): Promise<Vector[]> {
    for (const item of items) requireShift(item);
    await this.#spend(declared.truncate(items.map(({ value }) => value)));
    return items.map(({ value }) => value);
  }

  async widen(a: Vector): Promise<Vector> {
    requireWord(a, 64);
    await this.#spend(declared.widen(a.length));
    return vector(128, a.length);
  }

  async open(vectors: readonly Vector[]): Promise<BigUint64Array[]> {
    await this.#spend(declared.open(vectors.map(({ length, word }) => ({ units: length, unitBytes: word / 8 }))));
    return vectors.map(({ length, word }) => new BigUint64Array((length * word) / 64));
  }

  constantBits(_value: bigint, planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return bits(planes, length);
  }

  publicBits(words: BigUint64Array, planes: number): Bits {
    requirePlaneCount(planes, 0, 64);
    return bits(planes, words.length);
  }

  xor(a: Bits, b: Bits): Bits {
    requireBits(a, b);
    return a;
  }

  xorPublic(a: Bits, _value: bigint): Bits {
    return a;
  }

  andPublic(a: Bits, _value: bigint): Bits {
    return a;
  }

  planes(a: Bits, indices: readonly number[]): Bits {
    for (const plane of indices) requireIndices(a.planes, plane, plane + 1);
    return bits(indices.length, a.length);
  }

  stack(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    for (const part of parts) requireRows(part, parts[0]!.length);
    return bits(
      parts.reduce((sum, { planes }) => sum + planes, 0),
      parts[0]!.length,
    );
  }

  concatenateBits(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    for (const part of parts) requirePlanes(part.planes, parts[0]!.planes);
    return bits(parts[0]!.planes, total(parts));
  }

  sliceBits(a: Bits, from: number, to: number): Bits {
    requireIndices(a.length, from, to);
    return bits(a.planes, to - from);
  }

  gatherBits(a: Bits, indices: Uint32Array): Bits {
    requireKnownIndices(a.length, indices);
    return bits(a.planes, indices.length);
  }

  async and(a: Bits, b: Bits): Promise<Bits> {
    requireBits(a, b);
    await this.#spend(declared.and(a.planes, a.length));
    return a;
  }

  async andEach(a: Bits, b: Bits): Promise<Bits> {
    requirePlanes(b.planes, 1);
    requireRows(b, a.length);
    return this.and(a, a);
  }

  async openBits(values: readonly Bits[]): Promise<BigUint64Array[]> {
    for (const { planes } of values) requirePlaneCount(planes, 0, 64);
    await this.#spend(declared.openBits(values));
    return values.map(({ length }) => new BigUint64Array(length));
  }

  async addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }> {
    requirePlaneCount(planes, 1, x.word);
    await this.#spend(declared.addends(x.length, planes));
    return { generate: bits(planes, x.length), propagate: bits(planes, x.length) };
  }

  async inject(a: Bits, word: WordBits): Promise<Vector[]> {
    await this.#spend(declared.inject(a.planes, a.length, word));
    return Array.from({ length: a.planes }, () => vector(word, a.length));
  }

  async count(a: Bits, word: WordBits): Promise<Vector> {
    await this.#spend(declared.count(a.planes, a.length, word));
    return vector(word, a.planes);
  }

  randomBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return bits(planes, length);
  }

  requestBits(planes: number, length: number): Bits {
    return this.randomBits(planes, length);
  }

  random(length: number, word: WordBits): Vector {
    requireLength(length);
    return vector(word, length);
  }

  randomPermutation(length: number): Permutation {
    requireLength(length);
    return { kind: "permutation", length };
  }

  shuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return this.#move(permutation, vectors, false);
  }

  unshuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return this.#move(permutation, vectors, true);
  }

  async #move({ length: rows }: Permutation, vectors: readonly Vector[], back: boolean): Promise<Vector[]> {
    for (const vector of vectors) requireRows(vector, rows);
    const items = vectors.map(({ length, word }) => ({ units: length, unitBytes: word / 8 }));
    await this.#spend(declared.shuffle(items, back));
    return [...vectors];
  }

  shuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    return this.#moveBits(permutation, columns, false);
  }

  unshuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    return this.#moveBits(permutation, columns, true);
  }

  async #moveBits({ length: rows }: Permutation, columns: readonly Bits[], back: boolean): Promise<Bits[]> {
    for (const column of columns) requireRows(column, rows);
    await this.#spend(declared.shuffleBits(columns, back));
    return [...columns];
  }
}

function total(columns: readonly { readonly length: number }[]): number {
  return columns.reduce((sum, { length }) => sum + length, 0);
}

function silent(part: declared.DeclaredPart): RoundPart {
  return { ...part, produce() {}, consume() {} };
}
