/** Closed intervals of BigInts: words, or reals on a fixed grid (`GRID_BITS`), always rounded outward. */
export interface Interval {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/**
 * Reals of the analysis are integers in units of 2^-256. Everything with at most 256 fraction bits is exact; the rest is
 * rounded away from the truth, so that a bound stays a bound while its size stays bounded for every program.
 */
export const GRID_BITS = 256n;

export function point(value: bigint): Interval {
  return { minimum: value, maximum: value };
}

export function add(a: Interval, b: Interval): Interval {
  return { minimum: a.minimum + b.minimum, maximum: a.maximum + b.maximum };
}

export function subtract(a: Interval, b: Interval): Interval {
  return { minimum: a.minimum - b.maximum, maximum: a.maximum - b.minimum };
}

export function multiply(a: Interval, b: Interval): Interval {
  const products = [a.minimum * b.minimum, a.minimum * b.maximum, a.maximum * b.minimum, a.maximum * b.maximum];
  return { minimum: products.reduce(smaller), maximum: products.reduce(larger) };
}

/** { x * x }: never negative, unlike the product of two independent values of the interval. */
export function square(a: Interval): Interval {
  const ends = [a.minimum * a.minimum, a.maximum * a.maximum];
  return { minimum: contains(a, 0n) ? 0n : ends.reduce(smaller), maximum: ends.reduce(larger) };
}

/** The sum of n values of `a`, for every n of `counts`. */
export function repeat(a: Interval, counts: Interval): Interval {
  return multiply(a, counts);
}

/** Both ends over 2^bits, rounded outward. */
export function shiftDown(a: Interval, bits: bigint): Interval {
  return { minimum: a.minimum >> bits, maximum: shiftUpward(a.maximum, bits) };
}

/** value / 2^bits, rounded up. */
export function shiftUpward(value: bigint, bits: bigint): bigint {
  return -(-value >> bits);
}

export function contains(a: Interval, value: bigint): boolean {
  return a.minimum <= value && value <= a.maximum;
}

/** The largest absolute value. */
export function magnitude(a: Interval): bigint {
  return larger(absolute(a.minimum), absolute(a.maximum));
}

export function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
