/**
 * The hot loops over ring words, behind one typed door. Every implementation passes `test/suites/kernels.suite.ts`.
 *
 * All vectors of one call have equal lengths, and every operation is modulo 2^64. `out` may be one of the operands, but
 * must not overlap one otherwise. Every function throws RangeError, with the lengths, when the vectors' lengths differ.
 *
 * No function returns a word: a bigint's size, and so the time to make one, depends on its value. Words that are given as
 * bigints must be public.
 */
export interface Kernels {
  /** out = a + b */
  add(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a − b */
  subtract(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a · b, word by word */
  multiply(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a · b + c · d, word by word */
  multiplyPairs(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array, c: BigUint64Array, d: BigUint64Array): void;
  /** out = a + word, for a public word */
  addWord(out: BigUint64Array, a: BigUint64Array, word: bigint): void;
  /** out = a · word, for a public word */
  multiplyWord(out: BigUint64Array, a: BigUint64Array, word: bigint): void;
  /** out = a >> bits, zeros shifted in; 0 ≤ bits ≤ 63 */
  shiftRight(out: BigUint64Array, a: BigUint64Array, bits: number): void;
  /** total = total + Σ a, where total is one word */
  accumulateSum(total: BigUint64Array, a: BigUint64Array): void;
  /** total = total + Σ a · b, where total is one word */
  accumulateDot(total: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
}

/** The check that stands before every loop. */
export function requireEqualLengths(first: BigUint64Array, ...others: readonly BigUint64Array[]): void {
  for (const other of others) {
    if (other.length !== first.length) {
      throw new RangeError(`vectors of ${first.length} and ${other.length} words do not combine`);
    }
  }
}

/** The check that stands before every shift. */
export function requireShift(bits: number): void {
  if (!Number.isInteger(bits) || bits < 0 || bits > 63)
    throw new RangeError(`cannot shift a 64-bit word by ${bits} bits`);
}

/** The check that stands before every sum over a vector. */
export function requireOneWord(total: BigUint64Array): void {
  if (total.length !== 1) throw new RangeError(`a total is one word, not ${total.length}`);
}
