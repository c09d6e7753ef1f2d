/**
 * Roots, logarithms and powers of e on the grid of the analysis (units of 2^−256), as intervals that certainly contain them.
 * Computed with 64 bits more than the grid has; every step rounds by a unit of those, and there are far fewer than 2^40 steps.
 */
import { GRID_BITS, type Interval, shiftUpward } from "./interval.ts";
import { fixedLogarithm, MAXIMUM_ERROR } from "./logarithm.ts";
import { bitLength, integerRoot } from "./rational.ts";

const SPARE = 64n;
const BITS = GRID_BITS + SPARE;
const ONE = 1n << BITS;

/** √x; of a negative number 0. */
export function squareRootOf(x: bigint): Interval {
  if (x <= 0n) return { minimum: 0n, maximum: 0n };
  const square = x << GRID_BITS;
  const root = integerRoot(square);
  return { minimum: root, maximum: root * root === square ? root : root + 1n };
}

/** ln x for x > 0. */
export function logarithmOf(x: bigint): Interval {
  const value = fixedLogarithm({ numerator: x, denominator: 1n << GRID_BITS }, Number(BITS));
  return outward(value - MAXIMUM_ERROR, value + MAXIMUM_ERROR);
}

/** e^x; below e^−200 the interval ends at 0. */
export function exponentialOf(x: bigint): Interval {
  if (x < -200n << GRID_BITS) return { minimum: 0n, maximum: 1n };
  // e^x = (e^(x/2^k))^(2^k), with |x/2^k| below 1/2.
  const halvings = BigInt(Math.max(0, bitLength(x < 0n ? -x : x === 0n ? 1n : x) - Number(GRID_BITS) + 1));
  const reduced = (x << SPARE) >> halvings;
  let sum = ONE;
  let term = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = (term * reduced) / (k * ONE);
    sum += term;
  }
  for (let k = 0n; k < halvings; k++) sum = (sum * sum) >> BITS;
  // At most 2^8 roundings, doubled by each squaring relative to the value: |x| < 2^12 makes it below 2^24 units of it.
  const error = ((sum >> BITS) + 1n) << 24n;
  return outward(sum - error, sum + error);
}

/** 1/(1 + e^−x). */
export function sigmoidOf(x: bigint): Interval {
  const { minimum, maximum } = exponentialOf(-x);
  const one = 1n << GRID_BITS;
  const square = 1n << (2n * GRID_BITS);
  return { minimum: square / (one + maximum), maximum: square / (one + minimum) + 1n };
}

function outward(low: bigint, high: bigint): Interval {
  return { minimum: low >> SPARE, maximum: shiftUpward(high, SPARE) };
}
