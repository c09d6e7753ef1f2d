/**
 * Logistic regression with a ridge, fitted inside the computation: the w that minimises
 * L(w) = Σ_i ln(1 + e^(x_i·w)) − y_i·x_i·w + ridge/2·|w|².
 *
 * Steps w ← w + B⁻¹·g(w) with B = c·XᵀX + ridge·1 and g = −∇L = Xᵀ(y − σ(X·w)) − ridge·w: gradient descent in the metric of B. No Hessian
 * exceeds XᵀX/4 + ridge·1 (Böhning, Lindsay, *Monotonicity of quadratic-approximation algorithms*, 1988), so it converges for c > 1/8, and
 * fast where c is about p·(1 − p). B⁻¹ is found once. However rough a step is, the next one corrects it, so steps go on with what was
 * `computed`; probabilities in them are splines improved by a step of Newton's for 1/(1 + e^−|s|).
 *
 * What is opened is w and the gradient there, recomputed to about 2^−36 a row. L is `ridge`-convex, so |w − w*| ≤ |g(w)|/ridge (Nesterov,
 * *Introductory Lectures on Convex Optimization*, Theorem 2.1.10): a certain bound, which each coefficient comes with.
 */
import { type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { Column } from "../language/schema.ts";
import type { Secret, SecretBit, Value } from "../language/values.ts";
import { Cases, leftOut } from "./complete-cases.ts";
import { alignedGram, type Regressor, scaleOf, traced } from "./linear-regression.ts";

const { add, divide, multiply, number, squareRoot, within } = expression;

export interface LogisticRegressionDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Category column whose `positive` category is explained. */
  readonly outcome: string;
  readonly positive: string;
  /** Besides the intercept. */
  readonly regressors: readonly Regressor[];
  readonly maximumRows: number;
  /** A whole number. */
  readonly ridge: number;
  readonly steps: number;
  /** About p·(1 − p) for most rows, decimal text with at most 5 fraction bits; above 1/8, descent converges whatever the data. */
  readonly curvature: string;
}

/** Fraction bits: of weights and probabilities in a step; of a step's gradient; of the last probabilities. */
export const WEIGHT_BITS = 24;
const GRADIENT_BITS = 16;
const LAST_BITS = 36;
/** Weights of the divided regressors are kept within this. */
const LARGEST_WEIGHT = "16";

export function logisticRegressionOf(definition: LogisticRegressionDefinition): Program {
  const { name, columns, outcome, positive, regressors, maximumRows, ridge, steps, curvature } = definition;
  const names = ["intercept", ...regressors.map((each) => each.name)];
  const description = `Logistic regression of ${outcome} ${positive} on a constant and ${names.slice(1).join(", ")}, with ridge ${ridge}.${leftOut(...columns)}`;
  return trace({ name, description, columns, maximumRows }, (t) => {
    const cases = new Cases(t, columns);
    const features = regressors.map((regressor) => traced(t, cases, regressor));
    const y = t.indicator(outcome, positive);
    const { inverse, certified } = inverseBound(t, cases, features, ridge, curvature);
    const residual = residualOf(t, cases, y);
    const zeros = names.map(() => t.constant("0", WEIGHT_BITS));
    const weights = t.repeat(steps, zeros, (weights) => {
      const gradient = roughGradient(t, features, residual, weights, ridge);
      return weights.map((weight, j) => moved(t, weight, inverse[j], gradient));
    });
    openFit(t, definition, features, residual, weights);
    t.output("certified", certified);
  });
}

