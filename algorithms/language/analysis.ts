/**
 * Never silently wrong (DESIGN §4): before a run, interval analysis proves that no value overflows the ring for any
 * table in range with up to `maximumRows` rows, and bounds the error of each output. What cannot be proved is refused.
 *
 * Each value has three bounds, all worst case over every table in range:
 * - `words`: what the signed word may be;
 * - `real`: what the value would be in exact arithmetic on the raw data;
 * - `error`: |word / 2^fractionBits - real value|. Noise is no error: the exact value has the same (`noise/noise-finder.ts`).
 *
 * Errors arise in three places: encoding a number column, derived or not, (half a unit in the last place), `truncate`
 * (less than one unit of the result) and the fixed-point functions (`functions.ts`). They propagate as |ab - AB| <= |A| eb + |B| ea + ea eb and add up over rows.
 * Parameters and private inputs are exact: a result is about the weights as they were encoded; likewise `encoded` columns. Bits are always
 * exact (`decisions.ts`).
 *
 * @example
 * analyse(payGap).maximumRows; // 1000000: proven up to here
 * analyse(payGap, 534).outputs[1]; // { name: "wage_sum_men", absoluteError: "0.0000636578", … }
 */
import { type Checked, checkFlat, type ValueType } from "./check.ts";
import { checkDecision, eitherOf, largerOf, smallerOf } from "./decisions.ts";
import { ProgramError } from "./errors.ts";
import { type FunctionInstruction, functionBounds, isFunction } from "./functions.ts";
import {
  add,
  GRID_BITS,
  type Interval,
  magnitude,
  multiply,
  point,
  repeat,
  shiftDown,
  shiftUpward,
  smaller,
  square,
  subtract,
} from "./interval.ts";
import { walk } from "./loops.ts";
import type { Noise } from "./noise/mechanism.ts";
import { drawsOf, NoiseFinder, type NoiseReading, type Noises, noisedBounds } from "./noise/noise-finder.ts";
import { type NoiseInstruction, noiseStatesOf } from "./noise/states.ts";
import { operandsOf, tableOf } from "./operands.ts";
import { checkRange } from "./overflow.ts";
import { checkParameters } from "./parameters.ts";
import { positionOf } from "./position.ts";
import { privateInputsOf, rangeOf } from "./private-inputs.ts";
import type { FlatProgram, Instruction, PrivateInput, Program } from "./program.ts";
import { ceilDivide, floorDivide, type Rational, toDecimalUp } from "./rational.ts";
import { type SolveInstruction, solveBounds } from "./solve.ts";
import { declaredColumn, type Rows, rowCounts, tableNumber, tablesOf } from "./tables.ts";
import { parseDecimal, wordRange } from "./words.ts";

/** Bounds of one value; `real` and `error` in units of 2^-256 (`GRID_BITS`). */
export interface ValueBounds {
  readonly words: Interval;
  readonly real: Interval;
  readonly error: bigint;
}

export interface OutputBounds {
  readonly name: string;
  readonly fractionBits: number;
  readonly words: Interval;
  /** Bound on |word / 2^fractionBits - exact value|, exact. */
  readonly error: Rational;
  /** The same in decimal, rounded up. Of a noised output, what it is off beside its noise. */
  readonly absoluteError: string;
  /** Of a noised output only. */
  readonly noise?: NoiseBounds;
}

/** How far a noised output is from what it would be without noise, in exact arithmetic on the raw data: noise and numerical error together. */
export interface NoiseBounds {
  /** In 95 answers of 100, for all outputs of the answer at once. */
  readonly likely: Rational;
  /** The same in decimal, rounded up. */
  readonly likelyError: string;
  /** Always: noise has finitely many values. */
  readonly certain: Rational;
}

