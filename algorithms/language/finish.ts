/**
 * The figures of an answer: `finish` evaluated in the clear, with the certain bounds that follow from the declared error
 * of each output (`enclosure.ts`).
 *
 * @example
 * const figures = finish(payGap, words, { rows: 534 });
 * figures[2]; // { name: "mean_wage_men", label: "Mean wage, men", value: 9.9949…, error: 2.2e-7 }
 */
import { analyse, type OutputBounds } from "./analysis.ts";
import { certificates } from "./certificates.ts";
import {
  around,
  certain,
  difference,
  type Enclosure,
  product,
  reciprocal,
  rounded,
  shortened,
  square,
  squareRoot,
  sum,
  Undetermined,
  widened,
} from "./enclosure.ts";
import { ProgramError } from "./errors.ts";
import { expressionText } from "./expression.ts";
import { answerLength, groupIndices } from "./groups.ts";
import { contains } from "./interval.ts";
import { operandsOf } from "./operands.ts";
import type { Expression, FlatProgram, Program } from "./program.ts";
import { fromWord, integer, type Rational } from "./rational.ts";
import { tableNumber, tablesOf } from "./tables.ts";

/** A figure that the outputs determine. */
export interface DefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  /** |value - the figure in exact arithmetic on the raw data| is at most this; of noised outputs, the figure of the same noise. */
  readonly error: number;
  /**
   * Of figures of noised outputs only: |value - the figure without noise, in exact arithmetic on the raw data| is at most this, for all figures of an
   * answer at once, in 95 answers of 100. Infinity where noise of that size may make the figure undefined.
   */
  readonly likelyError?: number;
  readonly undefinedReason?: undefined;
  readonly isSuppressed?: undefined;
}

/** A figure that they do not determine: it divides by what may be zero, is a root of what may be negative, or hangs on a suppressed group or an uncertified solution. */
export interface UndefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value?: undefined;
  readonly error?: undefined;
  readonly undefinedReason: string;
  /** It hangs on the figures of a group that was too small to be opened, or had to go with one. */
  readonly isSuppressed: boolean;
}

export type Figure = DefinedFigure | UndefinedFigure;

class Suppression extends Undetermined {}

/** What an answer's words are about. */
interface Answered {
  readonly rows: number;
  readonly parameters?: readonly bigint[];
}

/**
 * The figures of an answer with these words (signed; outputs, then groups, then rows of tables), computed on `rows` rows in all with these
 * parameter words.
 */
export function finish(program: Program, words: readonly bigint[], request: Answered): Figure[] {
  const { apart, likely } = encloseOutputs(program, words, request);
  const rows = tableRows(program, words, request.rows);
  const figuresOf = (outputs: Enclosures): Enclosures => {
    const known: Known = { outputs, figures: new Map(), rows, program };
    return new Map(
      program.finish.map(({ name, expression }) => {
        const found = attempt(() => {
          const enclosure = evaluate(expression, known);
          known.figures.set(name, shortened(enclosure));
          return enclosure;
        });
        if (found instanceof Undetermined) known.figures.set(name, found);
        return [name, found];
      }),
    );
  };
  const labels = program.finish.flatMap(({ name, label }) => (label === undefined ? [] : [{ name, label }]));
  return figures(labels, figuresOf(apart), likely && figuresOf(likely));
}

/** The outputs themselves as figures, in order. */
export function outputFigures(program: Program, words: readonly bigint[], request: Answered): Figure[] {
  const { apart, likely } = encloseOutputs(program, words, request);
  return figures(
    program.outputs.map(({ name }) => ({ name, label: name })),
    apart,
    likely,
  );
}

/** Whether each protected group was opened, in the program's order; of a program without such groups none. */
export function groupsOpened(
  program: Program,
  words: readonly bigint[],
): { readonly name: string; readonly opened: boolean }[] {
  checkLength(program, words);
  const groups = program.protection?.groups ?? [];
  return groups.map(({ name }, index) => {
    const flag = words[program.outputs.length + index];
    if (flag === 0n || flag === 1n) return { name, opened: flag === 1n };
    throw new ProgramError("OutputOutOfRange", `whether group ${name} is opened is said by 0 or 1`);
  });
}

/**
 * The rows of each table on which an answer was computed, the main one first; with several tables the answer says it, in words that are no secret
 * to the nodes.
 *
 * @param rows those of the whole pool
 * @throws ProgramError WrongOutputCount, OutputOutOfRange if they do not add up to the pool's
 */
export function tableRows(program: Program, words: readonly bigint[], rows: number): readonly number[] {
  checkLength(program, words);
  if (program.tables === undefined) return [rows];
  const counts = words.slice(-1 - program.tables.length).map(Number);
  const isPool = counts.reduce((sum, count) => sum + count, 0) === rows;
  if (
    isPool &&
    tablesOf(program).every(({ maximumRows }, table) => counts[table] >= 0 && counts[table] <= maximumRows)
  ) {
    return counts;
  }
  throw new ProgramError("OutputOutOfRange", `the rows of the tables are not what a pool of ${rows} rows can have`);
}

