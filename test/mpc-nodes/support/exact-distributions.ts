/** The ideal distributions in 512-bit numbers, by other means than the protocol's: errors are far below 2^−128. */
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";

export const PRECISION = 512n;
const ONE = 1n << PRECISION;

/** e^−x as the reciprocal of the series of e^x, whose terms are all positive. */
function exponentialOfMinus({ numerator, denominator }: Rational): bigint {
  let [term, sum] = [ONE, ONE];
  for (let k = 1n; term > 0n; k++) {
    term = (term * numerator) / (denominator * k);
    sum += term;
  }
  return (ONE * ONE) / sum;
}

/** e^−kx for k = 0 to count − 1. */
export function exponentials({ numerator, denominator }: Rational, count: number): bigint[] {
  return Array.from({ length: count }, (_, k) => exponentialOfMinus({ numerator: BigInt(k) * numerator, denominator }));
}

/** P(0), P(1), … of the discrete Laplace distribution, and P(x ≥ count): (1 − a)/(1 + a)·a^|x|, a = e^(−1/t). */
export function laplaceProbabilities(
  { numerator, denominator }: Rational,
  count: number,
): { probabilities: bigint[]; beyond: bigint } {
  const powers = exponentials({ numerator: denominator, denominator: numerator }, count + 1);
  const a = powers[1]!;
  const probabilities = powers.map((power) => (power * (ONE - a)) / (ONE + a));
  return { probabilities: probabilities.slice(0, count), beyond: (powers[count]! << PRECISION) / (ONE + a) };
}

/** e^(−x²/2σ²) for x = 0 to count − 1, and the sum over all integers, of which those left out are too small to matter. */
export function gaussianWeights(
  { numerator, denominator }: Rational,
  count: number,
): { weights: bigint[]; total: bigint } {
  const weights = Array.from({ length: count }, (_, x) =>
    exponentialOfMinus({ numerator: BigInt(x * x) * denominator, denominator: 2n * numerator }),
  );
  return { weights, total: weights.reduce((sum, weight, x) => sum + (x === 0 ? weight : 2n * weight), 0n) };
}
