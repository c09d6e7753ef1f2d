/**
 * Natural logarithms, correctly rounded, so that a derived column is the same in every browser and its error is half a
 * unit in the last place like that of any other column (`Math.log` promises neither).
 */
import { bitLength, type Rational, roundHalfAway, toNumber } from "./rational.ts";

/**
 * round(ln(value) * 2^fractionBits) for value > 0.
 *
 * Ziv's strategy: a double decides unless the result is too close to a tie, then fixed point with more and more bits.
 * It ends: ln of a fraction other than 1 is transcendental, so never a tie, and ln 1 = 0 is far from one.
 */
export function roundedLogarithm(value: Rational, fractionBits: number): bigint {
  const quick = quickLogarithm(value, fractionBits);
  if (quick !== undefined) return quick;
  for (let bits = fractionBits + 64; ; bits += 64) {
    const approximation = fixedLogarithm(value, bits);
    const denominator = 1n << BigInt(bits - fractionBits);
    const low = roundHalfAway({ numerator: approximation - MAXIMUM_ERROR, denominator });
    const high = roundHalfAway({ numerator: approximation + MAXIMUM_ERROR, denominator });
    if (low === high) return low;
  }
}

/** The same by a double, or undefined where its error could change the rounding. */
function quickLogarithm(value: Rational, fractionBits: number): bigint | undefined {
  const logarithm = Math.log(toNumber(value));
  const scale = 2 ** fractionBits;
  const scaled = logarithm * scale;
  if (!Number.isFinite(scaled) || Math.abs(scaled) >= 2 ** 50) return undefined;
  // Two units of the argument and four of the result, in doubles: 2^-52 * 2 and 2^-52 * 4 * |ln|.
  const error = scale * 2 ** -50 * (1 + Math.abs(logarithm));
  const distanceToTie = Math.abs(Math.abs(scaled) - Math.floor(Math.abs(scaled)) - 0.5);
  return distanceToTie > error ? BigInt(Math.round(scaled)) : undefined;
}

/** Bound on the error of `fixedLogarithm` in its last place: one unit per term and division, at most 2^11 bits of range. */
export const MAXIMUM_ERROR = 1n << 24n;

/** ln(value) * 2^bits, off by less than MAXIMUM_ERROR. ln(m 2^k) = k ln 2 + 2 artanh((m - 1) / (m + 1)). */
export function fixedLogarithm(value: Rational, bits: number): bigint {
  let { numerator, denominator } = value;
  const exponent = bitLength(numerator) - bitLength(denominator);
  if (exponent > 0) denominator <<= BigInt(exponent);
  else numerator <<= BigInt(-exponent);
  const scale = BigInt(bits);
  const mantissa = artanh(((numerator - denominator) << scale) / (numerator + denominator), scale);
  return 2n * mantissa + BigInt(exponent) * 2n * artanh((1n << scale) / 3n, scale);
}

/** artanh(z) = z + z^3/3 + z^5/5 + ..., in fixed point with `scale` bits, |z| <= 1/3. */
function artanh(z: bigint, scale: bigint): bigint {
  const square = (z * z) >> scale;
  let sum = 0n;
  let power = z;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = (power * square) >> scale;
  }
  return sum;
}