export interface Analysis {
  /** What is run: the program without its loops. Types and values are of its instructions. */
  readonly program: FlatProgram;
  /** By instruction: which of the program with loops it is. */
  readonly origins: readonly number[];
  /** Types of the values, by index. */
  readonly types: readonly ValueType[];
  readonly values: readonly ValueBounds[];
  readonly outputs: readonly OutputBounds[];
  /** By instruction that adds noise: which. It follows from the declared ranges, so that it is the same in every request. */
  readonly noise: Noises;
  /** Rows of the main table up to which the absence of overflow is proven; others by their own maximum. */
  readonly maximumRows: number;
}

/**
 * Bounds for every number of rows up to the program's maximum; or, once that is proven, for exactly `rows` rows (and
 * exactly these parameter words), which makes the errors those of one request. Of a program of several tables `rows` are those of each.
 */
export function analyse(program: Program, rows?: Rows, parameters?: readonly bigint[]): Analysis {
  const checked = checkFlat(program);
  const anyParameters = program.parameters.map(({ minimum, maximum }) => ({
    minimum: BigInt(minimum),
    maximum: BigInt(maximum),
  }));
  const anyRows = tablesOf(program).map(({ maximumRows }) => ({ minimum: 0n, maximum: BigInt(maximumRows) }));
  const general = analyseOver(program, checked, { rows: anyRows, parameters: anyParameters, reading: "apart" });
  const { noise } = general;
  if (rows === undefined && parameters === undefined) {
    return withNoiseBounds(general, program, checked, { rows: anyRows, parameters: anyParameters, noise });
  }
  if (parameters !== undefined) checkParameters(program, parameters);
  const scope = {
    rows: rows === undefined ? anyRows : rowCounts(program, rows).map((count) => point(BigInt(count))),
    parameters: parameters?.map(point) ?? anyParameters,
    noise,
  };
  return withNoiseBounds(analyseOver(program, checked, { ...scope, reading: "apart" }), program, checked, scope);
}

/** Of which requests bounds hold. */
interface Scope {
  /** Of each table. */
  readonly rows: readonly Interval[];
  readonly parameters: readonly Interval[];
  /** Found by the analysis of all requests; that one finds it. */
  readonly noise?: Noises;
}

/** Noised outputs with what their noise may be, by the same analysis, to which noise is an error. */
function withNoiseBounds(analysis: Analysis, program: Program, checked: Checked, scope: Scope): Analysis {
  if (analysis.noise.size === 0) return analysis;
  const [likely, certain] = (["likely", "certain"] as const).map(
    (reading) => analyseOver(program, checked, { ...scope, reading }).outputs,
  );
  const states = noiseStatesOf(analysis.program);
  const outputs = analysis.outputs.map((output, index): OutputBounds => {
    if (states[analysis.program.outputs[index].value] !== "noised") return output;
    const { error, absoluteError } = likely[index];
    return { ...output, noise: { likely: error, likelyError: absoluteError, certain: certain[index].error } };
  });
  return { ...analysis, outputs };
}

/** Bounds of the instructions of a loop are those of each iteration: of what it really begins with, not of all that it may carry. */
function analyseOver(
  program: Program,
  checked: Checked,
  { rows, parameters, noise, reading }: Scope & { readonly reading: NoiseReading },
): Analysis {
  const types = checked.declared;
  const run: ValueBounds[] = [];
  const finder = new NoiseFinder(checked);
  const noises = noise ?? finder.noises;
  const boundsAt = (instruction: Instruction, index: number, values: readonly ValueBounds[]): ValueBounds => {
    const fractionBits = BigInt(types[index].fractionBits);
    if (noise === undefined) finder.see(run);
    const operand = (value: number) => ({ ...values[value], fractionBits: types[value].fractionBits });
    const found =
      instruction.op === "solve"
        ? solveBounds(instruction, index, values, scalesOf(instruction, types))
        : isFunction(instruction)
          ? functionBounds(instruction, index, operandsOf(instruction).map(operand), types[index].fractionBits)
          : instruction.op === "noised"
            ? noisedBounds(...noisedScalar(checked.program, run, noises, run.length), {
                ...{ fractionBits, reading, draws: drawsOf(noises) },
              })
            : boundsOf(
                program,
                values,
                instruction,
                fractionBits,
                rows[tableNumber(program, tableOf(instruction, types, index))],
                parameters,
              );
    checkRange(instruction, index, found, values);
    checkDecision(instruction, index, values);
    return { ...found, error: smaller(found.error, furthestApart(found, fractionBits)) };
  };
  const values = walk<ValueBounds>(program, (instruction, index, before, iteration) => {
    const bounds = inIteration(iteration, () => boundsAt(instruction, index, before));
    run.push(bounds);
    return bounds;
  });
  const outputs = program.outputs.map(({ name, value }): OutputBounds => {
    const { words, error } = values[value];
    const rational = fromGrid(error);
    const { fractionBits } = types[value];
    return { name, fractionBits, words, error: rational, absoluteError: toDecimalUp(rational) };
  });
  const { program: flat, origins } = checked;
  const { maximumRows } = program;
  return { program: flat, origins, types: checked.types, values: run, outputs, noise: noises, maximumRows };
}

