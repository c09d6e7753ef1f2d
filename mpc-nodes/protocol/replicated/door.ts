/**
 * The `Mpc` of one party in one task, by replicated sharing among four or three: operands are checked here, and the operations are
 * those of whoever computes (`four/operations.ts`, `three/operations.ts`).
 */
import { Arena, type Region } from "../../kernels/heap.ts";
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
import { adoptInto } from "../scopes.ts";
import * as bits from "./bits.ts";
import type { Context } from "./context.ts";
import * as randoms from "./random.ts";
import * as rowBits from "./row-bits.ts";
import type { Tasks } from "./tasks.ts";
import { asBits, asPermutation, type ReplicatedBits, type ReplicatedPermutation, releaseRegions } from "./values.ts";

/** What depends on how vectors are shared, and all that needs messages. Operands are checked. */
export interface Operations<C extends Context, V extends Vector> {
  asVector(value: Vector): V;
  regionsOf(value: Secret): readonly Region[];
  constants(context: C, words: BigUint64Array, word: WordBits): V;
  constant(context: C, value: bigint, length: number, word: WordBits): V;
  random(context: C, length: number, word: WordBits): V;
  requestBits(context: C, planes: number, length: number): ReplicatedBits;
  add(context: C, a: V, b: V): V;
  subtract(context: C, a: V, b: V): V;
  addPublic(context: C, a: V, value: bigint): V;
  multiplyPublic(context: C, a: V, value: bigint): V;
  addPublicWords(context: C, a: V, words: BigUint64Array): V;
  multiplyPublicWords(context: C, a: V, words: BigUint64Array): V;
  sum(context: C, a: V): V;
  prefixSum(context: C, a: V): V;
  broadcast(context: C, a: V, length: number): V;
  concatenate(context: C, vectors: readonly V[]): V;
  slice(context: C, a: V, from: number, to: number): V;
  gather(context: C, a: V, indices: Uint32Array): V;
  narrow(context: C, a: V): V;
  multiply(context: C, a: V, b: V): Promise<V>;
  dot(context: C, pairs: readonly (readonly [V, V])[]): Promise<V>;
  innerProducts(context: C, a: readonly V[], b: readonly V[]): Promise<V>;
  matrixProduct(context: C, a: V, b: V, shape: { rows: number; inner: number; columns: number }): Promise<V>;
  truncate(context: C, items: readonly { readonly value: V; readonly bits: number }[]): Promise<V[]>;
  widen(context: C, a: V): Promise<V>;
  open(context: C, vectors: readonly V[]): Promise<BigUint64Array[]>;
  and(context: C, a: ReplicatedBits, b: ReplicatedBits): Promise<ReplicatedBits>;
  openBits(context: C, values: readonly ReplicatedBits[]): Promise<BigUint64Array[]>;
  addends(context: C, x: V, planes: number): Promise<{ generate: ReplicatedBits; propagate: ReplicatedBits }>;
  inject(context: C, a: ReplicatedBits, word: WordBits): Promise<V[]>;
  count(context: C, a: ReplicatedBits, word: WordBits): Promise<V>;
  /** With `inverse`, what undoes it. */
  shuffle(context: C, permutation: ReplicatedPermutation, vectors: readonly V[], inverse: boolean): Promise<V[]>;
  shuffleBits(
    context: C,
    permutation: ReplicatedPermutation,
    columns: readonly ReplicatedBits[],
    inverse: boolean,
  ): Promise<ReplicatedBits[]>;
}

export class ReplicatedMpc<C extends Context, V extends Vector> implements Mpc {
  readonly context: C;
  readonly #tasks: Tasks<C>;
  readonly #operations: Operations<C, V>;

  constructor(context: C, tasks: Tasks<C>, operations: Operations<C, V>) {
    this.context = context;
    this.#tasks = tasks;
    this.#operations = operations;
  }

  #beside(context: C): ReplicatedMpc<C, V> {
    return new ReplicatedMpc(context, this.#tasks, this.#operations);
  }

