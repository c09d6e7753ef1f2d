/**
 * Division of fixed-point numbers by Goldschmidt's iteration on a normalised divisor (Catrina, Saxena, FC 2010, §3.4), in words of 128 bits.
 *
 * The divisor is brought to v in [1, 2] by a secret signed power of two. w_0 = (45 − 15·v)/32 has e = 1 − v·w_0 in ±1/16, and
 *   1/v = w_0·(1 + e)·(1 + e²)·(1 + e⁴)·(1 + e⁸) / (1 − e^16),     e^16 ≤ 2^−64.
 * Dividing by zero gives zero: the power of two is then 0. Nothing shows it; a program that must know compares the divisor with 0.
 */
import { functionError, hasFormat } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { products, publicMinus } from "./fixed.ts";
import { leadingOne, NORMAL_BITS, toNormal, weigh } from "./normalize.ts";

const ITERATIONS = 4;

export interface QuotientFormat {
  /** Fraction bits of the operands. */
  readonly fractionBits: number;
  /** Fraction bits of the result; those of the operands unless given. */
  readonly resultBits?: number;
}

/**
 * numerator / divisor, row by row; 0 where the divisor is 0.
 *
 * Domain: both in [−2^62, 2^62) as words, and |numerator / divisor| · 2^resultBits < 2^62, resultBits ≤ 61: outside of it the quotient is an
 * arbitrary word. Error: {@link divisionError}. Rounds: those of `leadingOne` and 20.
 */
export function divide(mpc: Mpc, numerator: Vector, divisor: Vector, format: QuotientFormat): Promise<Vector> {
  const { resultBits } = checkedFormat(format);
  return mpc.scope(async (s) => {
    const [factor, wide, wideNumerator] = (await s.parallel<Vector>([
      (task) => normalizer(task, divisor),
      (task) => task.widen(divisor),
      (task) => task.widen(numerator),
    ])) as [Vector, Vector, Vector];
    const [inverse, scaled] = (await s.parallel<Vector>([
      async (task) => invertNormal(task, await task.multiply(wide, factor)),
      // |numerator·factor| < 2^(62−r)·|divisor·factor| ≤ 2^(124−r): it fits whole, so a small divisor costs no accuracy.
      async (task) => {
        const value = await task.multiply(wideNumerator, factor);
        const [kept] = await task.truncate([{ value, bits: NORMAL_BITS - resultBits }]);
        return kept!;
      },
    ])) as [Vector, Vector];
    const [quotient] = await products(s, [[scaled, inverse, NORMAL_BITS]]);
    return s.narrow(quotient!);
  });
}

/**
 * 1 / divisor, row by row; 0 for 0. Domain: the divisor in [−2^62, 2^62) as a word, fractionBits + resultBits ≤ 61.
 * Error: {@link reciprocalError}. Rounds: those of `leadingOne` and 20.
 */
export function reciprocal(mpc: Mpc, divisor: Vector, format: QuotientFormat): Promise<Vector> {
  const { fractionBits, resultBits } = checkedFormat(format);
  if (fractionBits + resultBits > NORMAL_BITS) throw invalidBits();
  return mpc.scope(async (s) => {
    const [factor, wide] = (await s.parallel<Vector>([
      (task) => normalizer(task, divisor),
      (task) => task.widen(divisor),
    ])) as [Vector, Vector];
    const inverse = await invertNormal(s, await s.multiply(wide, factor));
    const [result] = await products(s, [[factor, inverse, 2 * NORMAL_BITS - fractionBits - resultBits]]);
    return s.narrow(result!);
  });
}

/** The most that `divide` is off for quotients up to `magnitude`: two roundings in the last place, and the error of the reciprocal. */
export function divisionError({ fractionBits, resultBits = fractionBits }: QuotientFormat, magnitude: number): number {
  return functionError("divide", resultBits, magnitude);
}

/** The most that `reciprocal` is off for results up to `magnitude`. */
export function reciprocalError(
  { fractionBits, resultBits = fractionBits }: QuotientFormat,
  magnitude: number,
): number {
  // One rounding less than a quotient.
  return functionError("divide", resultBits, magnitude) - 2 ** -resultBits;
}

/** ±2^(61−t) with the sign of x, t the position of its leading one; 0 for 0. Rounds: those of `leadingOne` and one. */
export function normalizer(mpc: Mpc, x: Vector): Promise<Vector> {
  return mpc.scope(async (s) => {
    const { positions, negative } = await leadingOne(s, x, 128);
    return s.multiply(weigh(s, positions, toNormal), publicMinus(s, 1n, s.multiplyPublic(negative, 2n)));
  });
}

/** 2^122 / v for v in [2^61, 2^62], anything for other v. 15 rounds. */
export async function invertNormal(mpc: Mpc, v: Vector): Promise<Vector> {
  const guess = mpc.addPublic(mpc.multiplyPublic(v, -15n), 45n << BigInt(NORMAL_BITS));
  // The product is 32·(1 ± 1/16)·2^122, beyond the ring, but its distance from 2^127 is within 2^123.
  const distance = publicMinus(mpc, 1n << 127n, await mpc.multiply(v, guess));
  let [w, e] = (await mpc.truncate([
    { value: guess, bits: 5 },
    { value: distance, bits: 5 + NORMAL_BITS },
  ])) as [Vector, Vector];
  for (let i = 1; i < ITERATIONS; i++) {
    const [step, square] = (await products(mpc, [
      [w, e, NORMAL_BITS],
      [e, e, NORMAL_BITS],
    ])) as [Vector, Vector];
    w = mpc.add(w, step);
    e = square;
  }
  const [last] = await products(mpc, [[w, e, NORMAL_BITS]]);
  return mpc.add(w, last!);
}

function checkedFormat({ fractionBits, resultBits = fractionBits }: QuotientFormat): Required<QuotientFormat> {
  if (!hasFormat("divide", { fractionBits, resultBits })) throw invalidBits();
  return { fractionBits, resultBits };
}

const invalidBits = () =>
  new ProtocolError("InvalidShift", "Fraction bits of a quotient are beyond what its word can hold");
