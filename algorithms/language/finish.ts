/**
 * The figures of an answer: `finish` evaluated in the clear, with the certain bounds that follow from the declared error
 * of each output. Interval arithmetic on exact fractions; rounded once, outward, at the end.
 *
 * @example
 * const figures = finish(payGap, words, { rows: 534 });
 * figures[2]; // { name: "mean_wage_men", label: "Mean wage, men", value: 9.9949…, error: 2.2e-7 }
 */
import { analyse } from "./analysis.ts";
import { certificates } from "./certificates.ts";
import { operandsOf } from "./check.ts";
import { ProgramError } from "./errors.ts";
import { expressionText } from "./expression.ts";
import { contains } from "./interval.ts";
import type { Expression, Program } from "./program.ts";
import * as rational from "./rational.ts";
import { fromWord, integer, type Rational } from "./rational.ts";

/** A figure that the outputs determine. */
export interface DefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  /** |value - the figure in exact arithmetic on the raw data| is at most this. */
  readonly error: number;
  readonly undefinedReason?: undefined;
}

/** A figure that they do not determine: it divides by what may be zero, is a root of what may be negative, or hangs on an uncertified solution. */
export interface UndefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value?: undefined;
  readonly error?: undefined;
  readonly undefinedReason: string;
}

export type Figure = DefinedFigure | UndefinedFigure;

/** A figure's value as computed from the words, and the ends between which the exact one lies. */
interface Enclosure {
  readonly low: Rational;
  readonly value: Rational;
  readonly high: Rational;
}

/** The outputs do not determine the figure, for a reason that is the message. */
class Undetermined extends Error {}

