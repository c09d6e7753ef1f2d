/**
 * A program in the clear, twice: `evaluateWords` with the exact meaning that nodes give it (the reference for the VM),
 * `evaluateReal` in double precision on raw numbers (the figures that an analyst with all the data would compute).
 */
import { analyse, scalesOf } from "./analysis.ts";
import { checkFlat, type ValueType } from "./check.ts";
import {
  type Contributions,
  checkContributions,
  checkSellers,
  minimumOf,
  ofOneSeller,
  ofTable,
  runsBySeller,
} from "./contributions.ts";
import { ProgramError } from "./errors.ts";
import type { FunctionName } from "./function-errors.ts";
import { functionOfReals, functionOfWords } from "./function-values.ts";
import { groupIndices } from "./groups.ts";
import { protectedMatches } from "./matched-groups.ts";
import { presenceIn } from "./missing.ts";
import { operandsOf, tableOf } from "./operands.ts";
import { checkParameters } from "./parameters.ts";
import { partnersOf } from "./partners.ts";
import { positionOf } from "./position.ts";
import { clampPrivateInput, PRIVATE_INPUTS, privateInputsOf } from "./private-inputs.ts";
import type { Expression, FlatProgram, PrivateInput, Program, Protection } from "./program.ts";
import { type SolveInstruction, solveFormat, triangular } from "./solve.ts";
import { solveReals, solveWords } from "./systems.ts";
import { inputName, type Rows, rowCounts, tableNumber } from "./tables.ts";
import { toSigned, wordToNumber } from "./words.ts";

/**
 * Which of its two neighbours a truncation gives for an inexact quotient: nodes get one or the other, so a test may
 * choose. Called with the instruction (of the program without its loops) and the row.
 */
export type RoundsUp = (instruction: number, row: number) => boolean;

/** Noise, in words, of element `element` of an instruction that adds noise. */
export type NoiseSource = (instruction: number, element: number) => bigint;

/**
 * The answer's words (signed): the outputs, those of suppressed groups 0, and for each protected group 1 if it is opened. Truncation
 * rounds down unless `roundsUp` says otherwise; functions round to the nearest. Noise is 0 unless `noise` says otherwise: nodes draw what nobody knows.
 *
 * @param inputs the columns, and the buyer's own words under `PRIVATE_INPUTS`
 */
export function evaluateWords(
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<bigint>>,
  parameters: readonly bigint[],
  rows: Rows,
  roundsUp: RoundsUp = () => false,
  contributions: Contributions = ofOneSeller(rows),
  noise: NoiseSource = () => 0n,
): bigint[] {
  checkParameters(program, parameters);
  const counts = rowCounts(program, rows);
  checkContributions(contributions, counts);
  checkSellers(program, contributions);
  const truncated = (word: bigint, bits: number, instruction: number, row: number): bigint => {
    const divisor = 1n << BigInt(bits);
    const up = toSigned(word) % divisor !== 0n && roundsUp(instruction, row);
    return (toSigned(word) >> BigInt(bits)) + (up ? 1n : 0n);
  };
  const bounds = once(() => analyse(program));
  const { program: flat, types } = checkFlat(program);
  const { values, partners } = evaluate<bigint>(flat, types, inputs, counts, {
    ...decisions(0n, 1n),
    encoded: (word) => toSigned(word),
    input: (word) => toSigned(word),
    parameter: (index) => parameters[index],
    privateInput: (word, input) => clampPrivateInput(word, input),
    constant: (word) => word,
    add: (a, b) => toSigned(a + b),
    subtract: (a, b) => toSigned(a - b),
    multiply: (a, b) => toSigned(a * b),
    truncate: truncated,
    solve: (matrix, right, instruction) =>
      solveWords(matrix, right, solveFormat(instruction, bounds().values, scalesOf(instruction, types))),
    apply: (name, words, scales, resultBits) =>
      functionOfWords(
        name,
        words.map((word, position) => ({ word, fractionBits: scales[position] })),
        resultBits,
      ),
    noised: (word, instruction, element) => toSigned(word + noise(instruction, element)),
    fromRows: BigInt,
    sum: (values) => values.reduce((total, value) => toSigned(total + value), 0n),
    prefixSums: (values) => {
      let total = 0n;
      return values.map((value) => (total = toSigned(total + value)));
    },
  });
  const outputs = flat.outputs.map(({ value }) => values[value][0]);
  const tableRows = flat.tables === undefined ? [] : counts.map(BigInt);
  if (flat.protection === undefined) return [...outputs, ...tableRows];
  const members = flat.protection.groups.map(({ member }) => values[member].map((word) => word === 1n));
  const opened = openedGroupsIn(flat.protection, [
    { members, contributions: ofTable(contributions, 0) },
    ...protectedMatches(flat, types).map(({ match, table }) => ({
      members: members.map((member) => inPartners(member, partners.get(match) ?? [], counts[table])),
      contributions: ofTable(contributions, table),
    })),
  ]);
  const groups = groupIndices(program);
  return [
    ...outputs.map((word, index) => (opened[groups[index] as number] ? word : 0n)),
    ...opened.map((open) => (open ? 1n : 0n)),
    ...tableRows,
  ];
}