/** Opens weights and the gradient at them, whichever way they were found; the bound on the distance to the optimum is a figure. */
export function openFit(
  t: Tracer,
  { regressors, ridge }: Pick<LogisticRegressionDefinition, "regressors" | "ridge">,
  features: readonly Secret<"column">[],
  residual: Residual,
  weights: readonly Secret<"scalar">[],
): void {
  const names = ["intercept", ...regressors.map((each) => each.name)];
  const probability = exactProbability(t, scoresOf(t, features, weights));
  const last = gradientOf(t, features, residual(probability), weights, ridge);
  const gradient = last.map((each, j) => t.output(`gradient_${names[j]}`, each));
  const opened = weights.map((weight, j) => t.output(`weight_${names[j]}`, weight));
  const squared = gradient.map((each) => multiply(each, each)).reduce(add);
  const distance = t.step(divide(squareRoot(squared), number(ridge)));
  for (const [j, weight] of opened.entries()) {
    const scale = number(j === 0 ? 1 : scaleOf(regressors[j - 1]));
    t.finish(`coefficient_${names[j]}`, `Coefficient of ${names[j]}`, divide(within(weight, distance), scale));
  }
}

/** The gradient of the likelihood at these weights, rough as it is, with GRADIENT_BITS. */
export function roughGradient(
  t: Tracer,
  features: readonly Secret<"column">[],
  residual: Residual,
  weights: readonly Secret<"scalar">[],
  ridge: number,
): Secret<"scalar">[] {
  const probability = roughProbability(t, scoresOf(t, features, weights));
  const gradient = gradientOf(t, features, residual(probability), weights, ridge);
  return gradient.map((each) => t.computed(t.truncate(each, each.fractionBits - GRADIENT_BITS)));
}

/** Rows of B⁻¹, taken as they come out, with WEIGHT_BITS. */
function inverseBound(
  t: Tracer,
  cases: Cases,
  features: readonly Secret<"column">[],
  ridge: number,
  curvature: string,
) {
  const curved = alignedGram(t, cases, features).map((row, i) =>
    row.map((value, j) => {
      const curved = t.multiply(value, t.constant(curvature, 5));
      return i === j ? t.add(curved, t.constant(String(ridge), curved.fractionBits)) : curved;
    }),
  );
  const bits = curved[0][0].fractionBits;
  const solutions = curved.map((_, j) =>
    t.solve({
      matrix: curved.flat(),
      right: curved.map((__, i) => t.constant(i === j ? "1" : "0", bits)),
      // All eigenvalues are at least the ridge; half of it leaves room for rounding.
      ...{ fractionBits: 40, solutionBits: 2, tolerance: "0.0009765625", smallestEigenvalue: String(ridge / 2) },
    }),
  );
  const inverse = solutions.map((solution) =>
    curved.map((_, i) => t.computed(t.truncate(t.unknown(solution, i), 40 - WEIGHT_BITS))),
  );
  return { inverse, certified: t.certified(...solutions) };
}

/** X·w, exactly. */
function scoresOf(t: Tracer, features: readonly Secret<"column">[], [intercept, ...weights]: readonly Value[]) {
  const bits = WEIGHT_BITS + Math.max(...features.map(({ fractionBits }) => fractionBits));
  const terms = features.map((feature, j) => rescaled(t, t.multiply(feature, weights[j]), bits) as Secret<"column">);
  return t.add(
    terms.reduce((sum, term) => t.add(sum, term)),
    rescaled(t, intercept, bits),
  ) as Secret<"column">;
}

/** The size of scores and which are negative: σ(s) is 1 − σ(|s|) for these. */
function magnitudeOf(t: Tracer, score: Secret<"column">) {
  const zero = t.constant("0", score.fractionBits);
  // At least 0, which intervals do not show of the larger of s and -s.
  const size = t.larger(t.larger(score, t.subtract(zero, score)), zero);
  return { negative: t.less(score, zero), size };
}

function mirrored(t: Tracer, negative: SecretBit<"column">, value: Secret<"column">): Secret<"column"> {
  return t.select(negative, t.subtract(t.constant("1", value.fractionBits), value), value);
}