/** The figures of an answer whose outputs are `words` (signed), computed on `rows` rows with these parameter words. */
export function finish(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Figure[] {
  const enclosures = encloseOutputs(program, words, request);
  return program.finish.map(({ name, label, expression }) =>
    figureOf(name, label, () => evaluate(expression, enclosures, request.rows)),
  );
}

/** The outputs themselves as figures, in order. */
export function outputFigures(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Figure[] {
  const enclosures = encloseOutputs(program, words, request);
  return program.outputs.map(({ name }) =>
    figureOf(name, name, () => evaluate({ output: name }, enclosures, request.rows)),
  );
}

function figureOf(name: string, label: string, enclosure: () => Enclosure): Figure {
  try {
    return { name, label, ...rounded(enclosure()) };
  } catch (error) {
    if (!(error instanceof Undetermined)) throw error;
    return { name, label, undefinedReason: error.message };
  }
}

function encloseOutputs(
  program: Program,
  words: readonly bigint[],
  { rows, parameters }: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Map<string, Enclosure | Undetermined> {
  const { outputs } = analyse(program, rows, parameters);
  const uncertified = uncertifiedOutputs(program, words);
  if (words.length !== outputs.length) {
    const message = `the answer has ${words.length} outputs; the program opens ${outputs.length}`;
    throw new ProgramError("WrongOutputCount", message);
  }
  return new Map(
    outputs.map((output, index): [string, Enclosure | Undetermined] => {
      // Check: the program can give this word, or a table was outside its declared ranges.
      if (!contains(output.words, words[index])) {
        const message = `output ${output.name} is outside what the program can give on data within the declared ranges`;
        throw new ProgramError("OutputOutOfRange", message);
      }
      if (uncertified[index]) {
        return [
          output.name,
          new Undetermined(`hangs on ${output.name}, whose accuracy the computation could not certify`),
        ];
      }
      return [output.name, around(fromWord(words[index], output.fractionBits), output.error)];
    }),
  );
}

/** By output: whether it hangs on a linear system that was not certified. */
function uncertifiedOutputs(program: Program, words: readonly bigint[]): boolean[] {
  const failed = new Set(
    certificates(program).flatMap(({ output, solves }) => (words[output] === 1n ? [] : [...solves])),
  );
  const behind = solvesBehind(program);
  return program.outputs.map(({ value }) => [...behind[value]].some((solve) => failed.has(solve)));
}

/** For every value the solves whose unknowns it depends on; whether they are certified depends on none. */
function solvesBehind(program: Program): ReadonlySet<number>[] {
  const behind: ReadonlySet<number>[] = [];
  program.instructions.forEach((instruction, index) => {
    if (instruction.op === "solve") {
      behind.push(new Set([index, ...operandsOf(instruction).flatMap((operand) => [...behind[operand]])]));
    } else if (instruction.op === "certified") behind.push(new Set());
    else behind.push(new Set(operandsOf(instruction).flatMap((operand) => [...behind[operand]])));
  });
  return behind;
}

function around(value: Rational, error: Rational): Enclosure {
  return { low: rational.subtract(value, error), value, high: rational.add(value, error) };
}

function evaluate(
  expression: Expression,
  outputs: ReadonlyMap<string, Enclosure | Undetermined>,
  rows: number,
): Enclosure {
  if ("output" in expression) {
    const output = outputs.get(expression.output) as Enclosure | Undetermined;
    if (output instanceof Undetermined) throw output;
    return output;
  }
  if ("rows" in expression) return certain(integer(BigInt(rows)));
  if ("number" in expression) return certain(integer(BigInt(expression.number)));
  const operand = (value: Expression) => evaluate(value, outputs, rows);
  if ("add" in expression) return sum(operand(expression.add[0]), operand(expression.add[1]));
  if ("subtract" in expression) return sum(operand(expression.subtract[0]), negated(operand(expression.subtract[1])));
  if ("multiply" in expression) return product(operand(expression.multiply[0]), operand(expression.multiply[1]));
  if ("squareRoot" in expression) return rootOf(operand(expression.squareRoot[0]), expression.squareRoot[0]);
  if ("within" in expression) return widened(operand(expression.within[0]), operand(expression.within[1]));
  const divisor = operand(expression.divide[1]);
  if (divisor.low.numerator <= 0n && divisor.high.numerator >= 0n) {
    const exactly = divisor.low.numerator === 0n && divisor.high.numerator === 0n;
    const text = expressionText(expression.divide[1]);
    throw new Undetermined(`divides by ${text}, which ${exactly ? "is zero" : "may be zero within the error"}`);
  }
  return product(operand(expression.divide[0]), reciprocal(divisor));
}

function certain(value: Rational): Enclosure {
  return { low: value, value, high: value };
}

function sum(a: Enclosure, b: Enclosure): Enclosure {
  return { low: rational.add(a.low, b.low), value: rational.add(a.value, b.value), high: rational.add(a.high, b.high) };
}

/** What is at most `distance` from a. */
function widened(a: Enclosure, distance: Enclosure): Enclosure {
  const most = rational.maximum(distance.high, rational.ZERO);
  return { low: rational.subtract(a.low, most), value: a.value, high: rational.add(a.high, most) };
}

function negated(a: Enclosure): Enclosure {
  return { low: rational.negate(a.high), value: rational.negate(a.value), high: rational.negate(a.low) };
}

function product(a: Enclosure, b: Enclosure): Enclosure {
  const value = rational.multiply(a.value, b.value);
  const ends = [a.low, a.high].flatMap((left) => [b.low, b.high].map((right) => rational.multiply(left, right)));
  return { low: ends.reduce(rational.minimum), value, high: ends.reduce(rational.maximum) };
}

/** Monotone, so the roots of the ends enclose the root of whatever lies between; rounded outward. */
function rootOf(a: Enclosure, expression: Expression): Enclosure {
  if (a.low.numerator < 0n) {
    const certainly = a.high.numerator < 0n;
    const text = expressionText(expression);
    throw new Undetermined(
      `is the square root of ${text}, which ${certainly ? "is negative" : "may be negative within the error"}`,
    );
  }
  return {
    low: rational.squareRoot(a.low).below,
    value: rational.squareRoot(a.value).below,
    high: rational.squareRoot(a.high).above,
  };
}

/** 1 / a; the interval does not contain zero. */
function reciprocal(a: Enclosure): Enclosure {
  const one = integer(1n);
  return { low: rational.divide(one, a.high), value: rational.divide(one, a.value), high: rational.divide(one, a.low) };
}

/** The nearest double, and an error that covers both ends as well as the rounding to that double. */
function rounded({ low, value, high }: Enclosure): { value: number; error: number } {
  const shown = rational.toNumber(value);
  if (!Number.isFinite(shown)) return { value: shown, error: Infinity };
  const exactly = rational.fromNumber(shown);
  const below = rational.absolute(rational.subtract(exactly, low));
  const above = rational.absolute(rational.subtract(high, exactly));
  return { value: shown, error: rational.toNumberUp(rational.maximum(below, above)) };
}