/** Which of `rows` rows are partners of the members. */
function inPartners(member: readonly boolean[], partners: readonly (number | undefined)[], rows: number): boolean[] {
  const found = new Set(partners.filter((_, row) => member[row]));
  return Array.from({ length: rows }, (_, row) => found.has(row));
}

/** The groups in the rows of one table. */
export interface GroupView {
  /** By group: which rows are in it. */
  readonly members: readonly (readonly boolean[])[];
  readonly contributions: Contributions;
}

/**
 * The rule of `groups.ts` in the clear.
 *
 * @param members by group: which rows are in it
 */
export function openedGroups(
  protection: Protection,
  members: readonly (readonly boolean[])[],
  contributions: Contributions,
): boolean[] {
  return openedGroupsIn(protection, [{ members, contributions }]);
}

/** The same over the main table and every table that groups have partners in. */
export function openedGroupsIn(protection: Protection, views: readonly GroupView[]): boolean[] {
  const found = views.map((view) => passesIn(protection, view));
  const passes = protection.groups.map((_, group) => found.every((each) => each.groups[group]));
  if (passes.every((pass) => pass) && found.every(({ rest }) => rest)) return passes;
  const complementary = passes.indexOf(true);
  return passes.map((pass, index) => pass && index !== complementary);
}

/** In the rows of one table: which groups have enough of them, and whether the rest has enough or none. */
function passesIn(protection: Protection, { members, contributions }: GroupView) {
  const sellers = runsBySeller(contributions);
  const least = minimumOf(protection, contributions);
  const countsOf = (isIn: (row: number) => boolean) =>
    sellers.map((runs) =>
      runs.reduce((sum, { from, to }) => {
        for (let row = from; row < to; row++) if (isIn(row)) sum++;
        return sum;
      }, 0),
    );
  const isEnough = (counts: readonly number[]) =>
    counts.reduce((sum, count) => sum + count, 0) >= least.rows &&
    counts.filter((count) => count > 0).length >= least.sellers;
  const groups = members.map((member) => {
    const counts = countsOf((row) => member[row]);
    const total = counts.reduce((sum, count) => sum + count, 0);
    return isEnough(counts) && counts.every((count) => count * 100 <= total * protection.maximumPercent);
  });
  const rest = countsOf((row) => members.every((member) => !member[row]));
  return { groups, rest: rest.every((count) => count === 0) || isEnough(rest) };
}

