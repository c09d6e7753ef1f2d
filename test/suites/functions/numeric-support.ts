/** What the numeric suites share: words that are hard for a normalisation, and seeded random numbers. */
import { seed } from "../../support/seed.ts";

/** A small generator (Park, Miller 1988), uniform in (0, 1): test data, not secrets. */
export function uniform(salt: number): () => number {
  let state = ((seed + salt) % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Extremes, powers of two and their neighbours, and two random words of each length; negatives of all. In [−2^62, 2^62). */
export function hardWords(salt: number): bigint[] {
  const random = uniform(salt);
  const words = [0n, 1n, 2n, 3n, (1n << 62n) - 1n];
  for (let bits = 2n; bits < 62n; bits++) {
    words.push(1n << bits, (1n << bits) - 1n, (1n << bits) + 1n);
    for (let i = 0; i < 2; i++)
      words.push((1n << bits) + BigInt(Math.floor(random() * 2 ** Math.min(Number(bits), 52))));
  }
  return [...words, ...words.map((word) => -word), -(1n << 62n)];
}

export const signed = (words: readonly bigint[]): bigint[] => words.map((word) => BigInt.asIntN(64, word));

/** The largest of |actual − expected| / bound: at most 1 where a bound holds. Expected and bound in units of the words. */
export function worst(
  actual: readonly bigint[],
  expected: (row: number) => number,
  bound: (row: number) => number,
): number {
  return Math.max(0, ...actual.map((word, row) => Math.abs(Number(word) - expected(row)) / bound(row)));
}
