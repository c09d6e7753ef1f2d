/** The public table in which a discrete Gaussian number is looked up, and how far what is found is from one. */
import type { Rational } from "../rational.ts";
import * as exact from "./bounds.ts";

export const UNIFORM_BITS = 64;
/** What is cut off the tail has at most this probability. */
const TAIL = 1n << 64n;

export interface Table {
  /** |x| is at least j + 1 where 64 random bits are below thresholds[j]. */
  readonly thresholds: readonly bigint[];
  /** Statistical distance of what is found to a discrete Gaussian number, at most, in units of `ONE`. */
  readonly distance: bigint;
}

export function tableOf(variance: Rational): Table {
  const weights = weightsOf(variance);
  const entries = weights.length - 2;
  // All that lies beyond is less than a geometric series from the last weight on: each further one is smaller by a factor that falls.
  const last = weights.at(-1)!;
  const rest: exact.Bounds = {
    low: 0n,
    high: exact.divide(last, exact.complement(exact.divide(last, weights.at(-2)!))).high,
  };
  // tails[j]: the weight of |x| > j, of one side.
  const tails: exact.Bounds[] = Array.from({ length: entries + 1 });
  tails[entries] = rest;
  for (let j = entries - 1; j >= 0; j--) tails[j] = exact.add(tails[j + 1]!, weights[j + 1]!);
  const twice = (x: exact.Bounds): exact.Bounds => exact.add(x, x);
  const total = exact.add(weights[0]!, twice(tails[0]!));
  const most = (1n << BigInt(UNIFORM_BITS)) - 1n;
  const thresholds = tails.slice(0, entries).map((tail) => {
    const nearest = (exact.roundedDown(exact.divide(twice(tail), total).low, 65n) + 1n) >> 1n;
    return nearest > most ? most : nearest;
  });
  // Half the sum of the differences, value by value of |x|: the signs are fair.
  let differences = exact.divide(twice(rest), total).high;
  for (let value = 0; value <= entries; value++) {
    const weight = value === 0 ? weights[0]! : twice(weights[value]!);
    const from = value === 0 ? most + 1n : thresholds[value - 1]!;
    const to = value === entries ? 0n : thresholds[value]!;
    differences += exact.farthest(exact.divide(weight, total), exact.exactly(from - to, BigInt(UNIFORM_BITS)));
  }
  return { thresholds, distance: (differences + 1n) >> 1n };
}

/** e^(−x²/2σ²) for x = 0, 1, …, up to two beyond the last x that is kept. */
function weightsOf(variance: Rational): exact.Bounds[] {
  const { numerator, denominator } = variance;
  const ratio = exact.exponentialOfMinus({ numerator: denominator, denominator: 2n * numerator });
  const ratioSquared = exact.multiply(ratio, ratio);
  const weights: exact.Bounds[] = [exact.EXACTLY_ONE];
  let total = exact.ONE;
  // Of x + 1 to x: r^(2x + 1).
  let step = ratio;
  while (true) {
    const [before, weight] = [weights.at(-1)!, exact.multiply(weights.at(-1)!, step)];
    weights.push(weight);
    step = exact.multiply(step, ratioSquared);
    // Both tails from this x on, as a part of what was before them.
    const tail = exact.divide(weight, exact.complement(exact.divide(weight, before))).high;
    if (weights.length > 2 && 2n * tail * TAIL <= total) return weights;
    total += 2n * weight.low;
  }
}
