/**
 * What the nodes' fixed-point functions accept, and how far they can be off: stated here once, for the engine that computes them
 * (`mpc-nodes/protocol/functions`, where methods and sources are) and for the analysis that relies on it.
 */

export type FunctionName = "divide" | "squareRoot" | "exponential" | "logarithm" | "sigmoid";

/** A result with r fraction bits is off by at most `units`·2^−r + `relative`·|result| + `absolute`. */
export interface FunctionError {
  readonly units: number;
  readonly relative: number;
  readonly absolute: number;
}

export const FUNCTION_ERRORS: Readonly<Record<FunctionName, FunctionError>> = {
  // Two roundings in the last place; the reciprocal: ten of at most 2^−61 each, against at least 2^−1.
  divide: { units: 2, relative: 2 ** -56, absolute: 0 },
  // Three steps leave 2^−58, and their roundings are of 2^−60.
  squareRoot: { units: 1.5, relative: 2 ** -56, absolute: 0 },
  // 5/4 in the last place; the polynomial and log2(e).
  exponential: { units: 1.25, relative: 2 ** -52, absolute: 0 },
  // One rounding in the last place; the polynomial and 62·ln 2.
  logarithm: { units: 1, relative: 0, absolute: 2 ** -52 },
  // The last place twice, for the roundings of x² and x³ against their coefficients too; the spline.
  sigmoid: { units: 2, relative: 0, absolute: 2 ** -13.2 },
};

/** The most that a function is off for results up to `magnitude`. */
export function functionError(name: FunctionName, resultBits: number, magnitude = 0): number {
  const { units, relative, absolute } = FUNCTION_ERRORS[name];
  return units * 2 ** -resultBits + relative * magnitude + absolute;
}

export interface FunctionFormat {
  /** Fraction bits of the operand. */
  readonly fractionBits: number;
  /** Fraction bits of the result. */
  readonly resultBits: number;
}

/** Operands are words in [−2^62, 2^62). */
export const FUNCTION_OPERAND_BITS = 62;
/** A quotient's word is below 2^62, a power's below 2^61, in magnitude. */
export const QUOTIENT_BITS = 62;
export const EXPONENTIAL_BITS = 61;
/** |x| < 2^5 for the sigmoid. */
export const SIGMOID_RANGE_BITS = 5;
/** |x| < 2^rangeBits for the exponential. */
export const EXPONENTIAL_RANGE_BITS = { least: 6, most: 12 };

/** Whether the function has this format. */
export function hasFormat(name: FunctionName, { fractionBits, resultBits }: FunctionFormat): boolean {
  const within = (least: number, most: number, ...bits: number[]) =>
    bits.every((value) => Number.isInteger(value) && value >= least && value <= most);
  switch (name) {
    case "divide":
      return within(0, 61, fractionBits, resultBits);
    case "squareRoot":
      return within(0, 60, fractionBits, resultBits) && 2 * resultBits - fractionBits <= 60;
    case "exponential":
      return within(8, 60, fractionBits) && within(0, 59, resultBits);
    case "logarithm":
      return within(0, 56, fractionBits, resultBits);
    case "sigmoid":
      return within(8, 24, fractionBits) && resultBits === fractionBits;
  }
}

/** Bits by which words must be scaled before they are divided, so that the quotient has `resultBits`; the nodes' `resultBits`. */
export function quotientWordBits(a: number, b: number, resultBits: number): number {
  return resultBits + b - a;
}

/** Systems that the nodes solve (`linear-solve.ts`, with the proof of `definite`). */
export const SOLVE_LIMITS = {
  unknowns: 16,
  /** Words of the matrix are below 2^55 in magnitude. */
  matrixBits: 55,
  resultBits: 48,
  /** Words of the solution are below 2^61. */
  solutionBits: 61,
  /** `solveExcess` is at least this. */
  excess: -64,
  /** The tolerance is below 2^58 words. */
  toleranceBits: 58,
  /** A matrix without a vanished pivot has no eigenvalue below −2^−definite times its largest diagonal element. */
  definite: 34,
};

/** The bits by which the right-hand side of the scaled system may exceed 1, so that its solution, in the same units, is at most 1/size. */
export function solveExcess(size: number, matrixBits: number, solutionBits: number): number {
  return Math.ceil(Math.log2(size)) + solutionBits - ((SOLVE_LIMITS.matrixBits + 1 - matrixBits) >> 1);
}
