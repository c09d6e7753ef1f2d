/** Textbook statistics in doubles, from their definitions: what the library's answers are judged by. Nothing here knows the algorithm language. */
import LeastSquares from "ml-regression-multivariate-linear";

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Sum of the products of deviations from the means. */
function comoment(xs: readonly number[], ys: readonly number[]): number {
  const [centreX, centreY] = [mean(xs), mean(ys)];
  return sum(xs.map((x, row) => (x - centreX) * (ys[row]! - centreY)));
}

/** Sample variance (n - 1), in two passes. */
export function variance(values: readonly number[]): number {
  return comoment(values, values) / (values.length - 1);
}

export function correlation(xs: readonly number[], ys: readonly number[]): number {
  return comoment(xs, ys) / Math.sqrt(comoment(xs, xs) * comoment(ys, ys));
}

/** The value at a fraction of the way from the least to the greatest; between two rows their mean (numpy: "midpoint"). */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  return (sorted[Math.floor(place)]! + sorted[Math.ceil(place)]!) / 2;
}

export interface Welch {
  readonly difference: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
}

/** Welch's t-test, degrees of freedom after Satterthwaite. */
export function welch(xs: readonly number[], ys: readonly number[]): Welch {
  const [a, b] = [variance(xs) / xs.length, variance(ys) / ys.length];
  const difference = mean(xs) - mean(ys);
  return {
    difference,
    t: difference / Math.sqrt(a + b),
    degreesOfFreedom: (a + b) ** 2 / (a ** 2 / (xs.length - 1) + b ** 2 / (ys.length - 1)),
  };
}

/** Pearson's statistic: the sum over all cells of (observed - expected)² / expected. */
export function chiSquare(counts: readonly (readonly number[])[]): number {
  const columns = counts[0]!.map((_, column) => sum(counts.map((row) => row[column]!)));
  const total = sum(columns);
  return sum(
    counts.flatMap((row) =>
      row.map((observed, column) => {
        const expected = (sum(row) * columns[column]!) / total;
        return (observed - expected) ** 2 / expected;
      }),
    ),
  );
}

/** Product-limit estimate of survival beyond each of the times. */
export function survival(times: readonly number[], happened: readonly boolean[], at: readonly number[]): number[] {
  const eventTimes = [...new Set(times.filter((_, row) => happened[row]))].sort((a, b) => a - b);
  return at.map((until) =>
    eventTimes
      .filter((time) => time <= until)
      .reduce((product, time) => {
        const atRisk = times.filter((each) => each >= time).length;
        const events = times.filter((each, row) => each === time && happened[row]).length;
        return product * (1 - events / atRisk);
      }, 1),
  );
}

export interface Fit {
  /** The intercept first, then as the regressors. */
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly residualVariance: number;
  readonly rSquared: number;
}

/** Least squares with an intercept, by ml.js (`ml-regression-multivariate-linear`). */
export function leastSquares(regressors: readonly (readonly number[])[], outcome: readonly number[]): Fit {
  const rows = regressors.map((row) => [...row]);
  const fit = new LeastSquares(
    rows,
    outcome.map((value) => [value]),
  );
  // ml.js has the intercept last.
  const interceptFirst = (values: readonly number[]) => [values.at(-1)!, ...values.slice(0, -1)];
  const residuals = rows.map((row, index) => outcome[index]! - fit.predict(row)[0]!);
  const squared = sum(residuals.map((residual) => residual ** 2));
  return {
    coefficients: interceptFirst(fit.weights.map(([weight]) => weight!)),
    standardErrors: interceptFirst(fit.stdErrors),
    residualVariance: squared / (rows.length - rows[0]!.length - 1),
    rSquared: 1 - squared / comoment(outcome, outcome),
  };
}

/**
 * Logistic regression by Newton's method: the coefficients, intercept first, that minimise
 * Σ ln(1 + e^(x·w)) - y·(x·w) + ridge/2·|w|² for regressors divided by `scales`; told of the undivided ones.
 */
