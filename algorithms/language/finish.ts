/**
 * The figures of an answer: `finish` evaluated in the clear, with the certain bounds that follow from the declared error
 * of each output (`enclosure.ts`).
 *
 * @example
 * const figures = finish(payGap, words, { rows: 534 });
 * figures[2]; // { name: "mean_wage_men", label: "Mean wage, men", value: 9.9949…, error: 2.2e-7 }
 */
import { analyse } from "./analysis.ts";
import {
  around,
  certain,
  difference,
  type Enclosure,
  product,
  reciprocal,
  rounded,
  shortened,
  squareRoot,
  sum,
  Undetermined,
} from "./enclosure.ts";
import { ProgramError } from "./errors.ts";
import { expressionText } from "./expression.ts";
import { contains } from "./interval.ts";
import type { Expression, Program } from "./program.ts";
import { fromWord, integer } from "./rational.ts";

/** A figure that the outputs determine. */
export interface DefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  /** |value - the figure in exact arithmetic on the raw data| is at most this. */
  readonly error: number;
  readonly undefinedReason?: undefined;
}

/** A figure that they do not determine: it divides by what may be zero, is a root of what may be negative, or beyond all doubles. */
export interface UndefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value?: undefined;
  readonly error?: undefined;
  readonly undefinedReason: string;
}

export type Figure = DefinedFigure | UndefinedFigure;

/** The figures of an answer whose outputs are `words` (signed), computed on `rows` rows with these parameter words. */
export function finish(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Figure[] {
  const known: Known = { outputs: encloseOutputs(program, words, request), figures: new Map(), rows: request.rows };
  return program.finish.flatMap(({ name, label, expression }): Figure[] => {
    try {
      const enclosure = evaluate(expression, known);
      known.figures.set(name, shortened(enclosure));
      return label === undefined ? [] : [{ name, label, ...rounded(enclosure) }];
    } catch (error) {
      if (!(error instanceof Undetermined)) throw error;
      known.figures.set(name, error);
      return label === undefined ? [] : [{ name, label, undefinedReason: error.message }];
    }
  });
}

/** The outputs themselves as figures, in order. */
export function outputFigures(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): DefinedFigure[] {
  const enclosures = encloseOutputs(program, words, request);
  return [...enclosures].map(([name, enclosure]) => ({ name, label: name, ...rounded(enclosure) }));
}

function encloseOutputs(
  program: Program,
  words: readonly bigint[],
  { rows, parameters }: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Map<string, Enclosure> {
  const { outputs } = analyse(program, rows, parameters);
  if (words.length !== outputs.length) {
    const message = `the answer has ${words.length} outputs; the program opens ${outputs.length}`;
    throw new ProgramError("WrongOutputCount", message);
  }
  return new Map(
    outputs.map((output, index) => {
      // Check: the program can give this word, or a table was outside its declared ranges.
      if (!contains(output.words, words[index])) {
        const message = `output ${output.name} is outside what the program can give on data within the declared ranges`;
        throw new ProgramError("OutputOutOfRange", message);
      }
      return [output.name, around(fromWord(words[index], output.fractionBits), output.error)];
    }),
  );
}

/** What an expression may refer to. */
interface Known {
  readonly outputs: ReadonlyMap<string, Enclosure>;
  /** Those before it; or why they are undetermined. */
  readonly figures: Map<string, Enclosure | Undetermined>;
  readonly rows: number;
}

function evaluate(expression: Expression, known: Known): Enclosure {
  if ("output" in expression) return known.outputs.get(expression.output) as Enclosure;
  if ("figure" in expression) {
    const figure = known.figures.get(expression.figure);
    if (figure instanceof Undetermined) throw figure;
    return figure as Enclosure;
  }
  if ("rows" in expression) return certain(integer(BigInt(known.rows)));
  if ("number" in expression) return certain(integer(BigInt(expression.number)));
  const operand = (value: Expression) => evaluate(value, known);
  if ("add" in expression) return sum(operand(expression.add[0]), operand(expression.add[1]));
  if ("subtract" in expression) return difference(operand(expression.subtract[0]), operand(expression.subtract[1]));
  if ("multiply" in expression) return product(operand(expression.multiply[0]), operand(expression.multiply[1]));
  if ("squareRoot" in expression) return rootOf(operand(expression.squareRoot[0]), expression.squareRoot[0]);
  const divisor = operand(expression.divide[1]);
  if (divisor.low.numerator <= 0n && divisor.high.numerator >= 0n) {
    const exactly = divisor.low.numerator === 0n && divisor.high.numerator === 0n;
    const text = expressionText(expression.divide[1]);
    throw new Undetermined(`divides by ${text}, which ${exactly ? "is zero" : "may be zero within the error"}`);
  }
  return product(operand(expression.divide[0]), reciprocal(divisor));
}

function rootOf(a: Enclosure, expression: Expression): Enclosure {
  if (a.low.numerator < 0n) {
    const certainly = a.high.numerator < 0n;
    const text = expressionText(expression);
    throw new Undetermined(
      `is the square root of ${text}, which ${certainly ? "is negative" : "may be negative within the error"}`,
    );
  }
  return squareRoot(a);
}
