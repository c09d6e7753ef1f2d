/** What the bench runs, as one party sees it: secret inputs, the operation, and what its answer must be. */
import { createCipheriv } from "node:crypto";
import { lessThan } from "@sharebridge/mpc-nodes/protocol/functions/compare.ts";
import { divide } from "@sharebridge/mpc-nodes/protocol/functions/divide.ts";
import { equal } from "@sharebridge/mpc-nodes/protocol/functions/equal.ts";
import { histogram } from "@sharebridge/mpc-nodes/protocol/functions/histogram.ts";
import { logisticRegression } from "@sharebridge/mpc-nodes/protocol/functions/logistic-regression.ts";
import { sort } from "@sharebridge/mpc-nodes/protocol/functions/sort.ts";
import type { Bits, Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";

/** Rows of inputs and answer that are opened and checked after the last run. */
const CHECKED_ROWS = 16;
const FRACTION_BITS = 16;

/** Made ready once: `run` is what is measured, as often as wanted; `check` fails unless its answer is right. */
export interface Task {
  run(mpc: Mpc): Promise<Vector | Bits>;
  check(mpc: Mpc, answer: Vector | Bits): Promise<void>;
}

export interface Workload {
  readonly name: string;
  /** Operations in one run. */
  readonly n: number;
  /** Rows of one call; a run makes n / rows calls, one after another. */
  readonly rows: number;
  /** Null where what is measured is the opening of a session. */
  readonly prepare: ((mpc: Mpc, rows: number) => Promise<Task>) | null;
  /** Measured runs, where the usual number would take too long. */
  readonly runs?: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: "session", n: 1, rows: 1, prepare: null },
  { name: "multiply-1e5", n: 10_000_000, rows: 100_000, prepare: multiplication },
  { name: "multiply-1e6", n: 10_000_000, rows: 1_000_000, prepare: multiplication },
  { name: "multiply-1e7", n: 10_000_000, rows: 10_000_000, prepare: multiplication },
  { name: "dot-1e7", n: 10_000_000, rows: 10_000_000, prepare: dotProduct },
  { name: "truncate-1e6", n: 1_000_000, rows: 1_000_000, prepare: truncation },
  { name: "compare-1e5", n: 1_000_000, rows: 100_000, prepare: comparison },
  { name: "compare-1e6", n: 1_000_000, rows: 1_000_000, prepare: comparison },
  { name: "equal-1e6", n: 1_000_000, rows: 1_000_000, prepare: equality },
  { name: "histogram-1e5", n: 100_000, rows: 100_000, prepare: histogramOfTen },
  { name: "sort-1e4", n: 10_000, rows: 10_000, prepare: sorting },
  { name: "sort-1e5", n: 100_000, rows: 100_000, prepare: sorting, runs: 3 },
  { name: "sort-1e6", n: 1_000_000, rows: 1_000_000, prepare: sorting, runs: 1 },
  { name: "logistic", n: 1, rows: 1, prepare: regression, runs: 3 },
  { name: "divide-1e4", n: 10_000, rows: 10_000, prepare: division },
];

async function multiplication(mpc: Mpc, rows: number): Promise<Task> {
  const [x, y] = [mpc.random(rows, 64), mpc.random(rows, 64)];
  return {
    run: (each) => each.multiply(x, y),
    async check(each, answer) {
      const [xs, ys, zs] = await openFirst(each, x, y, answer as Vector);
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
      const [sum, product] = await openFirst(each, each.sum(x), answer as Vector);
      require(sum![0] === product![0]);
    },
  };
}

async function truncation(mpc: Mpc, rows: number): Promise<Task> {
  const words = signedWords("truncation", rows);
  const x = await secretOf(mpc, words);
  return {
    run: async (each) => (await each.truncate([{ value: x, bits: FRACTION_BITS }]))[0]!,
    async check(each, answer) {
      const [rounded] = await openFirst(each, answer as Vector);
      // Rounded down, or up by chance.
      const errors = rounded!.map((word, row) => BigInt.asUintN(64, word - (BigInt.asIntN(64, words[row]!) >> 16n)));
      require(errors.every((error) => error === 0n || error === 1n));
    },
  };
}

