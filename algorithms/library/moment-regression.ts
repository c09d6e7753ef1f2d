/**
 * Ordinary least squares with an intercept: coefficients, standard errors, residual variance, R².
 *
 * Nodes only add up products of columns, and open them all: cheaper than `linear-regression.ts`, for a million rows, and without conditions on
 * the data, but everybody who reads the answer can regress any of the columns on any others. The reader solves the normal equations in `finish`, in exact fractions. All columns are taken
 * as exact (`encoded`, categories), so what is opened is exact too, and the coefficients come out with an error near that of a double:
 * about values rounded to their fraction bits, however ill-conditioned the columns are. Columns that depend on one another leave the
 * figures undefined.
 *
 * The normal equations are solved by the sweep operator (Goodnight, *A Tutorial on the SWEEP Operator*, The American Statistician 33,
 * 1979): a symmetric matrix ((A, b), (b', c)) swept on all rows of A is ((-A⁻¹, A⁻¹b), (.., c - b'A⁻¹b)), which is all that is wanted.
 */
import { type Secret, type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { Column } from "../language/schema.ts";
import { Cases, leftOut } from "./complete-cases.ts";

const { divide, multiply, number, squareRoot, subtract } = expression;

/** A number column, its square, or the indicator of a category. */
export type MomentRegressor =
  | { readonly column: string }
  | { readonly squareOf: string }
  | { readonly column: string; readonly category: string };

export interface MomentRegressionDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  /** A number column. */
  readonly response: string;
  readonly regressors: readonly MomentRegressor[];
  readonly maximumRows: number;
}

export function momentRegressionOf(definition: MomentRegressionDefinition): Program {
  const { name, columns, response, regressors, maximumRows } = definition;
  const labels = ["intercept", ...regressors.map(describe)];
  return trace(
    {
      name,
      description: `Ordinary least squares of ${response} on ${labels.slice(1).join(", ")}, with intercept and standard errors.${leftOut(...columns)}`,
      columns: [...columns],
      maximumRows,
    },
    (t) => {
      const cases = new Cases(t, columns);
      const explained = [...regressors.map((regressor) => columnFor(t, cases, regressor)), cases.encoded(response)];
      const rows = cases.opened();
      const moments = momentsOf(t, explained, rows);
      const count = labels.length;
      const total = subtract(moments[count][count], divide(multiply(moments[0][count], moments[0][count]), rows));
      const swept = labels.reduce((matrix, _, pivot) => sweep(t, matrix, pivot), moments);
      const residuals = swept[count][count];
      const variance = t.finish(
        "residual_variance",
        "Residual variance",
        divide(residuals, subtract(rows, number(count))),
      );
      for (const [index, label] of labels.entries()) {
        t.finish(`coefficient_${index}`, `Coefficient of ${label}`, swept[index][count]);
        const spread = multiply(subtract(number(0), swept[index][index]), variance);
        t.finish(`standard_error_${index}`, `Standard error of ${label}`, squareRoot(spread));
      }
      t.finish("r_squared", "R squared", subtract(number(1), divide(residuals, total)));
    },
  );
}

function describe(regressor: MomentRegressor): string {
  if ("squareOf" in regressor) return `${regressor.squareOf} squared`;
  return "category" in regressor ? `${regressor.column} ${regressor.category}` : regressor.column;
}

function columnFor(t: Tracer, cases: Cases, regressor: MomentRegressor): Secret<"column"> {
  if ("category" in regressor) return cases.indicator(regressor.column, regressor.category);
  if ("column" in regressor) return cases.encoded(regressor.column);
  const value = cases.encoded(regressor.squareOf);
  return t.multiply(value, value);
}

/** Sums of products of all pairs, a column of ones before the others. */
function momentsOf(t: Tracer, values: readonly Secret<"column">[], rows: Expression): Expression[][] {
  const moments: Expression[][] = [[rows, ...values.map((value, i) => t.output(`sum_${i + 1}`, t.sum(value)))]];
  for (const [i, value] of values.entries()) {
    moments[i + 1] = [moments[0][i + 1]];
    for (let j = 0; j < i; j++) moments[i + 1][j + 1] = moments[j + 1][i + 1];
    for (let j = i; j < values.length; j++) {
      moments[i + 1][j + 1] = t.output(`product_${i + 1}_${j + 1}`, t.dot(value, values[j]));
    }
  }
  return moments;
}

/** With pivot d = S_kk: S_ij - S_ik S_kj / d, S_ik / d beside the pivot, -1 / d in its place. Symmetric again. */
function sweep(t: Tracer, matrix: readonly (readonly Expression[])[], pivot: number): Expression[][] {
  const row = matrix[pivot];
  const ratios = row.map((value, i) => (i === pivot ? value : t.step(divide(value, row[pivot]))));
  const swept: Expression[][] = matrix.map(() => []);
  for (const i of matrix.keys()) {
    for (let j = 0; j <= i; j++) {
      const entry =
        i === pivot && j === pivot
          ? t.step(divide(number(-1), row[pivot]))
          : i === pivot
            ? ratios[j]
            : j === pivot
              ? ratios[i]
              : t.step(subtract(matrix[i][j], multiply(row[i], ratios[j])));
      swept[i][j] = entry;
      swept[j][i] = entry;
    }
  }
  return swept;
}

/** Log wages on education, experience and its square, sex and union: the pay gap with controls. */
export const momentRegression: Program = momentRegressionOf({
  name: "wage_moment_regression",
  columns: [
    { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
    {
      name: "log_wage",
      kind: "number",
      fractionBits: 18,
      minimum: "-4.61",
      maximum: "6.22",
      derived: { function: "log", column: "wage" },
    },
    { name: "education", kind: "number", fractionBits: 0, minimum: "0", maximum: "40" },
    { name: "experience", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
    { name: "sex", kind: "category", categories: ["female", "male"] },
    { name: "union", kind: "category", categories: ["no", "yes"] },
  ],
  response: "log_wage",
  regressors: [
    { column: "education" },
    { column: "experience" },
    { squareOf: "experience" },
    { column: "sex", category: "female" },
    { column: "union", category: "yes" },
  ],
  maximumRows: 1_000_000,
});
