import { expression } from "../language/expression.ts";
import type { Expression } from "../language/program.ts";

const { divide, multiply, number, subtract } = expression;

/** (sum of squares - sum^2 / n) / (n - 1). */
export function sampleVariance(count: Expression, sum: Expression, squareSum: Expression): Expression {
  return divide(subtract(squareSum, divide(multiply(sum, sum), count)), subtract(count, number(1)));
}
