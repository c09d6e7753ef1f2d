/** Columns that primitives are tried on, and how results are compared. */
import type { WordBits } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { STEP_BYTES } from "@sharebridge/mpc-nodes/protocol/steps.ts";
import { expect } from "chai";
import { seededRandom, seededWords } from "../../mpc-nodes/support/seeded-random.ts";
import { seed } from "../../support/seed.ts";
import type { Input } from "../mpc-runner.ts";

/** None, one, and a word of bits with its neighbours, and some words. */
export const SIZES = [0, 1, 63, 64, 65, 200] as const;

/** More elements than one step of a round takes, and no multiple of 64. */
export function longSize(word: WordBits): number {
  return (STEP_BYTES * 8) / word + 233;
}

export function edgesOf(word: WordBits): bigint[] {
  const top = 1n << BigInt(word - 1);
  const half = 1n << BigInt(word / 2);
  return [0n, 1n, -1n, top - 1n, -top, half, -half, half - 1n, (2n * top - 1n) / 3n];
}

/** Signed numbers: every third an edge, the others seeded. */
export function column(length: number, word: WordBits, label: string): bigint[] {
  const words = seededWords(seededRandom(seed, label), 2 * length);
  const edges = edgesOf(word);
  return Array.from({ length }, (_, row) => {
    if (row % 3 === 0) return edges[(row / 3 + label.length) % edges.length]!;
    return BigInt.asIntN(word, words[2 * row]! | (words[2 * row + 1]! << 64n));
  });
}

export function input(words: readonly bigint[], word: WordBits): Input {
  return { words, word };
}

export function unsigned(values: readonly bigint[], word: number): bigint[] {
  return values.map((value) => BigInt.asUintN(word, value));
}

export function total(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

export function runningTotals(values: readonly bigint[]): bigint[] {
  let sum = 0n;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

export function expectRows(actual: readonly bigint[] | undefined, expected: readonly bigint[], label: string): void {
  expect(actual?.length, `rows of ${label}`).to.equal(expected.length);
  const row = expected.findIndex((value, index) => value !== actual![index]);
  if (row >= 0) expect.fail(`${label}: row ${row} is ${actual![row]}, not ${expected[row]}`);
}
