/**
 * Natural logarithm (ePrint 2019/354): x = m·2^(t + 1) with m in [1/2, 1), where t is the position of the leading one, so that ln x is a public
 * combination of the positions plus a polynomial in m.
 */
import { functionError, hasFormat } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { type LeadingOne, leadingOne, toNormal, weigh } from "./normalize.ts";
import { POLYNOMIAL_BITS, polynomial } from "./polynomial.ts";

/**
 * ln((3 + u)/4) for u in [−1, 1]: degree 21, interpolated at 22 Chebyshev nodes with 400 bits, rounded to 2^−60. 2^−58.7 off at most,
 * by mpmath; the suite checks 2^−51, as near as doubles can tell.
 */
export const LOGARITHM_COEFFICIENTS: readonly bigint[] = [
  -331674847819523231n,
  384307168202282326n,
  -64051194700380042n,
  14233598822306642n,
  -3558399705590479n,
  948906588158190n,
  -263585163161768n,
  75310046610407n,
  -21965431984974n,
  6508276183226n,
  -1952474813321n,
  591658904666n,
  -180808054480n,
  55633514076n,
  -17176210978n,
  5343364216n,
  -1722216440n,
  540578300n,
  -131133245n,
  41288053n,
  -29514030n,
  9392887n,
];

/** ln 2 with 60 fraction bits. */
const LN2 = 799144290325165979n;

export interface LogarithmFormat {
  /** Fraction bits of the operand. */
  readonly fractionBits: number;
  /** Fraction bits of the result, at most 56; those of the operand unless given. */
  readonly resultBits?: number;
}

/**
 * ln x, row by row; 0 for x ≤ 0, which a program must tell apart itself. Domain: x in [−2^62, 2^62) as a word.
 * Error: {@link logarithmError}. Rounds: those of `leadingOne` and 19.
 */
export function logarithm(mpc: Mpc, x: Vector, format: LogarithmFormat): Promise<Vector> {
  const { fractionBits, resultBits = fractionBits } = format;
  if (!hasFormat("logarithm", { fractionBits, resultBits }))
    throw new ProtocolError("InvalidShift", "Fraction bits of a logarithm are 0 to 56");
  return mpc.scope(async (s) => {
    const [leading, wide] = (await s.parallel<LeadingOne | Vector>([
      (task) => leadingOne(task, x, 128),
      (task) => task.widen(x),
    ])) as [LeadingOne, Vector];
    const { positions, negative } = leading;
    const v = await s.multiply(wide, weigh(s, positions, toNormal));
    // v is m with 62 bits, so v − 3·2^60 is 4·m − 3 with 60. For x ≤ 0 it is not in [−1, 1), and what comes of it is masked.
    const u = s.addPublic(v, -3n << BigInt(POLYNOMIAL_BITS));
    const mantissa = await polynomial(s, u, LOGARITHM_COEFFICIENTS, 8);
    const exponent = weigh(s, positions, (t) => BigInt(t + 1 - fractionBits) * LN2);
    const [rounded] = await s.truncate([{ value: s.add(mantissa, exponent), bits: POLYNOMIAL_BITS - resultBits }]);
    const valid = s.subtract(
      weigh(s, positions, () => 1n),
      negative,
    );
    return s.narrow(await s.multiply(rounded!, valid));
  });
}

/** The most that `logarithm` is off: one rounding in the last place, and 2^−52 for the polynomial and 62·ln 2. */
export function logarithmError({ fractionBits, resultBits = fractionBits }: LogarithmFormat): number {
  return functionError("logarithm", resultBits);
}