const signedWords = (label: string, rows: number): BigUint64Array =>
  stream(label, rows).map((word) => BigInt.asUintN(64, BigInt.asIntN(64, word) >> 2n));

async function comparison(mpc: Mpc, rows: number): Promise<Task> {
  const [xs, ys] = [signedWords("left", rows), signedWords("right", rows)];
  const [x, y] = [await secretOf(mpc, xs), await secretOf(mpc, ys)];
  return bitTask(
    (each) => lessThan(each, x, y),
    (row) => BigInt.asIntN(64, xs[row]!) < BigInt.asIntN(64, ys[row]!),
  );
}

async function equality(mpc: Mpc, rows: number): Promise<Task> {
  const xs = signedWords("left", rows);
  const ys = xs.map((word, row) => (row % 2 === 0 ? word : word ^ 1n));
  const [x, y] = [await secretOf(mpc, xs), await secretOf(mpc, ys)];
  return bitTask(
    (each) => equal(each, x, y),
    (row) => xs[row] === ys[row],
  );
}

function bitTask(run: (mpc: Mpc) => Promise<Bits>, expected: (row: number) => boolean): Task {
  return {
    run,
    async check(each, answer) {
      const [bits] = await each.openBits([each.sliceBits(answer as Bits, 0, CHECKED_ROWS)]);
      require(bits!.every((bit, row) => (bit === 1n) === expected(row)));
    },
  };
}

async function histogramOfTen(mpc: Mpc, rows: number): Promise<Task> {
  const words = stream("histogram", rows).map((word) => word % 10n);
  const column = await secretOf(mpc, words);
  return {
    run: (each) => histogram(each, column, 10, 4),
    async check(each, answer) {
      const [counts] = await openFirst(each, answer as Vector);
      require(counts!.every((count, bin) => Number(count) === words.filter((word) => word === BigInt(bin)).length));
    },
  };
}

async function sorting(mpc: Mpc, rows: number): Promise<Task> {
  const words = stream("sort", rows).map((word) => word >> 32n);
  const keys = await secretOf(mpc, words);
  return {
    run: async (each) => (await sort(each, keys, [], { bits: 32 })).keys,
    async check(each, answer) {
      const [sorted] = await openFirst(each, answer as Vector);
      const expected = words.slice().sort();
      require(sorted!.every((word, row) => word === expected[row]));
    },
  };
}

/** 10^4 rows of ten features, five epochs in batches of 128: 395 steps. */
async function regression(mpc: Mpc): Promise<Task> {
  const [rows, columns, fractionBits] = [10_000, 10, 16];
  const features = stream("features", rows * columns).map((word) => BigInt.asUintN(64, (word & 0x1ffffn) - 0x10000n));
  const labels = Array.from({ length: rows }, (_, row) => (BigInt.asIntN(64, features[row * columns]!) > 0n ? 1n : 0n));
  const [X, y] = [await secretOf(mpc, features), await secretOf(mpc, BigUint64Array.from(labels))];
  const problem = { X, y, rows, columns, fractionBits, epochs: 5, batch: 128, learningRate: 1 };
  return {
    run: (each) => logisticRegression(each, problem),
    async check(each, answer) {
      const [weights] = await openFirst(each, answer as Vector);
      const [first, ...others] = [...weights!].map((word) => Number(BigInt.asIntN(64, word)) / 2 ** fractionBits);
      require(first! > 1 && others.every((weight) => Math.abs(weight) < first! / 4));
    },
  };
}

async function division(mpc: Mpc, rows: number): Promise<Task> {
  const [xs, ys] = [stream("numerator", rows), stream("divisor", rows)].map((words) =>
    words.map((word) => word >> 34n),
  );
  const [x, y] = [await secretOf(mpc, xs!), await secretOf(mpc, ys!)];
  return {
    run: (each) => divide(each, x, y, { fractionBits: 16 }),
    async check(each, answer) {
      const [quotients] = await openFirst(each, answer as Vector);
      const exact = (row: number): number => (Number(xs![row]!) / Number(ys![row]!)) * 2 ** 16;
      require(quotients!.every((word, row) => Math.abs(Number(BigInt.asIntN(64, word)) - exact(row)) < 4));
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
