/**
 * The noise of one instruction: how wide it must be for the ε (and δ) that the program declares, how far it can reach, and what it costs.
 *
 * - **Laplace**, scale t = Δ/ε, Δ the L1 sensitivity of the values together: ε-private (Dwork et al. 2006; discrete: Ghosh, Roughgarden, Sundararajan,
 *   STOC 2009).
 * - **Gaussian**: Δ²/2σ²-concentrated, Δ the L2 sensitivity (Canonne, Kamath, Steinke, arXiv 2004.00010, theorem 14), which is (ρ + 2·√(ρ·ln(1/δ)), δ)-private for every δ
 *   (Bun, Steinke, arXiv 1605.02065, proposition 1.3). So √ρ = √(ln(1/δ) + ε) − √ln(1/δ) gives the ε that is asked for.
 * - **Finite precision**: each number drawn is at a computed distance τ from the ideal one; of L numbers this adds (1 + e^ε)·L·τ to δ
 *   (docs/protocol/noise.md). So nothing is purely ε-private.
 */
import { at } from "../check.ts";
import { exponentialOf, logarithmOf, squareRootOf } from "../elementary.ts";
import { ProgramError } from "../errors.ts";
import { GRID_BITS, smaller } from "../interval.ts";
import type { PrivacyUnit } from "../program.ts";
import { ceilDivide, type Rational } from "../rational.ts";
import { DISTANCE_BITS } from "./bounds.ts";
import { gaussianBound, gaussianDistance } from "./gaussian-parts.ts";
import { laplaceBits, laplaceDistance } from "./laplace-coins.ts";
import type { Sensitivity } from "./sensitivity.ts";
import type { NoiseInstruction } from "./states.ts";

const MILLION = 1_000_000n;
/** Units in which δ is counted: 10^-18. */
export const DELTA_UNITS = 10n ** 18n;
const ONE = 1n << GRID_BITS;
/** A variance is a multiple of 2^-16, rounded up. */
const VARIANCE_BITS = 16n;

export interface Noise {
  readonly distribution: "laplace" | "gaussian";
  /** t of the Laplace distribution, σ² of the Gaussian; in words. */
  readonly parameter: Rational;
  /** What the unit of privacy can move the values by: L1 for Laplace, the square of L2 for the Gaussian; in words. */
  readonly sensitivity: bigint;
  /** The largest |noise|, in words. */
  readonly largest: bigint;
  /** Numbers drawn. */
  readonly draws: number;
  readonly epsilonMillionths: bigint;
  /** Declared δ and that of finite precision together, rounded up. */
  readonly deltaE18: bigint;
}

/** @throws ProgramError NoiseOutOfRange for a distribution that cannot be drawn */
export function noiseOf(
  instruction: NoiseInstruction,
  index: number,
  sensitivity: Sensitivity,
  privacy: PrivacyUnit,
): Noise {
  // All rows of a seller, one after the other: each moves the values by no more than one row can.
  const rows = privacy.unit === "seller" ? BigInt(privacy.maximumRows) : 1n;
  const epsilonMillionths = BigInt(instruction.epsilonMillionths);
  const draws = instruction.values.length;
  const from = <T>(distribution: () => T): T => {
    try {
      return distribution();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const message = `${error.message}: use fewer fraction bits, narrower ranges or a larger epsilon`;
      throw new ProgramError("NoiseOutOfRange", at(index, instruction) + message, index);
    }
  };
  const finite = (distance: bigint) => finiteDeltaE18(epsilonMillionths, draws, distance);
  if (instruction.op === "laplace") {
    const moved = sensitivity.sum * rows;
    const parameter = { numerator: moved * MILLION, denominator: epsilonMillionths };
    const distance = from(() => laplaceDistance({ scale: parameter }));
    const largest = (1n << BigInt(laplaceBits({ scale: parameter }))) - 1n;
    const deltaE18 = finite(distance);
    return { distribution: "laplace", parameter, sensitivity: moved, largest, draws, epsilonMillionths, deltaE18 };
  }
  const moved = sensitivity.squares * rows * rows;
  const declared = BigInt(instruction.deltaE18);
  const parameter = varianceFor(moved, epsilonMillionths, declared);
  const distance = from(() => gaussianDistance({ variance: parameter }));
  const largest = gaussianBound({ variance: parameter });
  const deltaE18 = declared + finite(distance);
  return { distribution: "gaussian", parameter, sensitivity: moved, largest, draws, epsilonMillionths, deltaE18 };
}

/** σ² = Δ²/2ρ, where 1/√ρ = (√(ln(1/δ) + ε) + √ln(1/δ))/ε; rounded up. */
function varianceFor(moved: bigint, epsilonMillionths: bigint, deltaE18: bigint): Rational {
  const epsilon = (epsilonMillionths << GRID_BITS) / MILLION;
  const logarithm = logarithmOf(ceilDivide(DELTA_UNITS << GRID_BITS, deltaE18)).maximum;
  const roots = squareRootOf(logarithm + epsilon + 1n).maximum + squareRootOf(logarithm).maximum;
  const numerator = (moved * roots * roots * MILLION * MILLION) << VARIANCE_BITS;
  const denominator = (2n * epsilonMillionths * epsilonMillionths) << (2n * GRID_BITS);
  return { numerator: ceilDivide(numerator, denominator), denominator: 1n << VARIANCE_BITS };
}

/** (1 + e^ε)·L·τ in units of 10^-18, rounded up; `distance` is τ in units of 2^-128. */
function finiteDeltaE18(epsilonMillionths: bigint, draws: number, distance: bigint): bigint {
  const epsilon = ceilDivide(epsilonMillionths << GRID_BITS, MILLION);
  const factor = ONE + exponentialOf(epsilon).maximum;
  return ceilDivide(factor * BigInt(draws) * distance * DELTA_UNITS, 1n << (GRID_BITS + DISTANCE_BITS));
}

/** A bound that all noise of a program keeps to in 95 answers of 100. The missing thousandth is left to finite precision. */
const MISSED: Rational = { numerator: 49n, denominator: 1_000n };

/**
 * In words: |noise| is no larger, with a probability such that all of `draws` numbers of a program keep to theirs with 95 %. By the tails
 * P(|x| ≥ k) = 2a^k/(1 + a) ≤ 2·e^(−k/t)/(1 + e^(−1/t)) of the Laplace and P(|x| ≥ k) ≤ 2·e^(−k²/2σ²) of the Gaussian distribution (arXiv 2004.00010,
 * proposition 25).
 */
export function likelyNoise({ distribution, parameter, largest }: Noise, draws: number): bigint {
  const { numerator, denominator } = parameter;
  const odds = ceilDivide((2n * BigInt(draws) * MISSED.denominator) << GRID_BITS, MISSED.numerator);
  if (distribution === "laplace") {
    const a = exponentialOf(-ceilDivide(denominator << GRID_BITS, numerator)).minimum;
    const logarithm = logarithmOf(ceilDivide(odds << GRID_BITS, ONE + a)).maximum;
    return smaller(ceilDivide(numerator * logarithm, denominator << GRID_BITS), largest);
  }
  const square = ceilDivide(2n * numerator * logarithmOf(odds).maximum, denominator);
  return smaller(ceilDivide(squareRootOf(square).maximum, ONE), largest);
}