/** The outputs in real units, whatever the sizes of groups and without noise, from raw numbers (a category's index for a category column). */
export function evaluateReal(
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
  parameters: readonly number[],
  rows: Rows,
): number[] {
  const { program: flat, types } = checkFlat(program);
  const { values } = evaluate<number>(flat, types, inputs, rowCounts(program, rows), {
    ...decisions(0, 1),
    encoded: (value, fractionBits) => {
      const scaled = Math.abs(value) * 2 ** fractionBits;
      const below = Math.floor(scaled);
      return (Math.sign(value) * (scaled - below < 0.5 ? below : below + 1)) / 2 ** fractionBits;
    },
    input: (value) => value,
    parameter: (index) => parameters[index],
    privateInput: (value) => value,
    constant: wordToNumber,
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    truncate: (value) => value,
    apply: functionOfReals,
    solve: (matrix, right, instruction) =>
      solveReals(matrix, right, {
        smallestEigenvalue: wordToNumber(BigInt(instruction.smallestEigenvalue), scalesOf(instruction, types).matrix),
        bound: 2 ** instruction.solutionBits,
      }),
    noised: (value) => value,
    fromRows: (count) => count,
    sum: (values) => compensatedSums(values).at(-1) ?? 0,
    prefixSums: compensatedSums,
  });
  return flat.outputs.map(({ value }) => values[value][0]);
}

/** The figures of `finish` in double precision, by name; a division by zero gives NaN or an infinity. */
export function finishReal(program: Program, outputs: readonly number[], rows: Rows): Map<string, number> {
  const byName = new Map(program.outputs.map(({ name }, index) => [name, outputs[index]]));
  const figures = new Map<string, number>();
  const value = (expression: Expression): number => {
    if ("output" in expression) return byName.get(expression.output) ?? Number.NaN;
    if ("figure" in expression) return figures.get(expression.figure) ?? Number.NaN;
    if ("rows" in expression) {
      return [rows].flat()[tableNumber(program, expression.rows === true ? undefined : expression.rows)];
    }
    if ("number" in expression) return Number(expression.number);
    if ("add" in expression) return value(expression.add[0]) + value(expression.add[1]);
    if ("subtract" in expression) return value(expression.subtract[0]) - value(expression.subtract[1]);
    if ("multiply" in expression) return value(expression.multiply[0]) * value(expression.multiply[1]);
    if ("within" in expression) return value(expression.within[0]);
    if ("squareRoot" in expression) return Math.sqrt(value(expression.squareRoot[0]));
    return value(expression.divide[0]) / value(expression.divide[1]);
  };
  for (const { name, expression } of program.finish) figures.set(name, value(expression));
  return figures;
}

/** What the instructions mean for one kind of number. */
interface Meaning<N> {
  input(value: N): N;
  encoded(value: N, fractionBits: number): N;
  parameter(index: number): N;
  privateInput(value: N, input: PrivateInput): N;
  constant(word: bigint, fractionBits: number): N;
  fromRows(count: number): N;
  add(a: N, b: N): N;
  subtract(a: N, b: N): N;
  multiply(a: N, b: N): N;
  truncate(value: N, bits: number, instruction: number, row: number): N;
  /** A fixed-point function of operands with these fraction bits. */
  apply(name: FunctionName, operands: readonly N[], scales: readonly number[], resultBits: number): N;
  /** The unknowns and whether they are certified. */
  solve(matrix: N[][], right: N[], instruction: SolveInstruction): N[];
  noised(value: N, instruction: number, element: number): N;
  sum(values: readonly N[]): N;
  prefixSums(values: readonly N[]): N[];
  less(a: N, b: N): N;
  equal(a: N, b: N): N;
  and(a: N, b: N): N;
  or(a: N, b: N): N;
  xor(a: N, b: N): N;
  not(a: N): N;
  smaller(a: N, b: N): N;
  larger(a: N, b: N): N;
  select(bit: N, a: N, b: N): N;
  /** Of no values 0. */
  least(values: readonly N[]): N;
  greatest(values: readonly N[]): N;
}

