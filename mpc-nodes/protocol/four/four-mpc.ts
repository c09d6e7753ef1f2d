/**
 * Four-party replicated secret sharing with active security against one corrupt party (Dalskov, Escudero, Keller, ePrint 2020/1330):
 * the `Mpc` of one party in one task. The operations stand in the files beside this one; here operands are checked.
 */
import { Arena } from "../../kernels/heap.ts";
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
import type { Tasks } from "../replicated/tasks.ts";
import { adoptInto } from "../scopes.ts";
import * as bits from "../replicated/bits.ts";
import type { Context } from "../replicated/context.ts";
import * as convert from "./convert.ts";
import * as inner from "./inner-product.ts";
import * as linear from "../replicated/linear.ts";
import * as product from "./multiply.ts";
import * as openings from "../replicated/open.ts";
import * as randoms from "../replicated/random.ts";
import * as rowBits from "../replicated/row-bits.ts";
import * as permuting from "./shuffle.ts";
import { truncate } from "./truncate.ts";
import { asBits, asPermutation, releaseRegions } from "../replicated/values.ts";
import { asVector, type FourVector, regionsOf } from "./values.ts";

export class FourMpc implements Mpc {
  readonly context: Context;
  readonly #tasks: Tasks<Context>;

  constructor(context: Context, tasks: Tasks<Context>) {
    this.context = context;
    this.#tasks = tasks;
  }