/** What noise was added to, and which, of an instruction as it is run. */
function noisedScalar(
  { instructions }: FlatProgram,
  values: readonly ValueBounds[],
  noises: Noises,
  index: number,
): [ValueBounds, Noise] {
  const noised = instructions[index] as Extract<Instruction, { op: "noised" }>;
  const { values: scalars } = instructions[noised.a] as NoiseInstruction;
  return [values[scalars[noised.index]], noises.get(noised.a) as Noise];
}

/** What is refused in a loop's body is refused in one iteration. */
function inIteration<T>(iteration: number | undefined, find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (iteration === undefined || !(error instanceof ProgramError)) throw error;
    throw new ProgramError(error.code, `${error.message} (in iteration ${iteration + 1})`, error.instruction);
  }
}

function boundsOf(
  program: Pick<Program, "columns" | "tables" | "parameters" | "privateInputs">,
  values: readonly ValueBounds[],
  instruction: Exclude<Instruction, FunctionInstruction | SolveInstruction | { op: "noised" }>,
  fractionBits: bigint,
  rows: Interval,
  parameters: readonly Interval[],
): ValueBounds {
  switch (instruction.op) {
    case "input":
      return columnBounds(program, instruction);
    case "encoded":
      return exact(columnBounds(program, instruction).words, fractionBits);
    case "inputOr":
      return eitherOf(columnBounds(program, instruction), exact(point(BigInt(instruction.word)), fractionBits));
    case "encodedOr": {
      const { words } = columnBounds(program, instruction);
      return eitherOf(exact(words, fractionBits), exact(point(BigInt(instruction.word)), fractionBits));
    }
    case "privateInput": {
      const input = privateInputsOf(program).find(({ name }) => name === instruction.privateInput);
      return exact(rangeOf(input as PrivateInput), fractionBits);
    }
    case "parameter":
      return exact(
        parameters[program.parameters.findIndex(({ name }) => name === instruction.parameter)],
        fractionBits,
      );
    case "constant":
      return exact(point(BigInt(instruction.word)), fractionBits);
    case "rows":
      return exact(rows, fractionBits);
    case "add":
    case "subtract": {
      const combine = instruction.op === "add" ? add : subtract;
      const [a, b] = [values[instruction.a], values[instruction.b]];
      return { words: combine(a.words, b.words), real: combine(a.real, b.real), error: a.error + b.error };
    }
    case "multiply":
      return productBounds(values, instruction);
    case "truncate": {
      const a = values[instruction.a];
      const unit = 1n << (GRID_BITS - fractionBits);
      return { words: shiftDown(a.words, BigInt(instruction.bits)), real: a.real, error: a.error + unit };
    }
    case "sum":
      return overRows(values[instruction.a], rows);
    case "dot":
      return overRows(productBounds(values, instruction), rows);
    case "present":
    case "less":
    case "equal":
    case "and":
    case "or":
    case "xor":
    case "not":
    case "number":
    case "certified":
      return BIT;
    case "secret":
      return values[instruction.a];
    case "computed":
      return exact(values[instruction.a].words, fractionBits);
    case "unknown":
      return values[instruction.a];
    case "count":
      return overRows(BIT, rows);
    case "select":
      return eitherOf(values[instruction.a], values[instruction.b]);
    case "smaller":
      return smallerOf(values[instruction.a], values[instruction.b]);
    case "larger":
      return largerOf(values[instruction.a], values[instruction.b]);
    case "minimum":
    case "maximum":
      // No rows have the extreme 0.
      return rows.minimum > 0n ? values[instruction.a] : orZero(values[instruction.a]);
    case "order":
    case "laplace":
    case "gaussian":
    case "match":
      return exact(point(0n), 0n);
    case "matched":
      return BIT;
    case "lookUp":
      return orZero(values[instruction.a]);
    case "arrange":
      return values[instruction.a];
    case "prefixSum":
      return overRows(values[instruction.a], { minimum: 0n, maximum: rows.maximum });
    case "previous":
      return orZero(values[instruction.a]);
    case "at": {
      const stands = rows.minimum === rows.maximum && positionOf(instruction, Number(rows.minimum)) !== undefined;
      return stands ? values[instruction.a] : orZero(values[instruction.a]);
    }
  }
}

