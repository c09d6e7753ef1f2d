/** The public coins from which a geometric number is made, and how far it is from one. */
import type { Rational } from "../rational.ts";
import * as exact from "./bounds.ts";
import { remembered } from "./remembered.ts";

/** Random bits of a coin. */
export const COIN_BITS = 64;
/** What is cut off the tail of a geometric number has at most this probability: that of a coin's least step. */
const TAIL = 1n << 64n;
const LEAST: Rational = { numerator: 1n, denominator: 64n };
const MOST: Rational = { numerator: 1n << 40n, denominator: 1n };

export interface LaplaceOptions {
  /** t: sensitivity / ε. From 1/64 to 2^40. */
  readonly scale: Rational;
}

/** How the coins of one number are tossed. */
export interface Coins {
  /** Coin i is 1 where 64 random bits are below thresholds[i], which is odd: so no threshold is tied with at its lowest bit. */
  readonly thresholds: readonly bigint[];
  /** Statistical distance of the number so made to a geometric one, at most, in units of `ONE`. */
  readonly distance: bigint;
}

/** @throws RangeError for a scale outside of its range */
export const coinsOf = remembered((scale): Coins => {
  exact.requireBetween(scale, LEAST, MOST);
  const thresholds: bigint[] = [];
  let distance = 0n;
  // a = e^(−2^i/t): the probability of 2^i or more.
  for (let power = 1n; ; power <<= 1n) {
    const a = exact.exponentialOfMinus({ numerator: power * scale.denominator, denominator: scale.numerator });
    if (thresholds.length > 0 && a.high * TAIL <= exact.ONE) return { thresholds, distance: distance + a.high };
    const probability = exact.divide(a, exact.add(exact.EXACTLY_ONE, a));
    const threshold = 2n * exact.roundedDown(probability.low, 63n) + 1n;
    thresholds.push(threshold);
    distance += exact.farthest(probability, exact.exactly(threshold, 64n));
  }
});

/**
 * How far one element is from the ideal distribution: an upper bound of the statistical (total variation) distance, in units of 2^−128,
 * from the precision of its coins and the tail that is cut off. Of an ε-private mechanism with L elements of noise, this makes an
 * (ε, (1 + e^ε)·L·distance)-private one.
 * @throws RangeError for a scale outside of its range
 */
export function laplaceDistance({ scale }: LaplaceOptions): bigint {
  // Two independent numbers, and a difference is no farther than what it is made of.
  return exact.roundedUp(2n * coinsOf(scale).distance, exact.DISTANCE_BITS);
}

/** The bits that the numbers have, and so the largest |x| + 1 = 2^bits. */
export function laplaceBits({ scale }: LaplaceOptions): number {
  return coinsOf(scale).thresholds.length;
}
