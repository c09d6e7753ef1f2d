/** Linear systems as instructions: what the engine's solver is told. A solution is its unknowns and one element more, whether it is certified. */
import { type Analysis, scalesOf } from "@sharebridge/algorithms/language/analysis.ts";
import { type SolveInstruction, solveFormat, triangular } from "@sharebridge/algorithms/language/solve.ts";
import { certifiedSolve } from "../protocol/functions/certified-solve.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import { type NumberValue, secretly } from "./arithmetic.ts";

export function solutionOf(
  mpc: Mpc,
  instruction: SolveInstruction,
  { types, values }: Pick<Analysis, "types" | "values">,
  operand: (index: number) => NumberValue,
): Promise<Vector> {
  const { matrix, right, tolerance } = instruction;
  const size = right.length;
  const scales = scalesOf(instruction, types);
  const together = (references: readonly number[]) =>
    mpc.concatenate(references.map((reference) => secretly(mpc, operand(reference), 1)));
  const square = Uint32Array.from({ length: size * size }, (_, k) => triangular(Math.floor(k / size), k % size));
  return certifiedSolve(mpc, {
    matrix: mpc.gather(together(matrix), square),
    right: together(right),
    size,
    fractionBits: scales.matrix,
    tolerance: BigInt(tolerance),
    ...solveFormat(instruction, values, scales),
  });
}

/** 1 where all of these solutions are certified, else 0. A round for each doubling of their number. */
export async function allCertified(mpc: Mpc, solutions: readonly Vector[]): Promise<Vector> {
  let flags = solutions.map((solution) => mpc.slice(solution, solution.length - 1, solution.length));
  while (flags.length > 1) {
    const half = flags.length >> 1;
    const [first, second] = [flags.slice(0, half), flags.slice(half, 2 * half)].map((each) => mpc.concatenate(each));
    const both = await mpc.multiply(first, second);
    flags = [...Array.from({ length: half }, (_, k) => mpc.slice(both, k, k + 1)), ...flags.slice(2 * half)];
  }
  return flags[0];
}