  async scope<T>(body: (scope: Mpc) => Promise<T>): Promise<T> {
    const arena = new Arena(this.context.heap);
    try {
      const result = await body(new FourMpc(this.#tasks.inScope(this.context, arena), this.#tasks));
      adoptInto(this.context.arena, arena, result, regionsOf);
      return result;
    } finally {
      arena.close();
    }
  }

  parallel<T>(tasks: readonly ((task: Mpc) => Promise<T>)[]): Promise<T[]> {
    return this.#tasks.parallel(
      this.context,
      tasks.map((task) => (child) => new FourMpc(child, this.#tasks).scope(task)),
    );
  }

  release(...values: readonly Secret[]): void {
    for (const value of values) releaseRegions(regionsOf(value));
  }

  constants(words: BigUint64Array, word: WordBits): Vector {
    return linear.constants(this.context, words, word);
  }

  constant(value: bigint, length: number, word: WordBits): Vector {
    requireLength(length);
    return linear.constant(this.context, value, length, word);
  }

  add(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return linear.add(this.context, asVector(a), asVector(b));
  }

  subtract(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return linear.subtract(this.context, asVector(a), asVector(b));
  }

  negate(a: Vector): Vector {
    return linear.multiplyPublic(this.context, asVector(a), -1n);
  }

  addPublic(a: Vector, value: bigint): Vector {
    return linear.addPublic(this.context, asVector(a), value);
  }

  multiplyPublic(a: Vector, value: bigint): Vector {
    return linear.multiplyPublic(this.context, asVector(a), value);
  }

  addPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return linear.addPublicWords(this.context, asVector(a), words);
  }

  multiplyPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return linear.multiplyPublicWords(this.context, asVector(a), words);
  }

  sum(a: Vector): Vector {
    return linear.sum(this.context, asVector(a));
  }

  prefixSum(a: Vector): Vector {
    return linear.prefixSum(this.context, asVector(a));
  }

  broadcast(a: Vector, length: number): Vector {
    requireLength(length);
    requireRows(a, 1);
    return linear.broadcast(this.context, asVector(a), length);
  }

  concatenate(vectors: readonly Vector[]): Vector {
    requireColumns(vectors);
    return linear.concatenate(this.context, vectors.map(asVector));
  }

  slice(a: Vector, from: number, to: number): Vector {
    requireIndices(a.length, from, to);
    return linear.slice(this.context, asVector(a), from, to);
  }

  gather(a: Vector, indices: Uint32Array): Vector {
    requireEachIndex(a.length, indices);
    return linear.gather(this.context, asVector(a), indices);
  }

  narrow(a: Vector): Vector {
    requireWord(a, 128);
    return linear.narrow(this.context, asVector(a), 64);
  }

  async multiply(a: Vector, b: Vector): Promise<Vector> {
    requireSame(a, b);
    return product.multiply(this.context, asVector(a), asVector(b));
  }

  async dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector> {
    requireColumns(pairs.map(([a]) => a));
    for (const [a, b] of pairs) requireSame(a, b);
    return inner.dot(
      this.context,
      pairs.map(([a, b]): [FourVector, FourVector] => [asVector(a), asVector(b)]),
    );
  }

  async innerProducts(a: readonly Vector[], b: readonly Vector[]): Promise<Vector> {
    requireColumns([...a, ...b]);
    requirePlanes(a.length, b.length);
    for (const [k, left] of a.entries()) {
      requireSame(left, b[k]!);
      requireSame(left, a[0]!);
    }
    return inner.innerProducts(this.context, a.map(asVector), b.map(asVector));
  }

  async matrixProduct(a: Vector, b: Vector, shape: { rows: number; inner: number; columns: number }): Promise<Vector> {
    requireShape(a, b, shape);
    return inner.matrixProduct(this.context, asVector(a), asVector(b), shape);
  }

  async truncate(items: readonly Truncation[]): Promise<Vector[]> {
    for (const item of items) requireShift(item);
    return truncate(
      this.context,
      items.map(({ value, bits: shift }) => ({ value: asVector(value), bits: shift })),
    );
  }

  async widen(a: Vector): Promise<Vector> {
    requireWord(a, 64);
    return convert.widen(this.context, asVector(a));
  }

  async open(vectors: readonly Vector[]): Promise<BigUint64Array[]> {
    return openings.open(this.context, vectors.map(asVector));
  }

  constantBits(value: bigint, planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return bits.constantBits(this.context, value, planes, length);
  }

  publicBits(words: BigUint64Array, planes: number): Bits {
    requirePlaneCount(planes, 0, 64);
    return rowBits.publicBits(this.context, words, planes);
  }

  gatherBits(a: Bits, indices: Uint32Array): Bits {
    requireEachIndex(a.length, indices);
    return rowBits.gatherBits(this.context, asBits(a), indices);
  }

  xor(a: Bits, b: Bits): Bits {
    requireBits(a, b);
    return bits.xor(this.context, asBits(a), asBits(b));
  }

  xorPublic(a: Bits, value: bigint): Bits {
    return bits.xorPublic(this.context, asBits(a), value);
  }

  andPublic(a: Bits, value: bigint): Bits {
    return bits.andPublic(this.context, asBits(a), value);
  }

  planes(a: Bits, indices: readonly number[]): Bits {
    for (const plane of indices) requireIndices(a.planes, plane, plane + 1);
    return bits.planes(this.context, asBits(a), indices);
  }

  stack(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    for (const part of parts) requireRows(part, parts[0]!.length);
    return bits.stack(this.context, parts.map(asBits));
  }

  concatenateBits(parts: readonly Bits[]): Bits {
    requireColumns(parts);
    for (const part of parts) requirePlanes(part.planes, parts[0]!.planes);
    return bits.concatenate(this.context, parts.map(asBits));
  }

  sliceBits(a: Bits, from: number, to: number): Bits {
    requireIndices(a.length, from, to);
    return bits.slice(this.context, asBits(a), from, to);
  }

  async and(a: Bits, b: Bits): Promise<Bits> {
    requireBits(a, b);
    return product.and(this.context, asBits(a), asBits(b));
  }

  async andEach(a: Bits, b: Bits): Promise<Bits> {
    requirePlanes(b.planes, 1);
    requireRows(b, a.length);
    const repeated = bits.planes(this.context, asBits(b), Array<number>(a.planes).fill(0));
    return product.and(this.context, asBits(a), repeated);
  }

  async openBits(values: readonly Bits[]): Promise<BigUint64Array[]> {
    for (const { planes } of values) requirePlaneCount(planes, 0, 64);
    return openings.openBits(this.context, values.map(asBits));
  }

  async addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }> {
    requirePlaneCount(planes, 1, x.word);
    return convert.addends(this.context, asVector(x), planes);
  }

  async inject(a: Bits, word: WordBits): Promise<Vector[]> {
    return convert.inject(this.context, asBits(a), word);
  }

  async count(a: Bits, word: WordBits): Promise<Vector> {
    return convert.count(this.context, asBits(a), word);
  }

  randomBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return randoms.randomBits(this.context, planes, length);
  }

  random(length: number, word: WordBits): Vector {
    requireLength(length);
    return randoms.random(this.context, length, word);
  }

  randomPermutation(length: number): Permutation {
    requireLength(length);
    return randoms.randomPermutation(this.context, length);
  }

  async shuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    for (const vector of vectors) requireRows(vector, permutation.length);
    return permuting.shuffle(this.context, asPermutation(permutation), vectors.map(asVector));
  }

  async unshuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    for (const vector of vectors) requireRows(vector, permutation.length);
    return permuting.unshuffle(this.context, asPermutation(permutation), vectors.map(asVector));
  }

  async shuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    for (const column of columns) requireRows(column, permutation.length);
    return permuting.shuffleBits(this.context, asPermutation(permutation), columns.map(asBits));
  }

  async unshuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    for (const column of columns) requireRows(column, permutation.length);
    return permuting.unshuffleBits(this.context, asPermutation(permutation), columns.map(asBits));
  }
}