  async scope<T>(body: (scope: Mpc) => Promise<T>): Promise<T> {
    const arena = new Arena(this.context.heap);
    try {
      const result = await body(this.#beside(this.#tasks.inScope(this.context, arena)));
      adoptInto(this.context.arena, arena, result, this.#operations.regionsOf);
      return result;
    } finally {
      arena.close();
    }
  }

  parallel<T>(tasks: readonly ((task: Mpc) => Promise<T>)[]): Promise<T[]> {
    return this.#tasks.parallel(
      this.context,
      tasks.map((task) => (child) => this.#beside(child).scope(task)),
    );
  }

  release(...values: readonly Secret[]): void {
    for (const value of values) releaseRegions(this.#operations.regionsOf(value));
  }

  constants(words: BigUint64Array, word: WordBits): Vector {
    return this.#operations.constants(this.context, words, word);
  }

  constant(value: bigint, length: number, word: WordBits): Vector {
    requireLength(length);
    return this.#operations.constant(this.context, value, length, word);
  }

  add(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return this.#operations.add(this.context, this.#operations.asVector(a), this.#operations.asVector(b));
  }

  subtract(a: Vector, b: Vector): Vector {
    requireSame(a, b);
    return this.#operations.subtract(this.context, this.#operations.asVector(a), this.#operations.asVector(b));
  }

  negate(a: Vector): Vector {
    return this.#operations.multiplyPublic(this.context, this.#operations.asVector(a), -1n);
  }

  addPublic(a: Vector, value: bigint): Vector {
    return this.#operations.addPublic(this.context, this.#operations.asVector(a), value);
  }

  multiplyPublic(a: Vector, value: bigint): Vector {
    return this.#operations.multiplyPublic(this.context, this.#operations.asVector(a), value);
  }

  addPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return this.#operations.addPublicWords(this.context, this.#operations.asVector(a), words);
  }

  multiplyPublicWords(a: Vector, words: BigUint64Array): Vector {
    requireRows(a, words.length);
    return this.#operations.multiplyPublicWords(this.context, this.#operations.asVector(a), words);
  }

  sum(a: Vector): Vector {
    return this.#operations.sum(this.context, this.#operations.asVector(a));
  }

  prefixSum(a: Vector): Vector {
    return this.#operations.prefixSum(this.context, this.#operations.asVector(a));
  }

  broadcast(a: Vector, length: number): Vector {
    requireLength(length);
    requireRows(a, 1);
    return this.#operations.broadcast(this.context, this.#operations.asVector(a), length);
  }

  concatenate(vectors: readonly Vector[]): Vector {
    requireColumns(vectors);
    return this.#operations.concatenate(this.context, vectors.map(this.#operations.asVector));
  }

  slice(a: Vector, from: number, to: number): Vector {
    requireIndices(a.length, from, to);
    return this.#operations.slice(this.context, this.#operations.asVector(a), from, to);
  }

  gather(a: Vector, indices: Uint32Array): Vector {
    requireEachIndex(a.length, indices);
    return this.#operations.gather(this.context, this.#operations.asVector(a), indices);
  }

  narrow(a: Vector): Vector {
    requireWord(a, 128);
    return this.#operations.narrow(this.context, this.#operations.asVector(a));
  }

  async multiply(a: Vector, b: Vector): Promise<Vector> {
    requireSame(a, b);
    return this.#operations.multiply(this.context, this.#operations.asVector(a), this.#operations.asVector(b));
  }

  async dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector> {
    requireColumns(pairs.map(([a]) => a));
    for (const [a, b] of pairs) requireSame(a, b);
    return this.#operations.dot(
      this.context,
      pairs.map(([a, b]): [V, V] => [this.#operations.asVector(a), this.#operations.asVector(b)]),
    );
  }

  async innerProducts(a: readonly Vector[], b: readonly Vector[]): Promise<Vector> {
    requireColumns([...a, ...b]);
    requirePlanes(a.length, b.length);
    for (const [k, left] of a.entries()) {
      requireSame(left, b[k]!);
      requireSame(left, a[0]!);
    }
    return this.#operations.innerProducts(
      this.context,
      a.map(this.#operations.asVector),
      b.map(this.#operations.asVector),
    );
  }

  async matrixProduct(a: Vector, b: Vector, shape: { rows: number; inner: number; columns: number }): Promise<Vector> {
    requireShape(a, b, shape);
    return this.#operations.matrixProduct(
      this.context,
      this.#operations.asVector(a),
      this.#operations.asVector(b),
      shape,
    );
  }

  async truncate(items: readonly Truncation[]): Promise<Vector[]> {
    for (const item of items) requireShift(item);
    return this.#operations.truncate(
      this.context,
      items.map(({ value, bits: shift }) => ({ value: this.#operations.asVector(value), bits: shift })),
    );
  }

  async widen(a: Vector): Promise<Vector> {
    requireWord(a, 64);
    return this.#operations.widen(this.context, this.#operations.asVector(a));
  }

  async open(vectors: readonly Vector[]): Promise<BigUint64Array[]> {
    return this.#operations.open(this.context, vectors.map(this.#operations.asVector));
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
    return this.#operations.and(this.context, asBits(a), asBits(b));
  }

  async andEach(a: Bits, b: Bits): Promise<Bits> {
    requirePlanes(b.planes, 1);
    requireRows(b, a.length);
    const repeated = bits.planes(this.context, asBits(b), Array<number>(a.planes).fill(0));
    return this.#operations.and(this.context, asBits(a), repeated);
  }

  async openBits(values: readonly Bits[]): Promise<BigUint64Array[]> {
    for (const { planes } of values) requirePlaneCount(planes, 0, 64);
    return this.#operations.openBits(this.context, values.map(asBits));
  }

  async addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }> {
    requirePlaneCount(planes, 1, x.word);
    return this.#operations.addends(this.context, this.#operations.asVector(x), planes);
  }

  async inject(a: Bits, word: WordBits): Promise<Vector[]> {
    return this.#operations.inject(this.context, asBits(a), word);
  }

  async count(a: Bits, word: WordBits): Promise<Vector> {
    return this.#operations.count(this.context, asBits(a), word);
  }

  randomBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return randoms.randomBits(this.context, planes, length);
  }

  requestBits(planes: number, length: number): Bits {
    requireLength(planes);
    requireLength(length);
    return this.#operations.requestBits(this.context, planes, length);
  }

  random(length: number, word: WordBits): Vector {
    requireLength(length);
    return this.#operations.random(this.context, length, word);
  }

  randomPermutation(length: number): Permutation {
    requireLength(length);
    return randoms.randomPermutation(this.context, length);
  }

  async shuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    for (const vector of vectors) requireRows(vector, permutation.length);
    return this.#operations.shuffle(
      this.context,
      asPermutation(permutation),
      vectors.map(this.#operations.asVector),
      false,
    );
  }

  async unshuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    for (const vector of vectors) requireRows(vector, permutation.length);
    return this.#operations.shuffle(
      this.context,
      asPermutation(permutation),
      vectors.map(this.#operations.asVector),
      true,
    );
  }

  async shuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    for (const column of columns) requireRows(column, permutation.length);
    return this.#operations.shuffleBits(this.context, asPermutation(permutation), columns.map(asBits), false);
  }

  async unshuffleBits(permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    for (const column of columns) requireRows(column, permutation.length);
    return this.#operations.shuffleBits(this.context, asPermutation(permutation), columns.map(asBits), true);
  }
}
