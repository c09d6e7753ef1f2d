/** The fixed-point functions in the clear: of words, correctly rounded (nodes may be off by `functionError`), and of doubles. */
import { exponentialOf, logarithmOf, sigmoidOf, squareRootOf } from "./elementary.ts";
import type { FunctionName } from "./function-errors.ts";
import { GRID_BITS, type Interval } from "./interval.ts";
import { roundHalfAway } from "./rational.ts";

export interface WordOperand {
  readonly word: bigint;
  readonly fractionBits: number;
}

/** The word of the result, within 2^−100 of a unit of the nearest one. */
export function functionOfWords(name: FunctionName, [a, b]: readonly WordOperand[], resultBits: number): bigint {
  if (name === "divide") {
    if (b.word === 0n) return 0n;
    const sign = b.word < 0n ? -1n : 1n;
    const numerator = (sign * a.word) << BigInt(resultBits + b.fractionBits);
    return roundHalfAway({ numerator, denominator: (sign * b.word) << BigInt(a.fractionBits) });
  }
  const x = a.word << (GRID_BITS - BigInt(a.fractionBits));
  const denominator = 1n << (GRID_BITS - BigInt(resultBits));
  return roundHalfAway({ numerator: enclosureOf(name, x).minimum, denominator });
}

function enclosureOf(name: Exclude<FunctionName, "divide">, x: bigint): Interval {
  switch (name) {
    case "squareRoot":
      return squareRootOf(x);
    case "exponential":
      return exponentialOf(x);
    case "logarithm":
      return x > 0n ? logarithmOf(x) : { minimum: 0n, maximum: 0n };
    case "sigmoid":
      return sigmoidOf(x);
  }
}

export function functionOfReals(name: FunctionName, [a, b]: readonly number[]): number {
  switch (name) {
    case "divide":
      return b === 0 ? 0 : a / b;
    case "squareRoot":
      return Math.sqrt(Math.max(a, 0));
    case "exponential":
      return Math.exp(a);
    case "logarithm":
      return a > 0 ? Math.log(a) : 0;
    case "sigmoid":
      return 1 / (1 + Math.exp(-a));
  }
}
