/**
 * A figure's value as computed from the words, and the ends between which the exact one lies. Interval arithmetic on exact fractions;
 * rounded, outward, where a figure is used by others and at the end.
 */
import * as rational from "./rational.ts";
import { integer, type Rational } from "./rational.ts";

export interface Enclosure {
  readonly low: Rational;
  readonly value: Rational;
  readonly high: Rational;
}

/** Bits that a fraction keeps from figure to figure. */
const KEPT_BITS = 256;
/** Doubles end below 2^1024, */
const MAX_BITS = 1_024;
/** and the least of them is 2^-1074. */
const LEAST_BIT = 1_074 + KEPT_BITS;

/** The outputs do not determine the figure, for a reason that is the message. */
export class Undetermined extends Error {}

export function around(value: Rational, error: Rational): Enclosure {
  return { low: rational.subtract(value, error), value, high: rational.add(value, error) };
}

export function certain(value: Rational): Enclosure {
  return { low: value, value, high: value };
}

export function sum(a: Enclosure, b: Enclosure): Enclosure {
  return { low: rational.add(a.low, b.low), value: rational.add(a.value, b.value), high: rational.add(a.high, b.high) };
}

export function difference(a: Enclosure, b: Enclosure): Enclosure {
  return sum(a, negated(b));
}

/** What is at most `distance` from a. */
export function widened(a: Enclosure, distance: Enclosure): Enclosure {
  const most = rational.maximum(distance.high, rational.ZERO);
  return { low: rational.subtract(a.low, most), value: a.value, high: rational.add(a.high, most) };
}

function negated(a: Enclosure): Enclosure {
  return { low: rational.negate(a.high), value: rational.negate(a.value), high: rational.negate(a.low) };
}

export function product(a: Enclosure, b: Enclosure): Enclosure {
  const value = rational.multiply(a.value, b.value);
  const ends = [a.low, a.high].flatMap((left) => [b.low, b.high].map((right) => rational.multiply(left, right)));
  return { low: ends.reduce(rational.minimum), value, high: ends.reduce(rational.maximum) };
}

/** a times itself: never below 0, which the product of two numbers in the same interval may be. */
export function square(a: Enclosure): Enclosure {
  const { low, value, high } = product(a, a);
  return { low: rational.compare(low, rational.ZERO) < 0 ? rational.ZERO : low, value, high };
}

/** 1 / a; the interval does not contain zero. */
export function reciprocal(a: Enclosure): Enclosure {
  const one = integer(1n);
  return { low: rational.divide(one, a.high), value: rational.divide(one, a.value), high: rational.divide(one, a.low) };
}

/** The root; the low end is not negative. Monotone, so the roots of the ends enclose the root of whatever lies between. */
export function squareRoot(a: Enclosure): Enclosure {
  return {
    low: rational.squareRoot(a.low).below,
    value: rational.squareRoot(a.value).below,
    high: rational.squareRoot(a.high).above,
  };
}

/**
 * The same with fractions of bounded size, or they would double with every use. Rounding down is monotone, so the value stays inside.
 * What is beyond all doubles is undetermined.
 */
export function shortened({ low, value, high }: Enclosure): Enclosure {
  return { low: roundDown(low), value: roundDown(value), high: rational.negate(roundDown(rational.negate(high))) };
}

/** At most 2^-255 of its size below `a`, or 2^-LEAST_BIT if it is small; `a` itself if it is short. */
function roundDown(a: Rational): Rational {
  if (a.numerator === 0n) return rational.ZERO;
  const above = rational.bitLength(rational.absolute(a).numerator);
  const below = rational.bitLength(a.denominator);
  if (above - below > MAX_BITS) throw new Undetermined("is beyond what a double holds");
  if (above <= KEPT_BITS && below <= KEPT_BITS) return a;
  const shift = Math.min(KEPT_BITS - (above - below), LEAST_BIT);
  if (shift >= 0) {
    const numerator = rational.floorDivide(a.numerator << BigInt(shift), a.denominator);
    return { numerator, denominator: 1n << BigInt(shift) };
  }
  const numerator = rational.floorDivide(a.numerator, a.denominator << BigInt(-shift)) << BigInt(-shift);
  return { numerator, denominator: 1n };
}

/** The nearest double, and an error that covers both ends as well as the rounding to that double. */
export function rounded({ low, value, high }: Enclosure): { value: number; error: number } {
  const shown = rational.toNumber(value);
  if (!Number.isFinite(shown)) return { value: shown, error: Infinity };
  const exactly = rational.fromNumber(shown);
  const below = rational.absolute(rational.subtract(exactly, low));
  const above = rational.absolute(rational.subtract(high, exactly));
  return { value: shown, error: rational.toNumberUp(rational.maximum(below, above)) };
}
