/**
 * Exact fractions of BigInts, as few operations as the language needs. Denominators are positive; fractions are not
 * reduced (a greatest common divisor costs more than the digits it saves here).
 */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Rational = { numerator: 0n, denominator: 1n };

export function integer(value: bigint): Rational {
  return { numerator: value, denominator: 1n };
}

/** The value of a word: word / 2^fractionBits. */
export function fromWord(word: bigint, fractionBits: number): Rational {
  return { numerator: word, denominator: 1n << BigInt(fractionBits) };
}

/** A double is a fraction with a power of two below; exact. */
export function fromNumber(value: number): Rational {
  if (!Number.isFinite(value)) throw new RangeError("only a finite number is a fraction");
  let bits = 0;
  let scaled = value;
  // Doubling is exact as long as nothing overflows, which it cannot before the fraction is gone.
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    bits++;
  }
  return { numerator: BigInt(scaled), denominator: 1n << BigInt(bits) };
}

export function add(a: Rational, b: Rational): Rational {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** a / b; `b` must not be zero. */
export function divide(a: Rational, b: Rational): Rational {
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * a.numerator * b.denominator, denominator: sign * a.denominator * b.numerator };
}

export function absolute(a: Rational): Rational {
  return a.numerator < 0n ? negate(a) : a;
}

/** Negative, zero or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function maximum(a: Rational, b: Rational): Rational {
  return compare(a, b) < 0 ? b : a;
}

export function minimum(a: Rational, b: Rational): Rational {
  return compare(a, b) > 0 ? b : a;
}

/** Fractions around the root of `a` (not negative), less than 2^-127 of it apart; both the root itself where it is found exactly. */
export function squareRoot(a: Rational): { below: Rational; above: Rational } {
  if (a.numerator === 0n) return { below: ZERO, above: ZERO };
  // root(n / d) = root(n / d * 4^k) / 2^k, with at least 2^256 under the root.
  const spare = bitLength(a.numerator) - bitLength(a.denominator);
  const k = BigInt(Math.max(0, Math.ceil((258 - spare) / 2)));
  const scaled = a.numerator << (2n * k);
  const root = integerRoot(scaled / a.denominator);
  const exact = root * root * a.denominator === scaled;
  const below = { numerator: root, denominator: 1n << k };
  return { below, above: exact ? below : { numerator: root + 1n, denominator: 1n << k } };
}

/** Largest integer whose square is not above `value` (positive): Newton's steps from above. */
export function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Largest integer that is not above numerator / denominator (`denominator` positive). */
export function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

export function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return -floorDivide(-numerator, denominator);
}

/** Nearest integer; a tie goes away from zero. */
export function roundHalfAway(a: Rational): bigint {
  const magnitude = a.numerator < 0n ? -a.numerator : a.numerator;
  const rounded = (2n * magnitude + a.denominator) / (2n * a.denominator);
  return a.numerator < 0n ? -rounded : rounded;
}

/** A double within two units in the last place of `a`; infinite when `a` is beyond all doubles. */
export function toNumber(a: Rational): number {
  if (a.numerator === 0n) return 0;
  const magnitude = a.numerator < 0n ? -a.numerator : a.numerator;
  // 64 significant bits of the quotient, then one exact scaling (in two steps, because 2^shift alone may overflow).
  const shift = 64 - (bitLength(magnitude) - bitLength(a.denominator));
  const quotient =
    shift >= 0 ? (magnitude << BigInt(shift)) / a.denominator : magnitude / (a.denominator << BigInt(-shift));
  const half = Math.trunc(-shift / 2);
  const value = Number(quotient) * 2 ** half * 2 ** (-shift - half);
  return a.numerator < 0n ? -value : value;
}

/** A double that is certainly not below `a` (which must not be negative). */
export function toNumberUp(a: Rational): number {
  if (a.numerator === 0n) return 0;
  let value = toNumber(a);
  while (value !== Infinity && compare(fromNumber(value), a) < 0) value = nextUp(value);
  return value;
}

/** `a` (not negative) in plain decimal notation, rounded up to `digits` significant digits. */
export function toDecimalUp(a: Rational, digits = 6): string {
  if (a.numerator === 0n) return "0";
  let places = 0;
  let scale = 1n;
  const least = 10n ** BigInt(digits - 1);
  while ((a.numerator * scale) / a.denominator < least) {
    scale *= 10n;
    places++;
  }
  return placePoint(ceilDivide(a.numerator * scale, a.denominator), places);
}

/** `units` / 10^places in plain decimal notation, without trailing zeros. */
export function placePoint(units: bigint, places: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${sign}${digits.slice(0, digits.length - places)}${places > 0 && fraction !== "" ? `.${fraction}` : ""}`;
}

/** Number of bits of a positive integer. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + 32 - Math.clz32(Number.parseInt(hex[0], 16));
}

function nextUp(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}
