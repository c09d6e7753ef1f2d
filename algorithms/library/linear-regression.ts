/**
 * Ordinary least squares with standard errors, solved inside the computation: what is opened is the coefficients, the diagonal of the
 * inverse of XᵀX, one over the sum of squared residuals, and whether all of this is certified; not XᵀX.
 *
 * With G = ZᵀZ for Z = [X y]: coefficients from the leading block, XᵀX·β = Xᵀy; (XᵀX)⁻¹_jj from systems with unit vectors; and
 * (G⁻¹)_yy = 1/(yᵀy − yᵀX(XᵀX)⁻¹Xᵀy) = 1/RSS from one with all of G. A reader computes se_j = √(RSS/(n − k)·(XᵀX)⁻¹_jj).
 *
 * Numbers are taken as exact after rounding (`encoded`), so that G is exact: all of the error comes from the solves, and is
 * √(k + 1)·tolerance/smallestEigenvalue. Regressors are divided by powers of two, which costs nothing, to be of one size: that is what
 * makes the smallest eigenvalue large.
 */
import { type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { Column } from "../language/schema.ts";
import type { Secret, Value } from "../language/values.ts";
import { Cases, leftOut } from "./complete-cases.ts";

const { divide, multiply, number, squareRoot, subtract } = expression;

/** A column of X: a number or its square, or 1 in the rows of a category. */
export type Regressor = { readonly name: string; readonly column: string } & (
  | { readonly power: 1 | 2 /** Divided by 2^halvings before it is squared. */; readonly halvings: number }
  | { readonly category: string }
);

export interface LinearRegressionDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Which of the number columns is explained. */
  readonly outcome: string;
  /** Besides the intercept; at most 14. */
  readonly regressors: readonly Regressor[];
  readonly maximumRows: number;
  /** No eigenvalue of G, of the divided regressors, may be below this: decimal text. */
  readonly smallestEigenvalue: string;
  /** Most that a system may be off, decimal text. */
  readonly tolerance: string;
  /** Coefficients of the divided regressors are below 2^coefficientBits. */
  readonly coefficientBits: number;
}

/** Fraction bits of the unknowns. */
const SOLUTION_BITS = 48;

export function linearRegressionOf(definition: LinearRegressionDefinition): Program {
  const { name, columns, outcome, regressors, maximumRows } = definition;
  const description = `Least squares of ${outcome} on a constant and ${regressors.map((each) => each.name).join(", ")}, with standard errors.${leftOut(...columns)}`;
  return trace({ name, description, columns, maximumRows }, (t) => {
    const cases = new Cases(t, columns);
    const explained = [...regressors.map((regressor) => traced(t, cases, regressor)), cases.encoded(outcome)];
    const gram = alignedGram(t, cases, explained);
    const size = explained.length;
    const { smallestEigenvalue, tolerance, coefficientBits } = definition;
    const solve = (order: number, right: readonly Value[], solutionBits: number) =>
      t.solve({
        matrix: gram.slice(0, order).flat(),
        ...{ right, fractionBits: SOLUTION_BITS, solutionBits, tolerance, smallestEigenvalue },
      });
    const bits = gram[0][0].fractionBits;
    const unit = (order: number, at: number) =>
      Array.from({ length: order }, (_, i) => t.constant(i === at ? "1" : "0", bits));
    // No element of an inverse exceeds one over the smallest eigenvalue.
    const inverseBits = Math.max(0, Math.ceil(-Math.log2(Number(smallestEigenvalue)))) + 1;

    const coefficients = solve(size, gram[size].slice(0, size), coefficientBits);
    const inverses = Array.from({ length: size }, (_, j) => solve(size, unit(size, j), inverseBits));
    const whole = solve(size + 1, unit(size + 1, size), inverseBits);
    const residual = t.output("reciprocal_residual", t.unknown(whole, size));
    const names = ["intercept", ...regressors.map((each) => each.name)];
    const opened = names.map((each, j) => ({
      each,
      scale: number(j === 0 ? 1 : scaleOf(regressors[j - 1])),
      coefficient: t.output(`coefficient_${each}`, t.unknown(coefficients, j)),
      inverse: t.output(`inverse_${each}`, t.unknown(inverses[j], j)),
    }));
    t.output("certified", t.certified(coefficients, ...inverses, whole));

    const variance = divide(number(1), multiply(residual, subtract(cases.opened(), number(size))));
    for (const { each, scale, coefficient, inverse } of opened) {
      const error = squareRoot(multiply(inverse, variance));
      t.finish(`coefficient_${each}`, `Coefficient of ${each}`, divide(coefficient, scale));
      t.finish(`standard_error_${each}`, `Standard error of the coefficient of ${each}`, divide(error, scale));
      t.finish(`t_${each}`, `t of ${each}`, divide(coefficient, error));
    }
    t.finish("residual_variance", "Residual variance (n - k)", variance);
  });
}

/** 2 to this power is what the regressor is divided by. */
export function scaleOf(regressor: Regressor): number {
  return "power" in regressor ? 2 ** (regressor.power * regressor.halvings) : 1;
}

export function traced(t: Tracer, cases: Cases, regressor: Regressor): Secret<"column"> {
  if ("category" in regressor) return cases.indicator(regressor.column, regressor.category);
  const value = cases.encoded(regressor.column);
  const { halvings, power } = regressor;
  const divided = halvings === 0 ? value : t.multiply(value, t.constant((2 ** -halvings).toString(), halvings));
  return power === 2 ? t.multiply(divided, divided) : divided;
}

/** The lower triangle of ZᵀZ by rows, a column of ones being the first of Z; all of one scale. */
export function alignedGram(t: Tracer, cases: Cases, columns: readonly Secret<"column">[]): Value[][] {
  const scale = 2 * Math.max(...columns.map(({ fractionBits }) => fractionBits));
  const scaled = <V extends Value>(value: V) => {
    const bits = scale - value.fractionBits;
    return bits === 0 ? value : t.multiply(value, t.constant("1", bits));
  };
  const rows = columns.map((a, i) => [scaled(t.sum(a)), ...columns.slice(0, i + 1).map((b) => scaled(t.dot(a, b)))]);
  return [[scaled(cases.count())], ...rows];
}

/**
 * The wage equation of Mincer (*Schooling, Experience, and Earnings*, 1974) with sex and union membership: log wages on education,
 * experience and its square.
 *
 * Scales: log wages have 18 fraction bits, so that 10,000 of their squares are below 2^55 with 36; the regressors' squares need less.
 */
export const linearRegression: Program = linearRegressionOf({
  name: "log_wage_regression",
  columns: [
    { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
    {
      name: "log_wage_18",
      kind: "number",
      fractionBits: 18,
      minimum: "-4.61",
      maximum: "6.22",
      derived: { function: "log", column: "wage" },
    },
    { name: "years_of_education", kind: "number", fractionBits: 0, minimum: "0", maximum: "40" },
    { name: "years_of_experience", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
    { name: "sex", kind: "category", categories: ["female", "male"] },
    { name: "union", kind: "category", categories: ["no", "yes"] },
  ],
  outcome: "log_wage_18",
  regressors: [
    { name: "education", column: "years_of_education", power: 1, halvings: 4 },
    { name: "experience", column: "years_of_experience", power: 1, halvings: 5 },
    { name: "experience_squared", column: "years_of_experience", power: 2, halvings: 5 },
    { name: "female", column: "sex", category: "female" },
    { name: "union_member", column: "union", category: "yes" },
  ],
  maximumRows: 10_000,
  smallestEigenvalue: "2",
  tolerance: "0.000000007450580596923828125",
  coefficientBits: 4,
});
