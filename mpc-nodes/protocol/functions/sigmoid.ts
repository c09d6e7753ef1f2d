/**
 * The sigmoid 1/(1 + e^−x) as a spline of ten cubic pieces between −9.5 and 9.5, and 0 and 1 beyond (PROTOCOL 16). All breakpoints are compared at
 * once, on a coarse truncation of x (2 fraction bits, 9 bits in all), so that the carries take three rounds; a piece fits a quarter
 * below its breakpoint too, which is all that a truncation may err. The powers of x are made meanwhile.
 */
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { topBit } from "./compare.ts";
import { sumOf } from "./normalize.ts";

/** Fraction bits of the coefficients: the fused value has these and those of x. */
export const SPLINE_BITS = 24;
const COARSE_BITS = 2;
/** |x| < 2^5, and 2^5 + 9.5 quarters are less than 2^8. */
const COARSE_PLANES = 9;

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
 * 1/(1 + e^−x), row by row, with the fraction bits of x. Domain: |x| < 32. Error: {@link sigmoidError}. Rounds: 12.
 */
export async function sigmoid(mpc: Mpc, x: Vector, { fractionBits }: SigmoidFormat): Promise<Vector> {
  requireBits(fractionBits);
  return mpc.scope(async (s) => {
    const [coarse] = await s.truncate([{ value: x, bits: fractionBits - COARSE_BITS }]);
    const value = await fusedSigmoid(s, x, coarse!, fractionBits);
    const [result] = await s.truncate([{ value, bits: SPLINE_BITS }]);
    return result!;
  });
}

/**
 * The spline without its truncations.
 * @param coarse x with 2 fraction bits, off by less than one of them; of 64 bits
 * @returns the value with fractionBits + SPLINE_BITS fraction bits, in the word of x, in 8 rounds
 */
export function fusedSigmoid(mpc: Mpc, x: Vector, coarse: Vector, fractionBits: number): Promise<Vector> {
  return mpc.scope(async (s) => {
    const [powers, steps] = await s.parallel<Vector[]>([
      (task) => squareAndCube(task, x, fractionBits),
      (task) => compareBreakpoints(task, coarse, x.word),
    ]);
    const [square, cube] = powers as [Vector, Vector];
    // Each coefficient is the sum, over the breakpoints that x has passed, of its change there.
    const [c0, c1, c2, c3] = [0, 1, 2, 3].map((k) =>
      sumOf(
        s,
        steps!.map((step, i) => s.multiplyPublic(step, change(i, k))),
      ),
    ) as [Vector, Vector, Vector, Vector];
    const terms = await s.parallel([
      (task) => task.multiply(c1, x),
      (task) => task.multiply(c2, square),
      (task) => task.multiply(c3, cube),
    ]);
    return sumOf(s, [s.multiplyPublic(c0, 1n << BigInt(fractionBits)), ...terms]);
  });
}

/** The most that `sigmoid` is off: the spline, the roundings of x² and x³ against their coefficients, and the last place twice. */
export function sigmoidError({ fractionBits }: SigmoidFormat): number {
  return 2 ** -13.2 + 2 * 2 ** -fractionBits;
}

const change = (piece: number, k: number): bigint =>
  SIGMOID_PIECES[piece]!.coefficients[k]! - (piece === 0 ? 0n : SIGMOID_PIECES[piece - 1]!.coefficients[k]!);

async function squareAndCube(mpc: Mpc, x: Vector, bits: number): Promise<Vector[]> {
  const [square] = await mpc.truncate([{ value: await mpc.multiply(x, x), bits }]);
  const [cube] = await mpc.truncate([{ value: await mpc.multiply(square!, x), bits }]);
  return [square!, cube!];
}

/** For each breakpoint, whether x is at or above it (or a quarter below). 7 rounds. */
async function compareBreakpoints(mpc: Mpc, coarse: Vector, word: 64 | 128): Promise<Vector[]> {
  const rows = coarse.length;
  const differences = SIGMOID_PIECES.map(({ from }) => mpc.addPublic(coarse, BigInt(-from * 2 ** COARSE_BITS)));
  const below = await topBit(mpc, mpc.concatenate(differences), COARSE_PLANES);
  const [passed] = await mpc.inject(mpc.xorPublic(below, 1n), word);
  return SIGMOID_PIECES.map((_, i) => mpc.slice(passed!, i * rows, (i + 1) * rows));
}

function requireBits(fractionBits: number): void {
  if (!Number.isInteger(fractionBits) || fractionBits < 8 || fractionBits > 24)
    throw new ProtocolError("InvalidShift", "Fraction bits of a sigmoid are 8 to 24");
}
