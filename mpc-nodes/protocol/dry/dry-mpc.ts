/**
 * `Mpc` with lengths alone: what a program or a function costs, without a share or a message. Rounds of tasks that run side by
 * side merge as they do in earnest, because the same scheduler merges them.
 *
 * @example
 * await costOf((mpc) => lessThan(mpc, mpc.random(1000, 64), mpc.random(1000, 64))); // 8 rounds, 143 kB
 */
import type { Bits, Mpc, Permutation, Secret, Truncation, Vector, WordBits } from "../mpc.ts";
import type { RoundPart } from "../round.ts";
import { Rounds, type TaskPath } from "../rounds.ts";
import { type Cost, DryCarrier } from "./carrier.ts";
import * as declared from "./declared.ts";

export type { Cost } from "./carrier.ts";

/** Runs `body` for its cost. */
export async function costOf(body: (mpc: Mpc) => Promise<unknown>): Promise<Cost> {
  const carrier = new DryCarrier();
  await body(new DryMpc(new Rounds(carrier), []));
  return carrier.cost;
}

function vector(word: WordBits, length: number): Vector {
  return { kind: "vector", word, length };
}

function bits(planes: number, length: number): Bits {
  return { kind: "bits", planes, length };
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
    return vector(word, length);
  }

  add(a: Vector, _b: Vector): Vector {
    return a;
  }

  subtract(a: Vector, _b: Vector): Vector {
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

  addPublicWords(a: Vector, _words: BigUint64Array): Vector {
    return a;
  }

  multiplyPublicWords(a: Vector, _words: BigUint64Array): Vector {
    return a;
  }

  sum(a: Vector): Vector {
    return vector(a.word, 1);
  }

  prefixSum(a: Vector): Vector {
    return a;
  }

  broadcast(a: Vector, length: number): Vector {
    return vector(a.word, length);
  }

  concatenate(vectors: readonly Vector[]): Vector {
    return vector(vectors[0]!.word, total(vectors));
  }

  slice(a: Vector, from: number, to: number): Vector {
    return vector(a.word, to - from);
  }

  gather(a: Vector, indices: Uint32Array): Vector {
    return vector(a.word, indices.length);
  }

  narrow(a: Vector): Vector {
    return vector(64, a.length);
  }

  async multiply(a: Vector, _b: Vector): Promise<Vector> {
    await this.#spend(declared.multiply(a.length, a.word));
    return a;
  }

  async dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector> {
    const { word } = pairs[0]![0];
    return this.multiply(vector(word, pairs.length), vector(word, pairs.length));
  }

  async innerProducts(a: readonly Vector[], _b: readonly Vector[]): Promise<Vector> {
    return this.multiply(a[0]!, a[0]!);
  }

  async matrixProduct(a: Vector, _b: Vector, { rows, columns }: { rows: number; inner: number; columns: number }) {
    const result = vector(a.word, rows * columns);
    return this.multiply(result, result);
  }

  async truncate(items: readonly Truncation[]): Promise<Vector[]> {
    await this.#spend(declared.truncate(items.map(({ value }) => value)));
    return items.map(({ value }) => value);
  }

  async widen(a: Vector): Promise<Vector> {
    await this.#spend(declared.widen(a.length));
    return vector(128, a.length);
  }

  async open(vectors: readonly Vector[]): Promise<BigUint64Array[]> {
    await this.#spend(declared.open(vectors.map(({ length, word }) => ({ units: length, unitBytes: word / 8 }))));
    return vectors.map(({ length, word }) => new BigUint64Array((length * word) / 64));
  }

  constantBits(_value: bigint, planes: number, length: number): Bits {
    return bits(planes, length);
  }

  publicBits(words: BigUint64Array, planes: number): Bits {
    return bits(planes, words.length);
  }

  xor(a: Bits, _b: Bits): Bits {
    return a;
  }

  xorPublic(a: Bits, _value: bigint): Bits {
    return a;
  }

  andPublic(a: Bits, _value: bigint): Bits {
    return a;
  }

  planes(a: Bits, indices: readonly number[]): Bits {
    return bits(indices.length, a.length);
  }

  stack(parts: readonly Bits[]): Bits {
    return bits(
      parts.reduce((sum, { planes }) => sum + planes, 0),
      parts[0]!.length,
    );
  }

  concatenateBits(parts: readonly Bits[]): Bits {
    return bits(parts[0]!.planes, total(parts));
  }

  sliceBits(a: Bits, from: number, to: number): Bits {
    return bits(a.planes, to - from);
  }

  gatherBits(a: Bits, indices: Uint32Array): Bits {
    return bits(a.planes, indices.length);
  }

  async and(a: Bits, _b: Bits): Promise<Bits> {
    await this.#spend(declared.and(a.planes, a.length));
    return a;
  }

  andEach(a: Bits, _b: Bits): Promise<Bits> {
    return this.and(a, a);
  }

  async openBits(values: readonly Bits[]): Promise<BigUint64Array[]> {
    await this.#spend(declared.openBits(values));
    return values.map(({ length }) => new BigUint64Array(length));
  }

  async addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }> {
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
    return bits(planes, length);
  }

  random(length: number, word: WordBits): Vector {
    return vector(word, length);
  }

  randomPermutation(length: number): Permutation {
    return { kind: "permutation", length };
  }

  shuffle(_permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return this.#move(vectors, false);
  }

  unshuffle(_permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]> {
    return this.#move(vectors, true);
  }

  async #move(vectors: readonly Vector[], back: boolean): Promise<Vector[]> {
    const items = vectors.map(({ length, word }) => ({ units: length, unitBytes: word / 8 }));
    await this.#spend(declared.shuffle(items, back));
    return [...vectors];
  }

  async shuffleBits(_permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    await this.#spend(declared.shuffleBits(columns, false));
    return [...columns];
  }

  async unshuffleBits(_permutation: Permutation, columns: readonly Bits[]): Promise<Bits[]> {
    await this.#spend(declared.shuffleBits(columns, true));
    return [...columns];
  }
}

function total(columns: readonly { readonly length: number }[]): number {
  return columns.reduce((sum, { length }) => sum + length, 0);
}

function silent(part: declared.DeclaredPart): RoundPart {
  return { ...part, produce() {}, consume() {} };
}
