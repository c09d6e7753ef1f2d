/**
 * A program as text that an operator can review: declarations, one line per instruction with type and range, what is
 * opened with its error, what the reader computes.
 */
import { analyse, type ValueBounds } from "./analysis.ts";
import { checkProgram, type ValueType } from "./check.ts";
import { programHash } from "./encode.ts";
import { expressionText } from "./expression.ts";
import { type Interval, larger, smaller } from "./interval.ts";
import { derivedFrom, operandsOf } from "./operands.ts";
import type { Position } from "./position.ts";
import type { Carried, Instruction, Parameter, Program, Protection } from "./program.ts";
import type { Column } from "./schema.ts";
import { describeTable, inputName } from "./tables.ts";
import { decodeWord } from "./words.ts";

export function printProgram(program: Program): string {
  const { program: flat, origins, values, outputs } = analyse(program);
  const types = checkProgram(program);
  const ranges = rangesOf(origins, values);
  const lines = [
    `program ${program.name} ${programHash(program)}`,
    `  ${quote(program.description)}`,
    `  at most ${program.maximumRows} rows`,
    ...program.columns.map((column) => `column ${describeColumn(column)}`),
    ...(program.tables ?? []).flatMap(({ name, columns, maximumRows }) => [
      `table ${name}, at most ${maximumRows} rows`,
      ...columns.map((column) => `column ${name}.${describeColumn(column)}`),
    ]),
    ...program.parameters.map((parameter) => `parameter ${describeParameter(parameter)}`),
  ];
  const loops = program.loops ?? [];
  program.instructions.forEach((instruction, index) => {
    const loop = loops.find(({ from, to }) => index >= from && index < to);
    if (index === loop?.from) lines.push(`repeat ${loop.count} times, as far as %${loop.to - 1}:`);
    const range = instruction.op === "carried" ? carriedRange(instruction, ranges) : ranges[index];
    const text = `%${index} = ${instructionText(instruction)} : ${typeText(types[index], range)}`;
    lines.push(loop === undefined ? text : `  ${text}`);
  });
  if (program.protection !== undefined) {
    lines.push(`groups need ${minimumText(program.protection)}`);
    for (const { name, member } of program.protection.groups) lines.push(`group ${name} = rows with %${member}`);
  }
  const computed = derivedFrom(flat, ({ op }) => op === "computed");
  const most = program.tables === undefined ? `${program.maximumRows} rows` : "the most rows of each table";
  program.outputs.forEach(({ name, value, group }, index) => {
    const of = group === undefined ? "" : ` if group ${group} is`;
    const given = computed[flat.outputs[index].value] ? ", given what was computed" : "";
    lines.push(`open ${name}${of} = %${value}, error at most ${outputs[index].absoluteError} at ${most}${given}`);
  });
  for (const { name, label, expression } of program.finish) {
    const head = label === undefined ? `step ${name}` : `figure ${name} ${quote(label)}`;
    lines.push(`${head} = ${expressionText(expression)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** One instruction without its type, e.g. "dot %0 %3". */
export function instructionText(instruction: Instruction | Carried): string {
  switch (instruction.op) {
    case "carried":
      return `carried from %${instruction.initial}, then %${instruction.next}`;
    case "input":
    case "encoded":
      return `${instruction.op} ${inputName(instruction)}`;
    case "parameter":
      return `parameter ${instruction.parameter}`;
    case "constant":
      return `constant ${decodeWord(BigInt(instruction.word), instruction.fractionBits)}`;
    case "rows":
      return instruction.table === undefined ? "rows" : `rows of ${instruction.table}`;
    case "truncate":
      return `truncate %${instruction.a} by ${instruction.bits} bits`;
    case "order":
      return `order by ${instruction.keys.map(({ value, descending }) => `%${value}${descending ? " descending" : ""}`).join(", ")}`;
    case "arrange":
      return `arrange %${instruction.a} by %${instruction.order}`;
    case "match": {
      const [left, right] = [instruction.left, instruction.right].map((keys) => keys.map((key) => `%${key}`).join(" "));
      return `match (${left}) with (${right})${instruction.once ? " once" : ""}`;
    }
    case "matched":
      return `matched by %${instruction.match}`;
    case "lookUp":
      return `look up %${instruction.a} by %${instruction.match}`;
    case "at":
      return `at row ${positionText(instruction)} of %${instruction.a}`;
    case "solve": {
      const { matrix, right, fractionBits, solutionBits, tolerance, smallestEigenvalue } = instruction;
      const list = (references: readonly number[]) => references.map((reference) => `%${reference}`).join(" ");
      return `solve (${list(matrix)}) x = (${list(right)}) to ${fractionBits} bits, |x| below 2^${solutionBits}, residual at most ${tolerance} words, eigenvalues at least ${smallestEigenvalue} words`;
    }
    case "unknown":
      return `unknown ${instruction.index} of %${instruction.a}`;
    case "divide":
    case "squareRoot":
    case "exponential":
    case "logarithm":
      return `${instruction.op} ${operandsOf(instruction)
        .map((operand) => `%${operand}`)
        .join(" ")} to ${instruction.fractionBits} bits`;
    default:
      return [instruction.op, ...operandsOf(instruction).map((operand) => `%${operand}`)].join(" ");
  }
}

/** By value: its range over all iterations. */
function rangesOf(origins: readonly number[], values: readonly ValueBounds[]): Interval[] {
  const ranges: Interval[] = [];
  for (const [index, origin] of origins.entries()) ranges[origin] = hull(ranges[origin], values[index].words);
  return ranges;
}

/** Of what the loop begins with, and of what it goes on with; a carried value that goes on as another one has the range of that. */
function carriedRange({ initial, next }: Carried, ranges: readonly Interval[]): Interval {
  return hull(ranges[initial], ranges[next] ?? ranges[initial]);
}

function hull(a: Interval | undefined, b: Interval): Interval {
  return { minimum: smaller(a?.minimum ?? b.minimum, b.minimum), maximum: larger(a?.maximum ?? b.maximum, b.maximum) };
}

/** "floor((3 * rows - 3) / 4)", "2" and the like. */
function positionText({ numerator, offset, denominator }: Position): string {
  if (numerator === 0 && denominator === 1) return String(offset);
  const added = offset === 0 ? "" : ` ${offset < 0 ? "-" : "+"} ${Math.abs(offset)}`;
  const whole = `${numerator === 1 ? "" : `${numerator} * `}rows${added}`;
  return denominator === 1 ? whole : `floor((${whole}) / ${denominator})`;
}

/** "5 rows of 2 sellers, 80 % of them at most of one", what a group must have. */
export function minimumText({ minimumRows, minimumSellers, maximumPercent }: Protection): string {
  const most = maximumPercent === 100 ? "" : `, at most ${maximumPercent} % of them of one`;
  return `${minimumRows} ${minimumRows === 1 ? "row" : "rows"} of ${minimumSellers} ${minimumSellers === 1 ? "seller" : "sellers"}${most}`;
}

export function describeColumn(column: Column): string {
  if (column.kind === "category") return `${column.name}: one of ${column.categories.map(quote).join(", ")}`;
  const derived = column.derived === undefined ? "" : `, the natural logarithm of ${column.derived.column}`;
  return `${column.name}: number from ${column.minimum} to ${column.maximum}, ${column.fractionBits} fraction bits${derived}`;
}

export function describeParameter(parameter: Parameter): string {
  const minimum = decodeWord(BigInt(parameter.minimum), parameter.fractionBits);
  const maximum = decodeWord(BigInt(parameter.maximum), parameter.fractionBits);
  return `${parameter.name}: number from ${minimum} to ${maximum}, ${parameter.fractionBits} fraction bits`;
}

/** Text of others in quotation marks, with everything invisible or ambiguous escaped. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`)
      .join("");
  });
}

function typeText(type: ValueType, words: Interval): string {
  const { kind, secret, shape, fractionBits, size } = type;
  const of = type.table === undefined ? "" : ` of ${type.table}`;
  if (kind === "order") return `secret order of rows${of}`;
  if (kind === "matching") return `secret partners of rows${of} in ${describeTable(type.partners)}`;
  if (kind === "solution") return `secret solution of ${size} unknowns`;
  if (kind === "bit") return shape === "column" ? `secret column of bits${of}` : "secret bit";
  const range = `${decodeWord(words.minimum, fractionBits)} to ${decodeWord(words.maximum, fractionBits)}`;
  return `${secret ? "secret" : "public"} ${shape}${of}, ${fractionBits} fraction bits, ${range}`;
}