/** Operations that only compare mean the same for words and reals; bits are 0 and 1. */
function decisions<N extends number | bigint>(zero: N, one: N) {
  const bit = (value: boolean): N => (value ? one : zero);
  const smaller = (a: N, b: N): N => (a < b ? a : b);
  const larger = (a: N, b: N): N => (a > b ? a : b);
  return {
    less: (a: N, b: N) => bit(a < b),
    equal: (a: N, b: N) => bit(a === b),
    and: (a: N, b: N) => bit(a === one && b === one),
    or: (a: N, b: N) => bit(a === one || b === one),
    xor: (a: N, b: N) => bit(a !== b),
    not: (a: N) => bit(a === zero),
    smaller,
    larger,
    select: (condition: N, a: N, b: N) => (condition === one ? a : b),
    least: (values: readonly N[]) => (values.length === 0 ? zero : values.reduce(smaller)),
    greatest: (values: readonly N[]) => (values.length === 0 ? zero : values.reduce(larger)),
  };
}

/** Numbers of the rows in the order that the keys give. */
function sortedRows<N extends number | bigint>(
  keys: readonly { words: readonly N[]; descending: boolean }[],
  rows: number,
) {
  return Array.from({ length: rows }, (_, row) => row).sort((left, right) => {
    for (const { words, descending } of keys) {
      if (words[left] !== words[right]) return words[left] < words[right] !== descending ? -1 : 1;
    }
    return left - right;
  });
}

interface Evaluated<N> {
  /** One number per row for a column, one for a scalar. */
  readonly values: N[][];
  /** By match: for each left row the number of its partner. */
  readonly partners: ReadonlyMap<number, (number | undefined)[]>;
}