function attempt(enclose: () => Enclosure): Enclosure | Undetermined {
  try {
    return enclose();
  } catch (error) {
    if (error instanceof Undetermined) return error;
    throw error;
  }
}

type Enclosures = Map<string, Enclosure | Undetermined>;

/** @param likely the same, noise as an error; figures that it does not change have none */
function figures(
  labels: readonly { readonly name: string; readonly label: string }[],
  apart: Enclosures,
  likely: Enclosures | undefined,
): Figure[] {
  return labels.map(({ name, label }) => {
    const found = apart.get(name) as Enclosure | Undetermined;
    if (found instanceof Undetermined) {
      return { name, label, undefinedReason: found.message, isSuppressed: found instanceof Suppression };
    }
    const figure = { name, label, ...rounded(found) };
    const noisy = likely?.get(name);
    if (noisy === undefined) return figure;
    if (noisy instanceof Undetermined) return { ...figure, likelyError: Infinity };
    const { error } = rounded(noisy);
    return error === figure.error ? figure : { ...figure, likelyError: error };
  });
}

function checkLength(program: Program, words: readonly bigint[]): void {
  const length = answerLength(program);
  if (words.length === length) return;
  throw new ProgramError("WrongOutputCount", `the answer has ${words.length} words; the program opens ${length}`);
}

/** The outputs with their numerical errors; and, of a program with noise, with what the noise likely is added to these. */
function encloseOutputs(
  program: Program,
  words: readonly bigint[],
  { rows, parameters }: Answered,
): { apart: Enclosures; likely: Enclosures | undefined } {
  const { program: flat, outputs } = analyse(program, tableRows(program, words, rows), parameters);
  const opened = groupsOpened(program, words);
  const groups = groupIndices(program);
  const uncertified = uncertifiedOutputs(flat, words);
  const enclosed = (errorOf: (output: OutputBounds) => Rational): Enclosures =>
    new Map(
      outputs.map((output, index): [string, Enclosure | Undetermined] => {
        const group = groups[index] === undefined ? undefined : opened[groups[index]];
        if (group?.opened === false) {
          if (words[index] === 0n) {
            return [output.name, new Suppression(`group ${group.name} is too small, or would give away one that is`)];
          }
          throw new ProgramError("OutputOutOfRange", `output ${output.name} is of a suppressed group and yet not 0`);
        }
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
        return [output.name, around(fromWord(words[index], output.fractionBits), errorOf(output))];
      }),
    );
  const isNoised = outputs.some(({ noise }) => noise !== undefined);
  return {
    apart: enclosed(({ error }) => error),
    likely: isNoised ? enclosed(({ noise, error }) => noise?.likely ?? error) : undefined,
  };
}

/** By output: whether it hangs on a linear system that was not certified. */
function uncertifiedOutputs(program: FlatProgram, words: readonly bigint[]): boolean[] {
  const failed = new Set(
    certificates(program).flatMap(({ output, solves }) => (words[output] === 1n ? [] : [...solves])),
  );
  const behind: boolean[] = [];
  for (const [index, instruction] of program.instructions.entries()) {
    // Whether solutions are certified depends on none.
    const reads = instruction.op === "certified" ? [] : operandsOf(instruction);
    behind.push(failed.has(index) || reads.some((operand) => behind[operand]));
  }
  return program.outputs.map(({ value }) => behind[value]);
}

/** What an expression may refer to. */
interface Known {
  readonly outputs: Enclosures;
  /** Those before it; or why they are undetermined. */
  readonly figures: Enclosures;
  readonly rows: readonly number[];
  readonly program: Program;
}

/** Check: it was computed, which the program's own check has made sure of, and not in vain. */
function determined(found: Enclosure | Undetermined | undefined): Enclosure {
  if (found === undefined || found instanceof Undetermined) throw found;
  return found;
}

function evaluate(expression: Expression, known: Known): Enclosure {
  if ("output" in expression) return determined(known.outputs.get(expression.output));
  if ("figure" in expression) return determined(known.figures.get(expression.figure));
  if ("rows" in expression) {
    const table = expression.rows === true ? undefined : expression.rows;
    return certain(integer(BigInt(known.rows[tableNumber(known.program, table)])));
  }
  if ("number" in expression) return certain(integer(BigInt(expression.number)));
  const operand = (value: Expression) => evaluate(value, known);
  if ("add" in expression) return sum(operand(expression.add[0]), operand(expression.add[1]));
  if ("subtract" in expression) return difference(operand(expression.subtract[0]), operand(expression.subtract[1]));
  if ("multiply" in expression) {
    const [a, b] = expression.multiply;
    return isSame(a, b) ? square(operand(a)) : product(operand(a), operand(b));
  }
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

/** Whether both are the same output or figure. */
function isSame(a: Expression, b: Expression): boolean {
  if ("output" in a) return "output" in b && a.output === b.output;
  return "figure" in a && "figure" in b && a.figure === b.figure;
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
