/**
 * The sigmoid 1/(1 + e^−x) as a spline of ten cubic pieces between −9.5 and 9.5, and 0 and 1 beyond (PROTOCOL 16). All breakpoints are compared at
 * once, on the bits of x from a quarter up (9 of them), so that the carries take three rounds; a piece fits a quarter
 * below its breakpoint too, which is all that the carries from below can change. The powers of x are made meanwhile.
 */
import { functionError, hasFormat } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { topBit } from "./compare.ts";
import { sumOf } from "./normalize.ts";

/** Fraction bits of the coefficients: the fused value has these and those of x. */
export const SPLINE_BITS = 24;
const COARSE_BITS = 2;
/** Bits above the point: |x| < 2^5, and 2^5 + 9.5 + 1/4 is less than 2^6. */
const WHOLE_PLANES = 7;

interface Piece {
  readonly from: number;
  /** c_0 to c_3 with SPLINE_BITS fraction bits. */
  readonly coefficients: readonly bigint[];
}

/**
 * Cubic interpolation at four Chebyshev nodes of [from − 1/4, next from], in 120 bits; pieces as long as 2^−13.2 allows. The suite
 * recomputes the largest error, tails included.
 */
export const SIGMOID_PIECES: readonly Piece[] = [
  { from: -9.5, coefficients: [1156509n, 391798n, 44511n, 1691n] },
  { from: -5.5, coefficients: [5386552n, 2666377n, 455083n, 26558n] },
  { from: -3.5, coefficients: [8955496n, 5601941n, 1265640n, 101683n] },
  { from: -1.75, coefficients: [8604553n, 4903249n, 818688n, 8990n] },
  { from: -0.75, coefficients: [8387864n, 4190982n, 23424n, -293089n] },
  { from: 0.25, coefficients: [8387303n, 4227289n, -122575n, -225562n] },
  { from: 1.25, coefficients: [7948973n, 5369351n, -1132264n, 77307n] },
  { from: 2.5, coefficients: [8399622n, 5002987n, -1062234n, 79033n] },
  { from: 4.25, coefficients: [12719511n, 1840522n, -285471n, 15043n] },
  { from: 6.5, coefficients: [15888277n, 292666n, -32425n, 1206n] },
  { from: 9.5, coefficients: [1n << 24n, 0n, 0n, 0n] },
];

export interface SigmoidFormat {
  /** Fraction bits of the operand, 8 to 24. */
  readonly fractionBits: number;
}

/**
 * 1/(1 + e^−x), row by row, with the fraction bits of x. Domain: |x| < 32. Error: {@link sigmoidError}. Rounds: 10.
 */
export async function sigmoid(mpc: Mpc, x: Vector, { fractionBits }: SigmoidFormat): Promise<Vector> {
  requireBits(fractionBits);
  return mpc.scope(async (s) => {
    const [powers, pieces] = (await s.parallel<Vector | Vector[]>([
      (task) => truncatedPowers(task, x, fractionBits),
      (task) => findPieces(task, x, fractionBits),
    ])) as [Vector[], Vector];
    const value = await spline(s, powers, pieces, [fractionBits, 0, 0, 0]);
    const [result] = await s.truncate([{ value, bits: SPLINE_BITS }]);
    return result!;
  });
}

/**
 * The spline without a truncation: Σ_m c_m·2^shifts[m]·x^m with the coefficients of the piece where x lies. One round.
 * @param powers x, x² and x³
 * @param pieces row k·rows + i: 1 where x_i lies in piece k, else 0
 */
export function spline(
  mpc: Mpc,
  powers: readonly Vector[],
  pieces: Vector,
  shifts: readonly number[],
): Promise<Vector> {
  const rows = powers[0]!.length;
  return mpc.scope(async (s) => {
    const [constant, ...others] = shifts.map((shift, m) => {
      const terms = SIGMOID_PIECES.flatMap(({ coefficients }, k) => {
        const coefficient = coefficients[m]! << BigInt(shift);
        const piece = s.slice(pieces, k * rows, (k + 1) * rows);
        return coefficient === 0n ? [] : [s.multiplyPublic(piece, coefficient)];
      });
      return sumOf(s, terms);
    });
    return s.add(constant!, await s.innerProducts(others, powers));
  });
}

/** The most that `sigmoid` is off: the spline, the roundings of x² and x³ against their coefficients, and the last place twice. */
export function sigmoidError({ fractionBits }: SigmoidFormat): number {
  return functionError("sigmoid", fractionBits);
}

/** x, x² and x³, with the fraction bits of x. 6 rounds. */
async function truncatedPowers(mpc: Mpc, x: Vector, bits: number): Promise<Vector[]> {
  const [square] = await mpc.truncate([{ value: await mpc.multiply(x, x), bits }]);
  const [cube] = await mpc.truncate([{ value: await mpc.multiply(square!, x), bits }]);
  return [x, square!, cube!];
}

/** For each piece, whether x lies in it; a quarter below it may seem so. 7 rounds. */
async function findPieces(mpc: Mpc, x: Vector, fractionBits: number): Promise<Vector> {
  // What is passed without a carry from below is a quarter more than what is passed with any.
  const distance = (from: number): bigint => BigInt(Math.round((from - 2 ** -COARSE_BITS) * 2 ** fractionBits));
  const differences = SIGMOID_PIECES.map(({ from }) => mpc.addPublic(x, -distance(from)));
  const planes = fractionBits + WHOLE_PLANES;
  const below = await topBit(mpc, mpc.concatenate(differences), planes, fractionBits - COARSE_BITS);
  // Between two breakpoints is what is below the upper but not the lower one; below the one after the last is all.
  const rows = x.length;
  const all = mpc.constantBits(1n, 1, rows);
  const upper = mpc.concatenateBits([mpc.sliceBits(below, rows, below.length), all]);
  return (await mpc.inject(mpc.xor(below, upper), x.word))[0]!;
}

function requireBits(fractionBits: number): void {
  if (!hasFormat("sigmoid", { fractionBits, resultBits: fractionBits }))
    throw new ProtocolError("InvalidShift", "Fraction bits of a sigmoid are 8 to 24");
}
