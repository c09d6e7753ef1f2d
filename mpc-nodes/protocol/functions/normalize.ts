/**
 * Normalisation: the secret power of two that brings a value to the top of a fixed range (Catrina, Saxena, *Secure Computation with
 * Fixed-Point Numbers*, FC 2010, §3.4 `Norm`). The position of the leading one comes out as one secret 0/1 per position, so that any function of the
 * position (a power of two, its square root, a logarithm) is a public linear combination of them: no further round, no error.
 */
import type { Mpc, Vector, WordBits } from "../mpc.ts";
import { prefixOr, toBits } from "./bits-of.ts";

/** A normalised value is in [2^61, 2^62]: [1, 2] with this many fraction bits. */
export const NORMAL_BITS = 61;

/** Operands are in [−2^62, 2^62), as for widening. */
const POSITIONS = 62;

export type LeadingOne = {
  /**
   * Vector t (0 to 61) is 1 in the rows whose leading one is at t. For x > 0: 2^t ≤ x < 2^(t+1). For x < 0: 2^t < |x| ≤ 2^(t+1), and t = 0 for −1. All are 0 for x = 0.
   */
  readonly positions: readonly Vector[];
  /** 1 for x < 0. */
  readonly negative: Vector;
};

/**
 * Where the leading one of each row is.
 *
 * With s the sign, the bits of x xor s are those of |x| − s. One more plane below them, s itself, makes it 2·|x| − s, whose leading
 * one is at t + 1 iff 2^t ≤ |x| − s/2 < 2^(t+1): no adder is needed for the absolute value, and −1 is not mistaken for 0.
 * Rounds: those of `toBits` of 64 planes, of `prefixOr` of 63, and two.
 */
export function leadingOne(mpc: Mpc, x: Vector, word: WordBits): Promise<LeadingOne> {
  return mpc.scope(async (s) => {
    const bits = await toBits(s, x, 64);
    const sign = s.planes(bits, [63]);
    const repeated = s.planes(sign, new Array(POSITIONS).fill(0));
    // From the most significant down: |x| − s at 61..0, then s.
    const magnitude = s.xor(s.planes(bits, descending(POSITIONS - 1)), repeated);
    const seen = await prefixOr(s, s.stack([magnitude, sign]));
    const before = s.stack([s.constantBits(0n, 1, x.length), s.planes(seen, ascending(POSITIONS))]);
    const hot = s.xor(seen, before);
    const [negative, ...injected] = await s.inject(s.stack([sign, hot]), word);
    // Plane k of `hot` is position 61 − k of |x| − s; the plane of s below them is |x| = 1 for x = −1: position 0 too.
    const [lowest, below] = injected.slice(POSITIONS - 1) as [Vector, Vector];
    const positions = [s.add(lowest, below), ...injected.slice(0, POSITIONS - 1).reverse()];
    return { positions, negative: negative! };
  });
}

/** Σ_t positions[t] · weight(t): a function of the position of the leading one, without a message; 0 for x = 0. */
export function weigh(mpc: Mpc, positions: readonly Vector[], weight: (position: number) => bigint): Vector {
  return sumOf(
    mpc,
    positions.map((vector, t) => mpc.multiplyPublic(vector, weight(t))),
  );
}

/** The sum of vectors of one length; at least one. */
export function sumOf(mpc: Mpc, vectors: readonly Vector[]): Vector {
  const [first, ...rest] = vectors;
  return rest.reduce((total, vector) => mpc.add(total, vector), first!);
}

/** 2^(61 − t): what brings a positive value to [2^61, 2^62). */
export const toNormal = (position: number): bigint => 1n << BigInt(NORMAL_BITS - position);

const descending = (from: number): number[] => Array.from({ length: from + 1 }, (_, i) => from - i);
const ascending = (length: number): number[] => Array.from({ length }, (_, i) => i);
