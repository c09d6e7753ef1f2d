/** Public numbers of a noise distribution, exactly: rationals, and irrational ones between two bounds. */
import type { Rational } from "../rational.ts";

/** Fraction bits of a bound. */
const BITS = 384n;
export const ONE = 1n << BITS;
/** Distances between distributions are told in units of 2^−128. */
export const DISTANCE_BITS = 128n;

/** In units of 2^−384: the number is at least `low` and at most `high`. */
export interface Bounds {
  readonly low: bigint;
  readonly high: bigint;
}

export const EXACTLY_ONE: Bounds = { low: ONE, high: ONE };

/** @throws RangeError outside of [least, most] */
export function requireBetween({ numerator, denominator }: Rational, least: Rational, most: Rational): void {
  const atLeast = numerator * least.denominator >= least.numerator * denominator;
  const atMost = numerator * most.denominator <= most.numerator * denominator;
  if (denominator > 0n && atLeast && atMost) return;
  throw new RangeError(
    `${numerator}/${denominator} is not from ${text(least)} to ${text(most)}, between which noise can be drawn`,
  );
}

const text = ({ numerator, denominator }: Rational): string =>
  denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;

export function add(a: Bounds, b: Bounds): Bounds {
  return { low: a.low + b.low, high: a.high + b.high };
}

/** Of numbers that are not negative. */
export function multiply(a: Bounds, b: Bounds): Bounds {
  return { low: (a.low * b.low) >> BITS, high: up(a.high * b.high, BITS) };
}

/** Of numbers that are not negative, the divisor positive. */
export function divide(a: Bounds, b: Bounds): Bounds {
  return { low: (a.low << BITS) / b.high, high: ceilingOf(a.high << BITS, b.low) };
}

/** 1 − a, for a in [0, 1]. */
export function complement(a: Bounds): Bounds {
  return { low: ONE - a.high, high: ONE - a.low };
}

/** a · 2^−count. */
export function halve({ low, high }: Bounds, count: bigint): Bounds {
  return { low: low >> count, high: up(high, count) };
}

/** How far a number between the bounds can be from `value`, in the same units. */
export function farthest({ low, high }: Bounds, value: bigint): bigint {
  // From the middle of the bounds, twice, and half of what lies between them.
  const offset = 2n * value - low - high;
  return ((offset < 0n ? -offset : offset) + high - low + 1n) >> 1n;
}

/** e^−x: the alternating series of x·2^−s ≤ 1/2, whose value lies between two sums that follow each other, squared s times. */
export function exponentialOfMinus({ numerator, denominator }: Rational): Bounds {
  let squarings = 0n;
  while (2n * numerator > denominator << squarings) squarings++;
  const x: Bounds = { low: (numerator << BITS) / (denominator << squarings), high: 0n };
  const argument: Bounds = { low: x.low, high: x.low + 1n };
  let [term, sum] = [EXACTLY_ONE, EXACTLY_ONE];
  for (let k = 1n; term.high > 1n; k++) {
    const next = multiply(term, argument);
    term = { low: next.low / k, high: ceilingOf(next.high, k) };
    const added = { low: sum.low + term.low, high: sum.high + term.high };
    const taken = { low: sum.low - term.high, high: sum.high - term.low };
    sum = k % 2n === 0n ? added : taken;
  }
  // What is left of the series is less than its last term.
  let value: Bounds = { low: sum.low - term.high, high: sum.high + term.high };
  for (; squarings > 0n; squarings--) value = multiply(value, value);
  return value;
}

/** In units of 2^−bits, rounded up. */
export function roundedUp(value: bigint, bits: bigint): bigint {
  return up(value, BITS - bits);
}

/** In units of 2^−bits, rounded down. */
export function roundedDown(value: bigint, bits: bigint): bigint {
  return value >> (BITS - bits);
}

/** From units of 2^−bits. */
export function exactly(value: bigint, bits: bigint): bigint {
  return value << (BITS - bits);
}

function up(value: bigint, bits: bigint): bigint {
  return -(-value >> bits);
}

function ceilingOf(numerator: bigint, denominator: bigint): bigint {
  return -(-numerator / denominator) + (numerator % denominator > 0n ? 1n : 0n);
}
