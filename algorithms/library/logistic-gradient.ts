/**
 * The same logistic regression as in `logistic-regression.ts`, fitted by the gradient alone: no linear system is solved, so nothing can fail to be certified; but
 * it takes more steps.
 *
 * Steps v = w + momentum·(w − before), w ← v + rate·g(v)/n (Nesterov 1983; *Introductory Lectures on Convex Optimization*, §2.2.1), in a loop that carries w and what it
 * was before. Descent is certain for a rate up to 4n over the largest eigenvalue of XᵀX; whatever happens, the gradient that is opened in the end says how
 * far from the optimum the weights are.
 */
import { trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";
import type { Secret } from "../language/values.ts";
import { Cases, leftOut } from "./complete-cases.ts";
import { traced } from "./linear-regression.ts";
import {
  boundedWeight,
  type LogisticRegressionDefinition,
  openFit,
  residualOf,
  roughGradient,
  unionModel,
  WEIGHT_BITS,
} from "./logistic-regression.ts";

export interface LogisticGradientDefinition extends Omit<LogisticRegressionDefinition, "curvature"> {
  /** Decimal text with at most 5 fraction bits. */
  readonly rate: string;
  /** From 0 to 1, decimal text with at most 5 fraction bits. */
  readonly momentum: string;
}

/** Fraction bits of rate and momentum. */
const FACTOR_BITS = 5;

export function logisticGradientOf(definition: LogisticGradientDefinition): Program {
  const { name, columns, outcome, positive, regressors, maximumRows, ridge, steps, rate, momentum } = definition;
  const names = ["intercept", ...regressors.map((each) => each.name)];
  const description = `Logistic regression of ${outcome} ${positive} on a constant and ${names.slice(1).join(", ")}, with ridge ${ridge}, by gradient.${leftOut(...columns)}`;
  return trace({ name, description, columns, maximumRows }, (t) => {
    const cases = new Cases(t, columns);
    const features = regressors.map((regressor) => traced(t, cases, regressor));
    const residual = residualOf(t, cases, t.indicator(outcome, positive));
    const rows = cases.count();
    const times = (value: Secret<"scalar">, factor: string) =>
      t.truncate(t.multiply(value, t.constant(factor, FACTOR_BITS)), FACTOR_BITS);
    const zeros = [...names, ...names].map(() => t.constant("0", WEIGHT_BITS));
    const last = t.repeat(steps, zeros, (carried) => {
      const [weights, before] = [carried.slice(0, names.length), carried.slice(names.length)];
      const ahead = weights.map((weight, j) =>
        boundedWeight(t, t.add(weight, times(t.subtract(weight, before[j]), momentum))),
      );
      const gradient = roughGradient(t, features, residual, ahead, ridge);
      const moved = gradient.map((each, j) =>
        boundedWeight(t, t.add(ahead[j], times(t.divide(each, rows, WEIGHT_BITS), rate))),
      );
      return [...moved, ...weights];
    });
    openFit(t, definition, features, residual, last.slice(0, names.length));
  });
}

/** As `union_regression`, with more of a ridge, which the gradient alone gets on with sooner. */
export const logisticGradient: Program = logisticGradientOf({
  ...unionModel,
  name: "union_regression_by_gradient",
  ridge: 4,
  steps: 24,
  rate: "3",
  momentum: "0.75",
});
