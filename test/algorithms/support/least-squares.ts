/** Least squares by Householder reflections in doubles (Golub, Van Loan, *Matrix Computations*, §5.3.2): no normal equations. */
export interface Fit {
  readonly coefficients: number[];
  readonly standardErrors: number[];
  readonly residualVariance: number;
}

export function leastSquares(regressors: readonly number[][], outcome: readonly number[]): Fit {
  const size = regressors[0].length;
  const rows = regressors.map((row, i) => [...row, outcome[i]]);
  for (let k = 0; k < size; k++) {
    const norm = Math.hypot(...rows.slice(k).map((row) => row[k]));
    const alpha = rows[k][k] > 0 ? -norm : norm;
    const reflector = rows.map((row, i) => (i < k ? 0 : i === k ? row[k] - alpha : row[k]));
    const squared = reflector.reduce((sum, value) => sum + value * value, 0);
    for (let j = k; j <= size; j++) {
      const projection = (2 * rows.reduce((sum, row, i) => sum + reflector[i] * row[j], 0)) / squared;
      for (const [i, row] of rows.entries()) row[j] -= projection * reflector[i];
    }
  }
  const solve = (right: readonly number[]) => {
    const solved = right.map(() => 0);
    for (let i = size - 1; i >= 0; i--) {
      const later = solved.reduce((sum, value, j) => (j > i ? sum + rows[i][j] * value : sum), 0);
      solved[i] = (right[i] - later) / rows[i][i];
    }
    return solved;
  };
  const coefficients = solve(rows.slice(0, size).map((row) => row[size]));
  const residual = rows.slice(size).reduce((sum, row) => sum + row[size] ** 2, 0);
  const residualVariance = residual / (rows.length - size);
  // The diagonal of (RᵀR)⁻¹ is the squared norms of the rows of R⁻¹.
  const inverse = coefficients.map((_, j) => solve(coefficients.map((__, i) => (i === j ? 1 : 0))));
  const standardErrors = coefficients.map((_, i) =>
    Math.sqrt(residualVariance * inverse.reduce((sum, column) => sum + column[i] ** 2, 0)),
  );
  return { coefficients, standardErrors, residualVariance };
}
