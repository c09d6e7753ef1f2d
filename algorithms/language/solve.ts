/**
 * Linear systems with a certified solution: bounds of what `solve` gives.
 *
 * Interval analysis says nothing useful about a solve (PROTOCOL 15), so accuracy is established in the run: the nodes test that A has no
 * eigenvalue below the declared λ, that the residual is within the declared tolerance τ and that every unknown is below the declared
 * 2^solutionBits =: B. If one of these fails, all unknowns are 0 and `certified` is 0, which is opened. If none fails, then for the A, b
 * and x of the raw data, of which the nodes have Â, b̂ and x̂,
 *   |x̂ − x| ≤ ‖A⁻¹‖·‖A·x̂ − b‖ ≤ √n·(τ + max_i(Σ_j |A − Â|_ij)·B + max_i |b − b̂|_i) / λ    (Higham, *Accuracy and Stability*, §7.1).
 */
import { at } from "./check.ts";
import { squareRootOf } from "./elementary.ts";
import { ProgramError } from "./errors.ts";
import { FUNCTION_OPERAND_BITS, SOLVE_LIMITS, solveExcess } from "./function-errors.ts";
import { add, GRID_BITS, type Interval, larger, magnitude, point, shiftUpward, subtract } from "./interval.ts";
import type { Instruction } from "./program.ts";
import { bitLength, ceilDivide } from "./rational.ts";

interface Bounds {
  readonly words: Interval;
  readonly real: Interval;
  readonly error: bigint;
}

export type SolveInstruction = Extract<Instruction, { op: "solve" }>;

/** Position of element (i, j) among the values of a symmetric matrix that are given: its lower triangle, by rows. */
export function triangular(i: number, j: number): number {
  return i >= j ? (i * (i + 1)) / 2 + j : triangular(j, i);
}

/** What the nodes' solver is told about a system of words. */
export interface SolveFormat {
  readonly resultBits: number;
  readonly solutionBits: number;
  readonly matrixBits: number;
  /** Taken off the diagonal in words before the matrix is tested to be positive definite: the declared eigenvalue, and all errors. */
  readonly shift: bigint;
}

/** Fraction bits by which a solution of the words exceeds that of the values, taken from one and added to the other. */
export function solveFormat(
  instruction: SolveInstruction,
  values: readonly Pick<Bounds, "words" | "error">[],
  scales: { readonly matrix: number; readonly right: number },
): SolveFormat {
  const size = instruction.right.length;
  const elements = instruction.matrix.map((reference) => values[reference]);
  const diagonal = Array.from({ length: size }, (_, i) => elements[triangular(i, i)].words);
  const largest = diagonal.map(magnitude).reduce(larger);
  const rounding = shiftUpward(largest, BigInt(SOLVE_LIMITS.definite));
  const encoding = shiftUpward(rowError(elements, size) << BigInt(scales.matrix), GRID_BITS);
  const shift = BigInt(instruction.smallestEigenvalue) + rounding + encoding + 1n;
  const words = [...elements.map((element) => element.words), ...diagonal.map((each) => subtract(each, point(shift)))];
  const difference = scales.right - scales.matrix;
  return {
    resultBits: instruction.fractionBits - difference,
    solutionBits: instruction.solutionBits + difference,
    matrixBits: bitLength(words.map(magnitude).reduce(larger, 1n)),
    shift,
  };
}

/** Bounds of every unknown, or a `ProgramError` if the system is beyond what the nodes solve. */
export function solveBounds(
  instruction: SolveInstruction,
  index: number,
  values: readonly Bounds[],
  scales: { readonly matrix: number; readonly right: number },
): Bounds {
  const fail = (message: string) => new ProgramError("SolveOutOfRange", at(index, instruction) + message, index);
  const { solutionBits, fractionBits } = instruction;
  const format = solveFormat(instruction, values, scales);
  const { matrixBits, resultBits, solutionBits: wordBits } = SOLVE_LIMITS;
  if (format.matrixBits > matrixBits) {
    throw fail(`elements of the matrix may have ${format.matrixBits} bits; ${matrixBits} are possible`);
  }
  const right = instruction.right.map((reference) => values[reference]);
  const limit = 1n << BigInt(FUNCTION_OPERAND_BITS);
  if (right.some(({ words }) => words.minimum < -limit || words.maximum >= limit)) {
    throw fail("the right-hand side may be outside [-2^62, 2^62) as a word");
  }
  if (format.resultBits < 0 || format.resultBits > resultBits) {
    throw fail(
      `the solution of the words would have ${format.resultBits} fraction bits; 0 to ${resultBits} are possible`,
    );
  }
  if (solutionBits + fractionBits < 1 || solutionBits + fractionBits > wordBits) {
    throw fail(`the solution would have ${solutionBits + fractionBits} bits; 1 to ${wordBits} are possible`);
  }
  if (solveExcess(right.length, format.matrixBits, format.solutionBits) < SOLVE_LIMITS.excess) {
    throw fail(
      "the unknowns are declared too small for these scales; give the right-hand side more fraction bits, or the matrix less",
    );
  }
  const bound = 1n << BigInt(solutionBits + fractionBits);
  const words = { minimum: 1n - bound, maximum: bound - 1n };
  const error = solutionError(instruction, values, scales);
  const shift = GRID_BITS - BigInt(fractionBits);
  const real = add(
    { minimum: words.minimum << shift, maximum: words.maximum << shift },
    { minimum: -error, maximum: error },
  );
  return { words, real, error };
}

function solutionError(
  { matrix, right, solutionBits, tolerance, smallestEigenvalue }: SolveInstruction,
  values: readonly Bounds[],
  scales: { readonly matrix: number; readonly right: number },
): bigint {
  const size = right.length;
  // The nodes' residual may be a word too small.
  const residual = (BigInt(tolerance) + 1n) << (GRID_BITS - BigInt(scales.right));
  const perturbed = rowError(
    matrix.map((reference) => values[reference]),
    size,
  );
  const scaled = solutionBits >= 0 ? perturbed << BigInt(solutionBits) : perturbed;
  const side = right.map((reference) => values[reference].error).reduce(larger);
  const root = squareRootOf(BigInt(size) << GRID_BITS).maximum;
  const eigenvalue = BigInt(smallestEigenvalue) << (GRID_BITS - BigInt(scales.matrix));
  return ceilDivide(root * (residual + scaled + side), eigenvalue);
}

/** The largest sum of errors in a row of the matrix: no eigenvalue is further off. */
function rowError(elements: readonly Pick<Bounds, "error">[], size: number): bigint {
  const indices = Array.from({ length: size }, (_, i) => i);
  return indices.map((i) => indices.reduce((sum, j) => sum + elements[triangular(i, j)].error, 0n)).reduce(larger);
}
