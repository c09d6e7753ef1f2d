/** What the bench runs, as one party sees it: secret inputs, the operation, and what its answer must be. */
import { createCipheriv } from "node:crypto";
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";

/** Rows of inputs and answer that are opened and checked after the last run. */
const CHECKED_ROWS = 16;
const FRACTION_BITS = 16;

/** Made ready once: `run` is what is measured, as often as wanted; `check` fails unless its answer is right. */
export interface Task {
  run(mpc: Mpc): Promise<Vector>;
  check(mpc: Mpc, answer: Vector): Promise<void>;
}

export interface Workload {
  readonly name: string;
  /** Operations in one run. */
  readonly n: number;
  /** Rows of one call; a run makes n / rows calls, one after another. */
  readonly rows: number;
  /** Null where what is measured is the opening of a session. */
  readonly prepare: ((mpc: Mpc, rows: number) => Promise<Task>) | null;
  /** Runs after the one that warms up, where the usual number would take too long. */
  readonly runs?: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: "session", n: 1, rows: 1, prepare: null },
  { name: "multiply-1e5", n: 10_000_000, rows: 100_000, prepare: multiplication },
  { name: "multiply-1e6", n: 10_000_000, rows: 1_000_000, prepare: multiplication },
  { name: "multiply-1e7", n: 10_000_000, rows: 10_000_000, prepare: multiplication },
  { name: "dot-1e7", n: 10_000_000, rows: 10_000_000, prepare: dotProduct },
  { name: "truncate-1e6", n: 1_000_000, rows: 1_000_000, prepare: truncation },
];

async function multiplication(mpc: Mpc, rows: number): Promise<Task> {
  const [x, y] = [mpc.random(rows, 64), mpc.random(rows, 64)];
  return {
    run: (each) => each.multiply(x, y),
    async check(each, answer) {
      const [xs, ys, zs] = await openFirst(each, x, y, answer);
      require(zs!.every((z, row) => z === BigInt.asUintN(64, xs![row]! * ys![row]!)));
    },
  };
}

async function dotProduct(mpc: Mpc, rows: number): Promise<Task> {
  const x = mpc.random(rows, 64);
  const ones = mpc.constant(1n, rows, 64);
  const y = mpc.add(mpc.subtract(x, x), ones);
  return {
    run: (each) => each.dot([[x, y]]),
    async check(each, answer) {
      const [sum, product] = await openFirst(each, each.sum(x), answer);
      require(sum![0] === product![0]);
    },
  };
}

async function truncation(mpc: Mpc, rows: number): Promise<Task> {
  const words = stream("truncation", rows).map((word) => BigInt.asUintN(64, BigInt.asIntN(64, word) >> 2n));
  const x = await secretOf(mpc, words);
  return {
    run: async (each) => (await each.truncate([{ value: x, bits: FRACTION_BITS }]))[0]!,
    async check(each, answer) {
      const [rounded] = await openFirst(each, answer);
      // Rounded down, or up by chance.
      const errors = rounded!.map((word, row) => BigInt.asUintN(64, word - (BigInt.asIntN(64, words[row]!) >> 16n)));
      require(errors.every((error) => error === 0n || error === 1n));
    },
  };
}

/** Public words as a sharing that looks like any other. */
export function secretOf(mpc: Mpc, words: BigUint64Array): Promise<Vector> {
  return mpc.multiply(mpc.constants(words, 64), mpc.constant(1n, words.length, 64));
}

export function openFirst(mpc: Mpc, ...vectors: Vector[]): Promise<BigUint64Array[]> {
  return mpc.open(vectors.map((vector) => mpc.slice(vector, 0, Math.min(vector.length, CHECKED_ROWS))));
}

/** @throws Error unless the answer is right */
export function require(isRight: boolean): void {
  if (!isRight) throw new Error("the answer is wrong");
}

/** The same words on every run and at every party. */
export function stream(label: string, rows: number): BigUint64Array {
  const words = new BigUint64Array(rows);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(createCipheriv("aes-128-ctr", Buffer.alloc(16, label), Buffer.alloc(16)).update(bytes));
  return words;
}
