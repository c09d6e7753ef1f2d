/**
 * Linear systems in the clear: of words in exact integers, and of doubles. What is not certified is 0; nodes may refuse a system that is
 * almost singular where this does not.
 */
import { roundHalfAway } from "./rational.ts";
import type { SolveFormat } from "./solve.ts";

/** The unknowns as words, and 1; or 0 throughout. `matrix` by rows. */
export function solveWords(matrix: readonly bigint[][], right: readonly bigint[], format: SolveFormat): bigint[] {
  const none = [...right, 0n].map(() => 0n);
  const shifted = matrix.map((row, i) => row.map((value, j) => (i === j ? value - format.shift : value)));
  if (eliminate(shifted.map((row) => [...row])) === undefined) return none;
  const solved = eliminate(matrix.map((row, i) => [...row, right[i]]));
  if (solved === undefined) return none;
  const words = solved.map((row, i) =>
    roundHalfAway({ numerator: row[row.length - 1] << BigInt(format.resultBits), denominator: row[i] }),
  );
  const bound = 1n << BigInt(format.solutionBits + format.resultBits);
  return words.every((word) => word < bound && word > -bound) ? [...words, 1n] : none;
}

/** Fraction-free Gauss-Jordan elimination (Bareiss 1968), in place; undefined unless all leading minors are positive. */
function eliminate(rows: bigint[][]): bigint[][] | undefined {
  let before = 1n;
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows[k][k];
    if (pivot <= 0n) return undefined;
    for (let i = 0; i < rows.length; i++) {
      if (i === k) continue;
      const factor = rows[i][k];
      rows[i] = rows[i].map((value, j) => (pivot * value - factor * rows[k][j]) / before);
    }
    before = pivot;
  }
  return rows;
}

/** The same in doubles. */
export function solveReals(
  matrix: readonly number[][],
  right: readonly number[],
  { smallestEigenvalue, bound }: { readonly smallestEigenvalue: number; readonly bound: number },
): number[] {
  const none = [...right, 0].map(() => 0);
  if (
    cholesky(matrix.map((row, i) => row.map((value, j) => (i === j ? value - smallestEigenvalue : value)))) ===
    undefined
  )
    return none;
  const factor = cholesky(matrix);
  if (factor === undefined) return none;
  const forward: number[] = [];
  for (const [i, row] of factor.entries()) {
    forward.push((right[i] - forward.reduce((sum, value, j) => sum + row[j] * value, 0)) / row[i]);
  }
  const unknowns = forward.map(() => 0);
  for (let i = factor.length - 1; i >= 0; i--) {
    const later = unknowns.reduce((sum, value, j) => (j > i ? sum + factor[j][i] * value : sum), 0);
    unknowns[i] = (forward[i] - later) / factor[i][i];
  }
  return unknowns.every((value) => Math.abs(value) < bound) ? [...unknowns, 1] : none;
}

/** L with L·Lᵀ = A, by rows; undefined if A is not positive definite. */
function cholesky(matrix: readonly number[][]): number[][] | undefined {
  const rows: number[][] = [];
  for (const [i, values] of matrix.entries()) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const rest = row.reduce((sum, value, k) => sum - value * (j < i ? rows[j][k] : value), values[j]);
      if (j === i && !(rest > 0)) return undefined;
      row.push(j === i ? Math.sqrt(rest) : rest / rows[j][j]);
    }
    rows.push(row);
  }
  return rows;
}
