/**
 * Writing and printing `finish` expressions.
 *
 * @example
 * const mean = expression.divide({ output: "total" }, expression.rows);
 * expressionText(mean); // "total / rows"
 */
import type { Expression } from "./program.ts";

export const expression = {
  /** A whole number; write other constants as a quotient. */
  number: (value: number | bigint): Expression => ({ number: BigInt(value).toString() }),
  /** The number of rows of the main table, which is public; a program of one table has all of the pool's in it. */
  rows: { rows: true } as Expression,
  /** The number of rows of a further table of the program. */
  rowsOf: (table: string): Expression => ({ rows: table }),
  add: (a: Expression, b: Expression): Expression => ({ add: [a, b] }),
  subtract: (a: Expression, b: Expression): Expression => ({ subtract: [a, b] }),
  multiply: (a: Expression, b: Expression): Expression => ({ multiply: [a, b] }),
  divide: (a: Expression, b: Expression): Expression => ({ divide: [a, b] }),
  squareRoot: (a: Expression): Expression => ({ squareRoot: [a] }),
  /** a, known to be at most `distance` from what is meant. */
  within: (a: Expression, distance: Expression): Expression => ({ within: [a, distance] }),
} as const;

/** Infix notation with the parentheses that it needs. */
export function expressionText(value: Expression): string {
  if ("output" in value) return value.output;
  if ("figure" in value) return value.figure;
  if ("rows" in value) return value.rows === true ? "rows" : `(rows of ${value.rows})`;
  if ("number" in value) return value.number;
  if ("squareRoot" in value) return `squareRoot(${expressionText(value.squareRoot[0])})`;
  if ("within" in value) return `${nested(value.within[0])} within ${nested(value.within[1])}`;
  const { symbol, operands } = parts(value);
  return `${nested(operands[0])} ${symbol} ${nested(operands[1])}`;
}

function nested(value: Expression): string {
  const text = expressionText(value);
  return "within" in value || "add" in value || "subtract" in value || "multiply" in value || "divide" in value
    ? `(${text})`
    : text;
}

function parts(value: Expression): { symbol: string; operands: [Expression, Expression] } {
  if ("add" in value) return { symbol: "+", operands: value.add };
  if ("subtract" in value) return { symbol: "-", operands: value.subtract };
  if ("multiply" in value) return { symbol: "*", operands: value.multiply };
  if ("divide" in value) return { symbol: "/", operands: value.divide };
  throw new TypeError("not an operation");
}
