/**
 * Bounds of the fixed-point functions: quotients, roots, powers of e, logarithms, sigmoids.
 *
 * The error of a result has two parts: what the nodes' function adds (`function-errors.ts`), and what the operand's own error does to
 * it, by the largest slope between the words that the operand may have and the exact values.
 *
 * **No answer.** A quotient by 0 and a logarithm of a number that is not positive are 0 to the nodes. Where the operand is exact, that
 * is what the program means by them: x/0 = 0, ln x = 0 for x ≤ 0. Where it is not, a number near 0 might be on the other side of it, and
 * the program is refused unless its range stays away from 0. √x is √max(x, 0), which needs no such care.
 */
import { at } from "./check.ts";
import { exponentialOf, logarithmOf, squareRootOf } from "./elementary.ts";
import { ProgramError } from "./errors.ts";
import {
  EXPONENTIAL_BITS,
  EXPONENTIAL_RANGE_BITS,
  FUNCTION_ERRORS,
  FUNCTION_OPERAND_BITS,
  type FunctionName,
  QUOTIENT_BITS,
  SIGMOID_RANGE_BITS,
} from "./function-errors.ts";
import { contains, GRID_BITS, type Interval, larger, magnitude, shiftUpward, smaller } from "./interval.ts";
import type { Carried, Instruction } from "./program.ts";
import { ceilDivide, floorDivide, fromNumber } from "./rational.ts";

interface Bounds {
  readonly words: Interval;
  readonly real: Interval;
  readonly error: bigint;
}

/** An operand with its scale. */
export interface Operand extends Bounds {
  readonly fractionBits: number;
}

export type FunctionInstruction = Extract<Instruction, { op: FunctionName }>;

const ONE = 1n << GRID_BITS;

export function isFunction(instruction: Instruction | Carried): instruction is FunctionInstruction {
  return Object.hasOwn(FUNCTION_ERRORS, instruction.op);
}

/** Bounds of the function's result, or a `ProgramError` if its operands may be outside its domain. */
export function functionBounds(
  instruction: FunctionInstruction,
  index: number,
  operands: readonly Operand[],
  resultBits: number,
): Bounds {
  const fail = (message: string) => new ProgramError("FunctionOutOfDomain", at(index, instruction) + message, index);
  const limit = 1n << BigInt(FUNCTION_OPERAND_BITS);
  for (const { words } of operands) {
    if (words.minimum < -limit || words.maximum >= limit)
      throw fail("the operand may be outside [-2^62, 2^62) as a word");
  }
  const [a, b] = operands;
  switch (instruction.op) {
    case "divide":
      return quotientBounds(a, b, resultBits, fail);
    case "squareRoot":
      return rootBounds(a, resultBits);
    case "exponential":
      return exponentialBounds(a, resultBits, fail);
    case "logarithm":
      return logarithmBounds(a, resultBits, fail);
    case "sigmoid":
      return sigmoidBounds(a, resultBits, fail);
  }
}

type Fail = (message: string) => ProgramError;

function quotientBounds(a: Operand, b: Operand, resultBits: number, fail: Fail): Bounds {
  const [numerator, divisor] = [gridOf(a), gridOf(b)];
  const mayVanish = contains(divisor, 0n) || contains(b.real, 0n);
  if (mayVanish && b.error !== 0n) {
    throw fail("the divisor is inexact and may be 0; keep it away from 0, for example by `larger` with a constant");
  }
  // An exact divisor that is not 0 is at least one word away from it.
  const nearest = mayVanish ? ONE >> BigInt(b.fractionBits) : smallest(divisor);
  const nearestReal = mayVanish ? nearest : smallest(b.real);
  const computed = quotients(numerator, divisor, nearest);
  const real = quotients(a.real, b.real, nearestReal);
  // a/b − A/B = ((a − A) − (A/B)(b − B)) / b.
  const inherited = ceilDivide((a.error << GRID_BITS) + magnitude(real) * b.error, nearest);
  const made = added("divide", resultBits, magnitude(computed));
  if (magnitude(computed) + made >= ONE << BigInt(QUOTIENT_BITS - resultBits)) {
    throw fail("the quotient's word may be 2^62 or more; use fewer fraction bits or keep the divisor away from 0");
  }
  return result(computed, real, inherited, made, resultBits);
}

/** All quotients of two intervals whose divisors are at least `nearest` away from 0, or 0 with the quotient 0. */
function quotients(a: Interval, b: Interval, nearest: bigint): Interval {
  const divisors = [
    ...(b.minimum < 0n ? [b.minimum, smaller(b.maximum, -nearest)] : []),
    ...(b.maximum > 0n ? [larger(b.minimum, nearest), b.maximum] : []),
  ];
  const masked = contains(b, 0n) ? [0n] : [];
  const ends = divisors.flatMap((divisor) => [a.minimum, a.maximum].map((value) => ({ value, divisor })));
  const down = ends.map(({ value, divisor }) => quotientDown(value, divisor));
  const up = ends.map(({ value, divisor }) => -quotientDown(-value, divisor));
  return { minimum: [...down, ...masked].reduce(smaller), maximum: [...up, ...masked].reduce(larger) };
}

