/**
 * The hot loops over ring words, behind one typed door. Every implementation passes `test/suites/kernels.suite.ts`.
 *
 * All vectors of one call have equal lengths, and every operation is modulo 2^64. `out` may be one of the operands.
 * Every function throws RangeError, with the lengths, when the vectors' lengths differ.
 */
export interface Kernels {
  /** out = a + b */
  add(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a − b */
  subtract(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a · b, word by word */
  multiply(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = out + a · b, word by word */
  multiplyAccumulate(out: BigUint64Array, a: BigUint64Array, b: BigUint64Array): void;
  /** out = a + word */
  addWord(out: BigUint64Array, a: BigUint64Array, word: bigint): void;
  /** out = a · word */
  multiplyWord(out: BigUint64Array, a: BigUint64Array, word: bigint): void;
  /** out = a >> bits, zeros shifted in; 0 ≤ bits ≤ 63 */
  shiftRight(out: BigUint64Array, a: BigUint64Array, bits: number): void;
  /** Σ a, in [0, 2^64) */
  sum(a: BigUint64Array): bigint;
  /** Σ a · b, in [0, 2^64) */
  dot(a: BigUint64Array, b: BigUint64Array): bigint;
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
