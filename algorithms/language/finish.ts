/**
 * The figures of an answer: `finish` evaluated in the clear, with the certain bounds that follow from the declared error
 * of each output (`enclosure.ts`).
 *
 * @example
 * const figures = finish(payGap, words, { rows: 534 });
 * figures[2]; // { name: "mean_wage_men", label: "Mean wage, men", value: 9.9949…, error: 2.2e-7 }
 */
import { analyse } from "./analysis.ts";
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
import { fromWord, integer } from "./rational.ts";
import { tableNumber, tablesOf } from "./tables.ts";

/** A figure that the outputs determine. */
export interface DefinedFigure {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  /** |value - the figure in exact arithmetic on the raw data| is at most this. */
  readonly error: number;
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

/**
 * The figures of an answer with these words (signed; outputs, then groups, then rows of tables), computed on `rows` rows in all with these
 * parameter words.
 */
export function finish(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Figure[] {
  const outputs = encloseOutputs(program, words, request);
  const known: Known = { outputs, figures: new Map(), rows: tableRows(program, words, request.rows), program };
  return program.finish.flatMap(({ name, label, expression }): Figure[] => {
    const found = attempt(() => {
      const enclosure = evaluate(expression, known);
      known.figures.set(name, shortened(enclosure));
      return enclosure;
    });
    if (found instanceof Undetermined) known.figures.set(name, found);
    return label === undefined ? [] : [figureOf(name, label, found)];
  });
}

/** The outputs themselves as figures, in order. */
export function outputFigures(
  program: Program,
  words: readonly bigint[],
  request: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Figure[] {
  return [...encloseOutputs(program, words, request)].map(([name, found]) => figureOf(name, name, found));
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

function figureOf(name: string, label: string, found: Enclosure | Undetermined): Figure {
  if (!(found instanceof Undetermined)) return { name, label, ...rounded(found) };
  return { name, label, undefinedReason: found.message, isSuppressed: found instanceof Suppression };
}

function checkLength(program: Program, words: readonly bigint[]): void {
  const length = answerLength(program);
  if (words.length === length) return;
  throw new ProgramError("WrongOutputCount", `the answer has ${words.length} words; the program opens ${length}`);
}

function encloseOutputs(
  program: Program,
  words: readonly bigint[],
  { rows, parameters }: { readonly rows: number; readonly parameters?: readonly bigint[] },
): Map<string, Enclosure | Undetermined> {
  const { program: flat, outputs } = analyse(program, tableRows(program, words, rows), parameters);
  const opened = groupsOpened(program, words);
  const groups = groupIndices(program);
  const uncertified = uncertifiedOutputs(flat, words);
  return new Map(
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
      return [output.name, around(fromWord(words[index], output.fractionBits), output.error)];
    }),
  );
}

/** By output: whether it hangs on a linear system that was not certified. */
function uncertifiedOutputs(program: FlatProgram, words: readonly bigint[]): boolean[] {
  const failed = new Set(
    certificates(program).flatMap(({ output, solves }) => (words[output] === 1n ? [] : [...solves])),
  );
  const behind = solvesBehind(program);
  return program.outputs.map(({ value }) => [...behind[value]].some((solve) => failed.has(solve)));
}

/** For every value the solves whose unknowns it depends on; whether they are certified depends on none. */
function solvesBehind(program: FlatProgram): ReadonlySet<number>[] {
  const behind: ReadonlySet<number>[] = [];
  program.instructions.forEach((instruction, index) => {
    if (instruction.op === "solve") {
      behind.push(new Set([index, ...operandsOf(instruction).flatMap((operand) => [...behind[operand]])]));
    } else if (instruction.op === "certified") behind.push(new Set());
    else behind.push(new Set(operandsOf(instruction).flatMap((operand) => [...behind[operand]])));
  });
  return behind;
}

/** What an expression may refer to. */
interface Known {
  readonly outputs: ReadonlyMap<string, Enclosure | Undetermined>;
  /** Those before it; or why they are undetermined. */
  readonly figures: Map<string, Enclosure | Undetermined>;
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