/** Zero where there is no row to take it from. */
function orZero(value: ValueBounds): ValueBounds {
  return eitherOf(value, exact(point(0n), 0n));
}

/** Fraction bits of a system's two sides. */
export function scalesOf({ matrix, right }: SolveInstruction, types: readonly ValueType[]) {
  return { matrix: types[matrix[0]].fractionBits, right: types[right[0]].fractionBits };
}

const BIT = exact({ minimum: 0n, maximum: 1n }, 0n);

function columnBounds(
  program: Pick<Program, "columns" | "tables">,
  input: { readonly column: string; readonly table?: string | undefined },
): ValueBounds {
  const column = declaredColumn(program, input);
  const words = wordRange(column);
  if (column.kind === "category") return exact(words, 0n);
  const minimum = parseDecimal(column.minimum);
  const maximum = parseDecimal(column.maximum);
  return {
    words,
    real: {
      minimum: floorDivide(minimum.numerator << GRID_BITS, minimum.denominator),
      maximum: ceilDivide(maximum.numerator << GRID_BITS, maximum.denominator),
    },
    error: 1n << (GRID_BITS - BigInt(column.fractionBits) - 1n),
  };
}

function exact(words: Interval, fractionBits: bigint): ValueBounds {
  return { words, real: toGrid(words, fractionBits), error: 0n };
}

function productBounds(values: readonly ValueBounds[], { a, b }: { a: number; b: number }): ValueBounds {
  const [left, right] = [values[a], values[b]];
  const product = a === b ? square : multiply;
  const error = magnitude(left.real) * right.error + magnitude(right.real) * left.error + left.error * right.error;
  return {
    words: product(left.words, right.words),
    real: shiftDown(product(left.real, right.real), GRID_BITS),
    error: shiftUpward(error, GRID_BITS),
  };
}

function overRows(each: ValueBounds, rows: Interval): ValueBounds {
  return { words: repeat(each.words, rows), real: repeat(each.real, rows), error: each.error * rows.maximum };
}

/** No word and exact value in these bounds are further apart than this. */
function furthestApart({ words, real }: ValueBounds, fractionBits: bigint): bigint {
  return magnitude(subtract(toGrid(words, fractionBits), real));
}

function toGrid(words: Interval, fractionBits: bigint): Interval {
  const shift = GRID_BITS - fractionBits;
  return { minimum: words.minimum << shift, maximum: words.maximum << shift };
}

/** The fraction, without the zeros at the end of its binary expansion (reading code multiplies these). */
function fromGrid(value: bigint): Rational {
  let numerator = value;
  let denominator = 1n << GRID_BITS;
  while (denominator > 1n && (numerator & 1n) === 0n) {
    numerator >>= 1n;
    denominator >>= 1n;
  }
  return { numerator, denominator };
}
