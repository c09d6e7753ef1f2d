/**
 * Elementary functions of fractions to 2^-160, for judging declared errors; written apart from the language's own. What cannot be
 * answered is 0, as programs define it.
 */
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";

const BITS = 256n;
const one = rational.integer(1n);
/** More than these functions are off, and less than any declared error but for those that are reached: a bound is compared with this to spare. */
export const SLACK: Rational = { numerator: 1n, denominator: 1n << 120n };

/** Cut to BITS fraction bits, so that fractions do not grow. */
function cut(value: Rational): Rational {
  return rational.fromWord((value.numerator << BITS) / value.denominator, Number(BITS));
}

export function quotient(a: Rational, b: Rational): Rational {
  return b.numerator === 0n ? rational.ZERO : rational.divide(a, b);
}

export function root(x: Rational): Rational {
  return x.numerator <= 0n ? rational.ZERO : rational.squareRoot(x).below;
}

/** e^x = 1 / e^-x; e^(x / 256)^256, by Taylor's series. */
export function exponential(x: Rational): Rational {
  if (x.numerator < 0n) return cut(rational.divide(one, exponential(rational.negate(x))));
  const reduced = cut(rational.divide(x, rational.integer(256n)));
  let term = one;
  let sum = one;
  for (let k = 1n; term.numerator !== 0n; k++) {
    term = cut(rational.divide(rational.multiply(term, reduced), rational.integer(k)));
    sum = rational.add(sum, term);
  }
  let power = cut(sum);
  for (let k = 0; k < 8; k++) power = cut(rational.multiply(power, power));
  return power;
}

/** Halley's steps from a double for e^y = x: each triples the digits. */
export function logarithm(x: Rational): Rational {
  if (x.numerator <= 0n) return rational.ZERO;
  let y = rational.fromNumber(Math.log(rational.toNumber(x)));
  for (let k = 0; k < 3; k++) {
    const power = exponential(y);
    const step = rational.divide(rational.subtract(x, power), rational.add(x, power));
    y = cut(rational.add(y, rational.multiply(rational.integer(2n), step)));
  }
  return y;
}

export function sigmoid(x: Rational): Rational {
  return cut(rational.divide(one, rational.add(one, exponential(rational.negate(x)))));
}
