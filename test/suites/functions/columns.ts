/** Columns that sorting and joining are tried on. */
import { seededRandom, seededWords } from "../../mpc-nodes/support/seeded-random.ts";
import { seed } from "../../support/seed.ts";
import type { Input } from "../mpc-runner.ts";

/** `length` seeded numbers in [0, bound). */
export function randomKeys(label: string, length: number, bound: bigint): bigint[] {
  return [...seededWords(seededRandom(seed, label), length)].map((word) => word % bound);
}

export function column(words: readonly bigint[]): Input {
  return { words, word: 64 };
}

/** 0, 1, 2, … */
export function rowNumbers(length: number): bigint[] {
  return Array.from({ length }, (_, row) => BigInt(row));
}

/** Row numbers in the order of their keys; rows of equal keys in their order. */
export function expectedOrder(keys: readonly bigint[], descending = false): number[] {
  const sign = descending ? -1 : 1;
  return keys.map((_, row) => row).sort((a, b) => (keys[a]! < keys[b]! ? -sign : keys[a]! > keys[b]! ? sign : a - b));
}

/** A row's number as the ring holds it. */
export function unsigned(words: readonly bigint[], word = 64): bigint[] {
  return words.map((value) => BigInt.asUintN(word, value));
}