function evaluate<N extends number | bigint>(
  program: FlatProgram,
  types: readonly ValueType[],
  inputs: ReadonlyMap<string, ArrayLike<N>>,
  counts: readonly number[],
  meaning: Meaning<N>,
): Evaluated<N> {
  const values: N[][] = [];
  /** For each order the numbers of the rows as it puts them. */
  const orders = new Map<number, number[]>();
  const partners = new Map<number, (number | undefined)[]>();
  program.instructions.forEach((instruction, index) => {
    const zero = () => meaning.fromRows(0);
    const rows = counts[tableNumber(program, tableOf(instruction, types, index))];
    const length = types[index].shape === "column" ? rows : 1;
    const at = (operand: number, row: number): N => values[operand][types[operand].shape === "column" ? row : 0];
    const each = (value: (row: number) => N): N[] => Array.from({ length }, (_, row) => value(row));
    switch (instruction.op) {
      case "input":
      case "encoded": {
        const column = requireColumn(inputs, inputName(instruction), rows);
        const { op } = instruction;
        values.push(each((row) => meaning[op](column[row], types[index].fractionBits)));
        break;
      }
      case "present": {
        const presence = requireColumn(inputs, presenceIn(program, instruction), rows);
        values.push(each((row) => presence[row]));
        break;
      }
      case "inputOr":
      case "encodedOr": {
        const { op, word } = instruction;
        const names = [inputName(instruction), presenceIn(program, instruction)];
        const [column, presence] = names.map((each) => requireColumn(inputs, each, rows));
        const { fractionBits } = types[index];
        const substitute = meaning.constant(BigInt(word), fractionBits);
        const read = op === "inputOr" ? meaning.input : meaning.encoded;
        const one = meaning.fromRows(1);
        values.push(each((row) => (presence[row] === one ? read(column[row], fractionBits) : substitute)));
        break;
      }
      case "parameter": {
        const position = program.parameters.findIndex(({ name }) => name === instruction.parameter);
        values.push([meaning.parameter(position)]);
        break;
      }
      case "privateInput": {
        const declared = privateInputsOf(program);
        const position = declared.findIndex(({ name }) => name === instruction.privateInput);
        const given = requireColumn(inputs, PRIVATE_INPUTS, declared.length);
        values.push([meaning.privateInput(given[position], declared[position])]);
        break;
      }
      case "constant":
        values.push([meaning.constant(BigInt(instruction.word), instruction.fractionBits)]);
        break;
      case "rows":
        values.push([meaning.fromRows(rows)]);
        break;
      case "truncate":
        values.push(each((row) => meaning.truncate(at(instruction.a, row), instruction.bits, index, row)));
        break;
      case "sum":
      case "count":
        values.push([meaning.sum(values[instruction.a])]);
        break;
      case "dot": {
        const other = values[instruction.b];
        values.push([meaning.sum(values[instruction.a].map((value, row) => meaning.multiply(value, other[row])))]);
        break;
      }
      case "minimum":
        values.push([meaning.least(values[instruction.a])]);
        break;
      case "maximum":
        values.push([meaning.greatest(values[instruction.a])]);
        break;
      case "number":
      case "computed":
      case "secret":
        values.push(values[instruction.a]);
        break;
      case "not":
        values.push(each((row) => meaning.not(at(instruction.a, row))));
        break;
      case "select": {
        const { bit, a, b } = instruction;
        values.push(each((row) => meaning.select(at(bit, row), at(a, row), at(b, row))));
        break;
      }
      case "order": {
        const keys = instruction.keys.map(({ value, descending }) => ({ words: values[value], descending }));
        orders.set(index, sortedRows(keys, rows));
        values.push([]);
        break;
      }
      case "arrange":
        values.push((orders.get(instruction.order) ?? []).map((row) => values[instruction.a][row]));
        break;
      case "match": {
        const [left, right] = [instruction.left, instruction.right].map((keys) => keys.map((key) => values[key]));
        partners.set(index, partnersOf(left, right, instruction.once));
        values.push([]);
        break;
      }
      case "matched": {
        const found = partners.get(instruction.match) ?? [];
        values.push(found.map((partner) => meaning.fromRows(partner === undefined ? 0 : 1)));
        break;
      }
      case "lookUp": {
        const [found, from] = [partners.get(instruction.match) ?? [], values[instruction.a]];
        values.push(found.map((partner) => (partner === undefined ? zero() : from[partner])));
        break;
      }
      case "prefixSum":
        values.push(meaning.prefixSums(values[instruction.a]));
        break;
      case "previous":
        values.push(each((row) => (row === 0 ? zero() : values[instruction.a][row - 1])));
        break;
      case "at": {
        const row = positionOf(instruction, rows);
        values.push([row === undefined ? zero() : values[instruction.a][row]]);
        break;
      }
      case "solve": {
        const { right } = instruction;
        const element = (i: number, j: number) => at(instruction.matrix[triangular(i, j)], 0);
        const matrix = right.map((_, i) => right.map((_, j) => element(i, j)));
        const side = right.map((operand) => at(operand, 0));
        values.push(meaning.solve(matrix, side, instruction));
        break;
      }
      case "laplace":
      case "gaussian":
        values.push(instruction.values.map((value, element) => meaning.noised(at(value, 0), index, element)));
        break;
      case "unknown":
      case "noised":
        values.push([values[instruction.a][instruction.index]]);
        break;
      case "certified": {
        const flags = instruction.solutions.map((solution) => values[solution][values[solution].length - 1]);
        values.push([flags.reduce((a, b) => meaning.multiply(a, b))]);
        break;
      }
      case "divide":
      case "squareRoot":
      case "exponential":
      case "logarithm":
      case "sigmoid": {
        const { op } = instruction;
        const operands = operandsOf(instruction);
        const scales = operands.map((operand) => types[operand].fractionBits);
        const value = (row: number) =>
          meaning.apply(
            op,
            operands.map((operand) => at(operand, row)),
            scales,
            types[index].fractionBits,
          );
        values.push(each(value));
        break;
      }
      default:
        values.push(each((row) => meaning[instruction.op](at(instruction.a, row), at(instruction.b, row))));
    }
  });
  return { values, partners };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function requireColumn<N>(inputs: ReadonlyMap<string, ArrayLike<N>>, name: string, rows: number): ArrayLike<N> {
  const column = inputs.get(name);
  if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
  if (column.length === rows) return column;
  throw new ProgramError("WrongInputLength", `column ${name} has ${column.length} rows, not ${rows}`);
}

/** Neumaier's compensated summation, after each value: an error of about one unit in the last place, however many values. */
function compensatedSums(values: readonly number[]): number[] {
  let sum = 0;
  let compensation = 0;
  return values.map((value) => {
    const next = sum + value;
    compensation += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    return sum + compensation;
  });
}
