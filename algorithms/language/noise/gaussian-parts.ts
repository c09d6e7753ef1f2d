/**
 * A discrete Gaussian number of a large variance as a sum of independent ones, z1 + 8·z2, whose tables are short. For z1 of variance σ1² and z2 of σ2²,
 * with σ² = σ1² + 64·σ2²: completing the square, P(z) ∝ e^(−z²/2σ²)·Σ_k e^(−(8k − c)²/2s²) for some c that depends on z, and
 * s = 8·σ1·σ2/σ. By Poisson's summation formula the sum is within a factor 1 ± d of a constant, d = 2·Σ_{j ≥ 1} e^(−2π²·s²·j²/64) (Micciancio, Regev, FOCS 2004,
 * for lattices). So the distance to the discrete Gaussian of σ² is at most d/(1 − d): where σ1 = 16 and σ > 40, below 2^−93.
 */
import type { Rational } from "../rational.ts";
import * as exact from "./bounds.ts";
import { type Table, tableOf } from "./gaussian-table.ts";
import { remembered } from "./remembered.ts";

export interface GaussianOptions {
  /** σ². From 1/64 to 2^80. */
  readonly variance: Rational;
}

export interface GaussianPart {
  readonly table: Table;
  /** What the number looked up is multiplied by. */
  readonly factor: bigint;
}

export interface GaussianParts {
  readonly parts: readonly GaussianPart[];
  /** Statistical distance of the sum to a discrete Gaussian number, at most, in units of `ONE`. */
  readonly distance: bigint;
}

const LEAST: Rational = { numerator: 1n, denominator: 64n };
const MOST: Rational = { numerator: 1n << 80n, denominator: 1n };
/** Up to this variance one table is used. */
const SHORT = 1600n;
const STEP = 8n;
const STEP_VARIANCE = 256n;
/** Below 2π², in thousandths. */
const TWICE_PI_SQUARED = 19_739n;

/** @throws RangeError for a variance outside of its range */
export const gaussianPartsOf = remembered((variance): GaussianParts => {
  exact.requireBetween(variance, LEAST, MOST);
  const parts: GaussianPart[] = [];
  let distance = 0n;
  let [left, factor] = [variance, 1n];
  const take = (part: Rational): void => {
    const table = tableOf(part);
    parts.push({ table, factor });
    distance += table.distance;
  };
  while (left.numerator > SHORT * left.denominator) {
    take({ numerator: STEP_VARIANCE, denominator: 1n });
    const next: Rational = {
      numerator: left.numerator - STEP_VARIANCE * left.denominator,
      denominator: STEP * STEP * left.denominator,
    };
    distance += ofSum(left, next);
    [left, factor] = [next, factor * STEP];
  }
  take(left);
  return { parts, distance };
});

/** d/(1 − d), for a sum of variance σ² with z2 of variance σ2². */
function ofSum(sum: Rational, second: Rational): bigint {
  // s²/64 = σ1²·σ2²/σ².
  const first = exact.exponentialOfMinus({
    numerator: TWICE_PI_SQUARED * STEP_VARIANCE * second.numerator * sum.denominator,
    denominator: 1000n * second.denominator * sum.numerator,
  });
  // Each further term is smaller than the one before by more than the first.
  const series = exact.divide(first, exact.complement(first));
  const deviation = exact.add(series, series);
  return exact.divide(deviation, exact.complement(deviation)).high;
}

/**
 * How far one element is from the ideal distribution, as `laplaceDistance`. Of an (ε, δ)-private mechanism with L elements of noise,
 * this makes an (ε, δ + (1 + e^ε)·L·distance)-private one.
 * @throws RangeError for a variance outside of its range
 */
export function gaussianDistance({ variance }: GaussianOptions): bigint {
  return exact.roundedUp(gaussianPartsOf(variance).distance, exact.DISTANCE_BITS);
}

/** The largest |x|. */
export function gaussianBound({ variance }: GaussianOptions): bigint {
  const { parts } = gaussianPartsOf(variance);
  return parts.reduce((sum, { table, factor }) => sum + factor * BigInt(table.thresholds.length), 0n);
}
