/**
 * A program as text that an operator can review: declarations, one line per instruction with type and range, what is
 * opened with its error, what the reader computes.
 */
import { analyse, type ValueBounds } from "./analysis.ts";
import { checkProgram, type ValueType } from "./check.ts";
import { programHash } from "./encode.ts";
import { expressionText } from "./expression.ts";
import { type Interval, larger, smaller } from "./interval.ts";
import { substituteText } from "./missing.ts";
import type { Noise } from "./noise/mechanism.ts";
import { derivedFrom, operandsOf } from "./operands.ts";
import type { Position } from "./position.ts";
import { type PrivacyCost, privacyCostOf } from "./privacy-cost.ts";
import { privateInputsOf } from "./private-inputs.ts";
import type { Carried, Instruction, Parameter, PrivacyUnit, Program, Protection } from "./program.ts";
import { placePoint, toDecimalUp } from "./rational.ts";
import type { Column } from "./schema.ts";
import { declaredColumn, describeTable, inputName, type Tables } from "./tables.ts";
import { decodeWord } from "./words.ts";

export function printProgram(program: Program): string {
  const { program: flat, origins, values, outputs, noise } = analyse(program);
  const types = checkProgram(program);
  const ranges = rangesOf(program, origins, values);
  const added = new Map([...noise].map(([index, each]) => [origins[index], each]));
  const cost = privacyCostOf(program);
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
    ...privateInputsOf(program).map((input) => `private input ${describeParameter(input)}`),
    ...(program.privacy === undefined ? [] : [`private by ${unitText(program.privacy)}: ${costText(cost)}`]),
  ];
  const loops = program.loops ?? [];
  program.instructions.forEach((instruction, index) => {
    const loop = loops.find(({ from, to }) => index >= from && index < to);
    if (index === loop?.from) lines.push(`repeat ${loop.count} times, as far as %${loop.to - 1}:`);
    const noised = added.get(index);
    const type = noised === undefined ? typeText(types[index], ranges[index]) : noiseText(noised);
    const text = `%${index} = ${instructionText(instruction, program)} : ${type}`;
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
    const beside = outputs[index].noise;
    const noisy = beside === undefined ? "" : `, with its noise ${beside.likelyError} in 95 answers of 100`;
    const given = computed[flat.outputs[index].value] ? ", given what was computed" : "";
    lines.push(
      `open ${name}${of} = %${value}, error at most ${outputs[index].absoluteError} at ${most}${noisy}${given}`,
    );
  });
  for (const { name, label, expression } of program.finish) {
    const head = label === undefined ? `step ${name}` : `figure ${name} ${quote(label)}`;
    lines.push(`${head} = ${expressionText(expression)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** One instruction without its type, e.g. "dot %0 %3". What stands in for missing values is told in the terms of the columns. */
export function instructionText(instruction: Instruction | Carried, tables: Tables = { columns: [] }): string {
  switch (instruction.op) {
    case "carried":
      return `carried from %${instruction.initial}, then %${instruction.next}`;
    case "input":
    case "encoded":
      return `${instruction.op} ${inputName(instruction)}`;
    case "present":
      return `present ${inputName(instruction)}`;
    case "inputOr":
    case "encodedOr": {
      const substitute = substituteText(declaredColumn(tables, instruction), BigInt(instruction.word));
      return `${instruction.op} ${inputName(instruction)}, ${substitute} where it is missing`;
    }
    case "parameter":
      return `parameter ${instruction.parameter}`;
    case "privateInput":
      return `privateInput ${instruction.privateInput}`;
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
      return `solve (${references(matrix)}) x = (${references(right)}) to ${fractionBits} bits, |x| below 2^${solutionBits}, residual at most ${tolerance} words, eigenvalues at least ${smallestEigenvalue} words`;
    }
    case "laplace":
      return `laplace ${references(instruction.values)}, epsilon ${decimalText(instruction.epsilonMillionths, 6)}`;
    case "gaussian": {
      const { values, epsilonMillionths, deltaE18 } = instruction;
      return `gaussian ${references(values)}, epsilon ${decimalText(epsilonMillionths, 6)}, delta ${decimalText(deltaE18, 18)}`;
    }
    case "noised":
      return `noised ${instruction.index} of %${instruction.a}`;
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

const references = (indices: readonly number[]) => indices.map((index) => `%${index}`).join(" ");

/** By value: its range over all iterations. What is carried has that of what the loop begins with, and of what it goes on with. */
function rangesOf(program: Program, origins: readonly number[], values: readonly ValueBounds[]): Interval[] {
  const ranges: Interval[] = [];
  for (const [index, origin] of origins.entries()) ranges[origin] = hull(ranges[origin], values[index].words);
  const carried = [...program.instructions.entries()].flatMap(([index, step]) =>
    step.op === "carried" ? [{ index, step }] : [],
  );
  for (const { index, step } of carried) ranges[index] = ranges[step.initial];
  // It may go on as another carried value, and that as a third.
  for (const _ of carried) {
    for (const { index, step } of carried)
      ranges[index] = hull(ranges[step.initial], hull(ranges[index], ranges[step.next]));
  }
  return ranges;
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

/** "row", or "seller, of at most 10 rows". */
export function unitText(privacy: PrivacyUnit): string {
  return privacy.unit === "row" ? "row" : `seller, of at most ${privacy.maximumRows} rows`;
}

/** "epsilon 0.5 and delta 0.000001 an answer". */
export function costText(cost: PrivacyCost | null): string {
  if (cost === null) return "not bounded, for something is opened exactly";
  return `epsilon ${decimalText(cost.epsilonMillionths, 6)} and delta ${decimalText(cost.deltaE18, 18)} an answer`;
}

/** Which noise, e.g. "Laplace noise of scale 4 words". */
function noiseText({ distribution, parameter, sensitivity }: Noise): string {
  const size = toDecimalUp(parameter);
  return distribution === "laplace"
    ? `secret scalars with Laplace noise, scale ${size} words for a sensitivity of ${sensitivity} (L1)`
    : `secret scalars with Gaussian noise, variance ${size} words squared for a squared sensitivity of ${sensitivity} (L2)`;
}

/** A whole number of 10^-places in decimal notation. */
function decimalText(units: number | bigint, places: number): string {
  return placePoint(BigInt(units), places);
}

export function describeColumn(column: Column): string {
  const missing = column.optional ? ", or missing" : "";
  if (column.kind === "category") return `${column.name}: one of ${column.categories.map(quote).join(", ")}${missing}`;
  const derived = column.derived === undefined ? "" : `, the natural logarithm of ${column.derived.column}`;
  return `${column.name}: number from ${column.minimum} to ${column.maximum}, ${column.fractionBits} fraction bits${derived}${missing}`;
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