export function ridgeLogistic(
  regressors: readonly (readonly number[])[],
  outcome: readonly boolean[],
  ridge: number,
  scales: readonly number[],
): number[] {
  const divisors = [1, ...scales];
  const rows = regressors.map((row) => [1, ...row].map((value, j) => value / divisors[j]!));
  let weights = divisors.map(() => 0);
  for (let step = 0; step < 30; step++) {
    const scores = rows.map((row) => sum(row.map((value, j) => value * weights[j]!)));
    const probabilities = scores.map((score) => 1 / (1 + Math.exp(-score)));
    const gradient = weights.map(
      (weight, j) => sum(rows.map((row, i) => row[j]! * (Number(outcome[i]) - probabilities[i]!))) - ridge * weight,
    );
    const hessian = weights.map((_, j) =>
      weights.map(
        (__, k) =>
          sum(rows.map((row, i) => probabilities[i]! * (1 - probabilities[i]!) * row[j]! * row[k]!)) +
          (j === k ? ridge : 0),
      ),
    );
    const move = solve(hessian, gradient);
    weights = weights.map((weight, j) => weight + move[j]!);
  }
  return weights.map((weight, j) => weight / divisors[j]!);
}

/** A x = b for a positive definite A, by Gauss and Jordan. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const system = matrix.map((row, i) => [...row, right[i]!]);
  for (const [k, pivot] of system.entries()) {
    for (const [i, row] of system.entries()) {
      if (i === k) continue;
      const factor = row[k]! / pivot[k]!;
      for (const [j, value] of pivot.entries()) row[j]! -= factor * value;
    }
  }
  return system.map((row, i) => row.at(-1)! / row[i]!);
}

export interface Eigenpair {
  readonly value: number;
  /** Of length 1; its elements' sum is not negative. */
  readonly vector: readonly number[];
}

/** Eigenvalues and vectors of a symmetric matrix by Jacobi's rotations, the largest first. */
export function eigenpairs(matrix: readonly (readonly number[])[]): Eigenpair[] {
  const size = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 50; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const angle = Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!) / 2;
        const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
        const rotate = (rows: number[][]) => {
          for (const row of rows) {
            [row[p], row[q]] = [cosine * row[p]! - sine * row[q]!, sine * row[p]! + cosine * row[q]!];
          }
        };
        rotate(a);
        for (let j = 0; j < size; j++) {
          const [x, y] = [a[p]![j]!, a[q]![j]!];
          [a[p]![j], a[q]![j]] = [cosine * x - sine * y, sine * x + cosine * y];
        }
        rotate(vectors);
      }
    }
  }
  return a
    .map((row, k) => {
      const vector = vectors.map((each) => each[k]!);
      const sign = sum(vector) < 0 ? -1 : 1;
      return { value: row[k]!, vector: vector.map((each) => sign * each) };
    })
    .sort((x, y) => y.value - x.value);
}

/** Lloyd's iterations: which cluster each point is in, that of the nearest of the centres, the first of several. */
export function lloyd(
  points: readonly (readonly number[])[],
  starts: readonly (readonly number[])[],
  iterations: number,
): number[] {
  let centres = starts.map((start) => [...start]);
  const nearest = (point: readonly number[]) => {
    const distances = centres.map((centre) => sum(centre.map((each, d) => (point[d]! - each) ** 2)));
    return distances.indexOf(Math.min(...distances));
  };
  for (let iteration = 0; iteration < iterations; iteration++) {
    const assigned = points.map(nearest);
    centres = centres.map((centre, cluster) => {
      const own = points.filter((_, row) => assigned[row] === cluster);
      return own.length === 0 ? centre : centre.map((_, d) => mean(own.map((point) => point[d]!)));
    });
  }
  return points.map(nearest);
}
