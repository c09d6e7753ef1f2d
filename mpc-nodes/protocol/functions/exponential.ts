/**
 * The exponential function (ePrint 2019/354): e^x = 2^i · 2^φ with i + φ = x·log2(e). The integer i is read off a coarse truncation
 * (8 fraction bits), so that few bits are decomposed; φ is the exact rest, which may stray 2^−7 beyond [0, 1), and the polynomial for 2^φ covers that too.
 */
import { EXPONENTIAL_RANGE_BITS, functionError, hasFormat } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { toBits } from "./bits-of.ts";
import { publicMinus } from "./fixed.ts";
import { sumOf } from "./normalize.ts";
import { POLYNOMIAL_BITS, polynomial } from "./polynomial.ts";

/**
 * 2^((1 + z)/2) for |z| ≤ 1 + 2^−6: degree 12, interpolated at 13 Chebyshev nodes with 400 bits, rounded to 2^−60. Relative error
 * 2^−58 at most, by mpmath; the suite checks 2^−51, as near as doubles can tell.
 */
export const EXPONENTIAL_COEFFICIENTS: readonly bigint[] = [
  1630477228166597777n,
  565080346835435946n,
  97920962299704610n,
  11312273155959520n,
  980133780472160n,
  67937696650364n,
  3924235240585n,
  194290900221n,
  8417011842n,
  324122599n,
  11233245n,
  354838n,
  10244n,
];

/** log2(e) with 60 fraction bits. */
const LOG2_E = 1663314137230540311n;

const COARSE_BITS = 8;
/** Bits of i. */
const EXPONENT_BITS = 6;

export interface ExponentialFormat {
  /** Fraction bits of the operand, 8 to 60. */
  readonly fractionBits: number;
  /** Fraction bits of the result, at most 59; those of the operand unless given. */
  readonly resultBits?: number;
  /** |x| < 2^rangeBits, at most 12; 8 unless given. */
  readonly rangeBits?: number;
}

/**
 * e^x, row by row. Domain: |x| < 2^rangeBits, and e^x · 2^resultBits < 2^61; beyond that the result is an arbitrary word. What is too
 * small for the result's fraction bits is 0. Error: {@link exponentialError}. Rounds: 21 and those of `toBits` of rangeBits + 11 planes.
 */
export function exponential(mpc: Mpc, x: Vector, format: ExponentialFormat): Promise<Vector> {
  const { fractionBits, resultBits, rangeBits } = checkedFormat(format);
  const F = BigInt(POLYNOMIAL_BITS);
  // e^x in units of 2^−resultBits, times four: what is below a quarter of a unit has a negative i here, and is masked.
  const offset = BigInt(resultBits + 2);
  return mpc.scope(async (s) => {
    const product = s.multiplyPublic(await s.widen(x), LOG2_E);
    const [fine, coarse] = (await s.truncate([
      { value: product, bits: fractionBits },
      { value: product, bits: fractionBits + POLYNOMIAL_BITS - COARSE_BITS },
    ])) as [Vector, Vector];
    const shifted = s.addPublic(s.narrow(coarse), offset << BigInt(COARSE_BITS));
    const planes = COARSE_BITS + rangeBits + 3;
    const bits = await toBits(s, shifted, planes);
    const wanted = Array.from({ length: EXPONENT_BITS }, (_, j) => COARSE_BITS + j);
    const injected = await s.inject(s.planes(bits, [...wanted, planes - 1]), 128);
    const digits = injected.slice(0, EXPONENT_BITS);
    const tooSmall = injected[EXPONENT_BITS]!;
    const exponent = sumOf(
      s,
      digits.map((digit, j) => s.multiplyPublic(digit, 1n << BigInt(j))),
    );
    const phi = s.subtract(s.addPublic(fine, offset << F), s.multiplyPublic(exponent, 1n << F));
    const z = s.addPublic(s.multiplyPublic(phi, 2n), -(1n << F));
    const [mantissa, power] = (await s.parallel<Vector>([
      (task) => polynomial(task, z, EXPONENTIAL_COEFFICIENTS, 4),
      (task) => powerOfTwo(task, digits, tooSmall),
    ])) as [Vector, Vector];
    const value = await s.multiply(mantissa, power);
    const [result] = await s.truncate([{ value, bits: POLYNOMIAL_BITS + 2 }]);
    return s.narrow(result!);
  });
}

/** The most that `exponential` is off for a result of at most `magnitude`: 5/4 in the last place, and the polynomial's and log2(e)'s error. */
export function exponentialError(
  { fractionBits, resultBits = fractionBits }: ExponentialFormat,
  magnitude: number,
): number {
  return functionError("exponential", resultBits, magnitude);
}

/** Π_j (1 + (2^(2^j) − 1)·digit_j), or 0 where masked: a tree of depth three. */
async function powerOfTwo(mpc: Mpc, digits: readonly Vector[], masked: Vector): Promise<Vector> {
  let factors = digits.map((digit, j) => mpc.addPublic(mpc.multiplyPublic(digit, (1n << (1n << BigInt(j))) - 1n), 1n));
  factors.push(publicMinus(mpc, 1n, masked));
  while (factors.length > 1) {
    const level = factors;
    const pairs = Array.from(
      { length: level.length >> 1 },
      (_, k) => (task: Mpc) => task.multiply(level[2 * k]!, level[2 * k + 1]!),
    );
    factors = [...(await mpc.parallel(pairs)), ...level.slice(2 * pairs.length)];
  }
  return factors[0]!;
}

function checkedFormat({
  fractionBits,
  resultBits = fractionBits,
  rangeBits = 8,
}: ExponentialFormat): Required<ExponentialFormat> {
  const { least, most } = EXPONENTIAL_RANGE_BITS;
  const inRange = Number.isInteger(rangeBits) && rangeBits >= least && rangeBits <= most;
  if (!inRange || !hasFormat("exponential", { fractionBits, resultBits }))
    throw new ProtocolError("InvalidShift", "Bits of an exponential are beyond what its word can hold");
  return { fractionBits, resultBits, rangeBits };
}
