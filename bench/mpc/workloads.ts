/** What the bench runs, as one party sees it: inputs, the operation, and what its answer must be. */
import { createCipheriv } from "node:crypto";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewBytes } from "@sharebridge/mpc-nodes/math/words.ts";
import { dot } from "@sharebridge/mpc-nodes/protocol/dot.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { truncate } from "@sharebridge/mpc-nodes/protocol/truncate.ts";
import { type SharedVector, sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";

/** Rows whose answer is opened and compared with the plain one after the last run. */
const CHECKED_ROWS = 16;
const FRACTION_BITS = 16;

export interface Workload {
  readonly name: string;
  /** Operations in one run. */
  readonly n: number;
  /** Rows of one call; a run makes n / rows calls, one after another. */
  readonly rows: number;
  /** What happens in one run: `session` opens a session, the others work in an open one. */
  readonly kind: "session" | "multiply" | "dot" | "truncate";
}

export const WORKLOADS: readonly Workload[] = [
  { name: "session", n: 1, rows: 1, kind: "session" },
  { name: "multiply-1e5", n: 10_000_000, rows: 100_000, kind: "multiply" },
  { name: "multiply-1e6", n: 10_000_000, rows: 1_000_000, kind: "multiply" },
  { name: "dot-1e6", n: 1_000_000, rows: 1_000_000, kind: "dot" },
  { name: "truncate-1e6", n: 1_000_000, rows: 1_000_000, kind: "truncate" },
];

/** One call of the operation, and whether the opened first rows of its answer are right. */
export interface Task {
  run(session: Session): Promise<SharedVector>;
  isRight(opened: BigUint64Array): boolean;
}

/** @throws Error for a workload that has no operation */
export function taskOf({ kind, rows }: Workload, party: PartyId): Task {
  if (kind === "truncate") {
    const x = secret("x", rows, (row) => BigInt(row) * 12_345n - 50_000n);
    return {
      run: async (session) => (await truncate(session, [{ value: x.part(party), bits: FRACTION_BITS }]))[0]!,
      // Rounded down, or up by chance.
      isRight: (opened) =>
        opened.every((word, row) => {
          const above = BigInt.asIntN(64, word) - (x.value(row) >> BigInt(FRACTION_BITS));
          return above === 0n || above === 1n;
        }),
    };
  }
  const [x, y] = [secret("x", rows), secret("y", rows)];
  const product = (row: number): bigint => BigInt.asUintN(64, x.value(row) * y.value(row));
  if (kind === "multiply") {
    return {
      run: async (session) => (await multiply(session, [[x.part(party), y.part(party)]]))[0]!,
      isRight: (opened) => opened.every((word, row) => word === product(row)),
    };
  }
  if (kind === "dot") {
    return {
      run: async (session) => (await dot(session, [[x.part(party), y.part(party)]]))[0]!,
      isRight(opened) {
        let sum = 0n;
        for (let row = 0; row < rows; row++) sum = BigInt.asUintN(64, sum + product(row));
        return opened[0] === sum;
      },
    };
  }
  throw new Error(`a ${kind} workload has no operation`);
}

/** The first rows of an answer. */
export function firstRows({ length, shares }: SharedVector): SharedVector {
  const rows = Math.min(length, CHECKED_ROWS);
  return { length: rows, shares: shares.map((words) => words?.subarray(0, rows) ?? null) };
}

/** Shares that every party derives alike: no secret, so that any party can say what the answer must be. */
function secret(name: string, rows: number, value?: (row: number) => bigint) {
  const shares = PARTIES.map((j) => stream(`${name}${j}`, rows));
  const [x0, x1, x2, x3] = shares as [BigUint64Array, BigUint64Array, BigUint64Array, BigUint64Array];
  if (value) for (let row = 0; row < rows; row++) x3[row] = value(row) - x0[row]! - x1[row]! - x2[row]!;
  return {
    part: (party: PartyId): SharedVector => sharedVector(party, rows, (j) => shares[j]!),
    value: (row: number): bigint => BigInt.asIntN(64, x0[row]! + x1[row]! + x2[row]! + x3[row]!),
  };
}

function stream(label: string, rows: number): BigUint64Array {
  const words = new BigUint64Array(rows);
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, label), Buffer.alloc(16));
  viewBytes(words).set(cipher.update(viewBytes(words)));
  return words;
}