/** σ by a spline q and a step of Newton's, q·(2 − (1 + e^−|s|)·q): 2^−20 off or so, which the next step corrects. */
function roughProbability(t: Tracer, score: Secret<"column">): Secret<"column"> {
  const { negative, size } = magnitudeOf(t, score);
  const short = t.computed(t.truncate(size, size.fractionBits - WEIGHT_BITS));
  const clamped = t.smaller(short, t.constant("20", WEIGHT_BITS));
  const spline = t.sigmoid(clamped);
  const power = t.exponential(t.subtract(t.constant("0", WEIGHT_BITS), clamped), WEIGHT_BITS);
  const divisor = t.add(power, t.constant("1", WEIGHT_BITS));
  const rest = t.subtract(t.constant("2", WEIGHT_BITS), t.truncate(t.multiply(divisor, spline), WEIGHT_BITS));
  return mirrored(t, negative, t.computed(t.truncate(t.multiply(spline, rest), WEIGHT_BITS)));
}

/** σ to LAST_BITS. */
function exactProbability(t: Tracer, score: Secret<"column">): Secret<"column"> {
  const { negative, size } = magnitudeOf(t, score);
  const power = t.exponential(t.subtract(t.constant("0", size.fractionBits), size), LAST_BITS);
  const one = t.constant("1", LAST_BITS);
  return mirrored(t, negative, t.divide(one, t.add(one, power), LAST_BITS));
}

/** y − p of probabilities; 0 in rows that are left out. */
export type Residual = (probability: Secret<"column">) => Secret<"column">;

export function residualOf(t: Tracer, cases: Cases, y: Secret<"column">): Residual {
  return (probability) =>
    cases.only(t.subtract(rescaled(t, y, probability.fractionBits) as Secret<"column">, probability));
}

/** Xᵀ(y − p) − ridge·w. */
function gradientOf(
  t: Tracer,
  features: readonly Secret<"column">[],
  residual: Secret<"column">,
  weights: readonly Value[],
  ridge: number,
): Secret<"scalar">[] {
  const sums = [t.sum(residual), ...features.map((feature) => t.dot(feature, residual))];
  return sums.map((sum, j) => {
    const penalty = t.multiply(weights[j], t.constant(String(ridge), 0));
    return t.subtract(sum, rescaled(t, penalty, sum.fractionBits) as Secret<"scalar">);
  });
}

/** weight + row · gradient. */
function moved(t: Tracer, weight: Value, row: readonly Secret<"scalar">[], gradient: readonly Secret<"scalar">[]) {
  const step = row.map((each, k) => t.multiply(each, gradient[k])).reduce((sum, term) => t.add(sum, term));
  return boundedWeight(t, t.add(t.truncate(step, GRADIENT_BITS), weight) as Secret<"scalar">);
}

/** A weight as it comes out, kept in range. */
export function boundedWeight(t: Tracer, weight: Secret<"scalar">): Secret<"scalar"> {
  const limit = t.constant(LARGEST_WEIGHT, WEIGHT_BITS);
  return t.computed(t.larger(t.smaller(weight, limit), t.constant(`-${LARGEST_WEIGHT}`, WEIGHT_BITS)));
}

/** The same value with more fraction bits. */
function rescaled(t: Tracer, value: Value, fractionBits: number): Value {
  const bits = fractionBits - value.fractionBits;
  return bits === 0 ? value : t.multiply(value, t.constant("1", bits));
}

/** Membership in a union by education, experience and sex. */
export const unionModel = {
  columns: [
    { name: "years_of_education", kind: "number", fractionBits: 0, minimum: "0", maximum: "40" },
    { name: "years_of_experience", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
    { name: "sex", kind: "category", categories: ["female", "male"] },
    { name: "union", kind: "category", categories: ["no", "yes"] },
  ],
  outcome: "union",
  positive: "yes",
  regressors: [
    { name: "education", column: "years_of_education", power: 1, halvings: 4 },
    { name: "experience", column: "years_of_experience", power: 1, halvings: 5 },
    { name: "female", column: "sex", category: "female" },
  ],
  maximumRows: 10_000,
} satisfies Partial<LogisticRegressionDefinition>;

export const logisticRegression: Program = logisticRegressionOf({
  ...unionModel,
  name: "union_regression",
  ridge: 1,
  steps: 14,
  curvature: "0.15625",
});