function quotientDown(value: bigint, divisor: bigint): bigint {
  const sign = divisor < 0n ? -1n : 1n;
  return floorDivide((sign * value) << GRID_BITS, sign * divisor);
}

function rootBounds(a: Operand, resultBits: number): Bounds {
  const operand = gridOf(a);
  const computed = image(operand, squareRootOf);
  const real = image(a.real, squareRootOf);
  // |√a − √A| = |a − A| / (√a + √A), and never more than √|a − A|.
  const slope = computed.minimum + real.minimum;
  const steepest = squareRootOf(a.error).maximum;
  const inherited = slope === 0n ? steepest : smaller(steepest, ceilDivide(a.error << GRID_BITS, slope));
  return result(computed, real, inherited, added("squareRoot", resultBits, computed.maximum), resultBits);
}

function exponentialBounds(a: Operand, resultBits: number, fail: Fail): Bounds {
  if (exponentialRangeBits(a.words, a.fractionBits) === undefined) throw fail("the operand may be 2^12 or more");
  const operand = gridOf(a);
  // e^43 is beyond any word; nothing larger needs to be computed.
  if (larger(operand.maximum, a.real.maximum) >= 43n << GRID_BITS) throw fail("the power's word may be 2^61 or more");
  const computed = image(operand, exponentialOf);
  const real = image(a.real, exponentialOf);
  const made = added("exponential", resultBits, computed.maximum);
  if (computed.maximum + made >= ONE << BigInt(EXPONENTIAL_BITS - resultBits)) {
    throw fail("the power's word may be 2^61 or more; use fewer fraction bits");
  }
  const inherited = shiftUpward(larger(computed.maximum, real.maximum) * a.error, GRID_BITS);
  return result(computed, real, inherited, made, resultBits);
}

function logarithmBounds(a: Operand, resultBits: number, fail: Fail): Bounds {
  const operand = gridOf(a);
  const positive = operand.minimum > 0n && a.real.minimum > 0n;
  if (!positive && a.error !== 0n) {
    throw fail(
      "the operand is inexact and may be 0 or less; keep it away from 0, for example by `larger` with a constant",
    );
  }
  // An exact operand that is positive is at least one word.
  const least = ONE >> BigInt(a.fractionBits);
  const defined = (interval: Interval): Interval => {
    if (positive) return image(interval, logarithmOf);
    if (interval.maximum <= 0n) return { minimum: 0n, maximum: 0n };
    const { minimum, maximum } = image(
      { minimum: larger(interval.minimum, least), maximum: interval.maximum },
      logarithmOf,
    );
    return { minimum: smaller(minimum, 0n), maximum: larger(maximum, 0n) };
  };
  const nearest = positive ? smaller(operand.minimum, a.real.minimum) : least;
  const inherited = ceilDivide(a.error << GRID_BITS, nearest);
  return result(defined(operand), defined(a.real), inherited, added("logarithm", resultBits, 0n), resultBits);
}

function sigmoidBounds(a: Operand, resultBits: number, fail: Fail): Bounds {
  if (magnitude(gridOf(a)) >= ONE << BigInt(SIGMOID_RANGE_BITS))
    throw fail("the operand may be 32 or more; clamp it by `smaller` and `larger`");
  const all = { minimum: 0n, maximum: ONE };
  // Its slope is at most 1/4.
  return result(all, all, shiftUpward(a.error, 2n), added("sigmoid", resultBits, ONE), resultBits);
}

/** The smallest `rangeBits` of the nodes' exponential for |x| < 2^rangeBits; undefined if there is none. */
export function exponentialRangeBits(words: Interval, fractionBits: number): number | undefined {
  const { least, most } = EXPONENTIAL_RANGE_BITS;
  for (let bits = least; bits <= most; bits++) {
    if (magnitude(words) < 1n << BigInt(fractionBits + bits)) return bits;
  }
  return undefined;
}

function result(computed: Interval, real: Interval, inherited: bigint, made: bigint, resultBits: number): Bounds {
  const shift = GRID_BITS - BigInt(resultBits);
  const words = { minimum: (computed.minimum - made) >> shift, maximum: shiftUpward(computed.maximum + made, shift) };
  return { words, real, error: inherited + made };
}

/** What the nodes' function adds, rounded up. */
function added(name: FunctionName, resultBits: number, size: bigint): bigint {
  const { units, relative, absolute } = FUNCTION_ERRORS[name];
  const scaled = (factor: number, value: bigint): bigint => {
    const { numerator, denominator } = fromNumber(factor);
    return ceilDivide(numerator * value, denominator);
  };
  return scaled(units, ONE >> BigInt(resultBits)) + scaled(relative, size) + scaled(absolute, ONE);
}

/** A monotone function's values on an interval. */
function image({ minimum, maximum }: Interval, monotone: (x: bigint) => Interval): Interval {
  return { minimum: monotone(minimum).minimum, maximum: monotone(maximum).maximum };
}

function gridOf({ words, fractionBits }: Operand): Interval {
  const shift = GRID_BITS - BigInt(fractionBits);
  return { minimum: words.minimum << shift, maximum: words.maximum << shift };
}

function smallest({ minimum, maximum }: Interval): bigint {
  return smaller(minimum < 0n ? -minimum : minimum, maximum < 0n ? -maximum : maximum);
}
