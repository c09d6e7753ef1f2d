/**
 * Static typing of a program. Every value is a number with a number of fraction bits, or a bit, and a secret column, a secret
 * scalar or a public scalar (bits are always secret), or an order of rows (secret); an instruction whose operands do not fit is refused by index and operation.
 *
 * @example
 * checkProgram(payGap)[0]; // { kind: "number", secret: true, shape: "column", fractionBits: 22 } for `input wage`
 */

import { certificates } from "./certificates.ts";
import { checkDistinct } from "./columns.ts";
import { ProgramError, type ProgramErrorCode } from "./errors.ts";
import { type FunctionName, hasFormat, quotientWordBits, SOLVE_LIMITS } from "./function-errors.ts";
import { checkProtection } from "./groups.ts";
import { checkLoops, unrolled } from "./loops.ts";
import { canSubstitute, needsSubstitute } from "./missing.ts";
import { checkNoise } from "./noise/states.ts";
import { checkPrivateRanges, privateInputsOf } from "./private-inputs.ts";
import type { Carried, Expression, FlatProgram, Instruction, Program } from "./program.ts";
import type { Column } from "./schema.ts";
import { checkTables, columnsOf, describeTable } from "./tables.ts";
import { isWord } from "./words.ts";

/** Most fraction bits of any value: one more and the ring could not hold the number 1 with its sign. */
export const MAX_VALUE_FRACTION_BITS = 62;

export interface ValueType {
  readonly kind: "number" | "bit" | "order" | "matching" | "solution" | "noised";
  readonly secret: boolean;
  /** A column has one word per row; public values are scalars. */
  readonly shape: "column" | "scalar";
  /** The table whose rows a column has, of a matching those that have a partner; undefined is the main one. */
  readonly table?: string;
  /** Of a matching: the table that partners are in. */
  readonly partners?: string;
  /** 0 for bits, orders and matchings; those of the unknowns for a solution. */
  readonly fractionBits: number;
  /** Unknowns of a solution; scalars with noise. */
  readonly size?: number;
}

type Declarations = Pick<Program, "columns" | "parameters" | "privateInputs" | "tables">;

/** The type of every value of the program; throws a `ProgramError` that names what does not fit. */
export function checkProgram(program: Program): ValueType[] {
  return checkFlat(program).declared;
}

/** A checked program without its loops. */
export interface Checked {
  readonly program: FlatProgram;
  readonly types: readonly ValueType[];
  /** By instruction: which of the program with loops it is. */
  readonly origins: readonly number[];
  /** Types of the values of the program with loops. */
  readonly declared: ValueType[];
}

/** As `checkProgram`; the program as it is run. */
export function checkFlat(program: Program): Checked {
  checkDeclarations(program);
  checkLoops(program);
  const declared: ValueType[] = [];
  program.instructions.forEach((step, index) => {
    declared.push(
      step.op === "carried"
        ? typeOfCarried(declared[step.initial], step.initial, index)
        : typeOfInstruction(program, declared, step, index),
    );
  });
  program.instructions.forEach((step, index) => {
    if (step.op === "carried") checkCarried(step, index, declared);
  });
  for (const { name, value } of program.outputs) checkOutput(name, value, declared[value]);
  for (const { name, member } of program.protection?.groups ?? []) {
    if (member < declared.length) continue;
    throw new ProgramError("ForwardReference", `group ${name}: there is no value ${member}`);
  }
  const { program: flat, origins } = unrolled(program);
  const types = origins.map((origin) => declared[origin]);
  checkCertified(flat, origins);
  checkNoise(program, flat, origins);
  checkProtection(flat, types, origins);
  const outputs = new Set(program.outputs.map((output) => output.name));
  const figures = new Set<string>();
  for (const { name, expression } of program.finish) {
    checkExpression(program, name, expression, outputs, figures);
    figures.add(name);
  }
  return { program: flat, types, origins, declared };
}

/** Check: what a loop begins with is something that it can carry. */
export function typeOfCarried(initial: ValueType, value: number, index: number): ValueType {
  if (initial.secret && (initial.kind === "number" || initial.kind === "bit")) return initial;
  const message = `instruction ${index} (carried): value ${value} is a ${describeType(initial)}; loops carry secret numbers and bits`;
  throw new ProgramError("LoopNotInvariant", message, index);
}

/** Check: what a loop goes on with is of the type that it begins with. */
export function checkCarried({ initial, next }: Carried, index: number, types: readonly ValueType[]): void {
  const [before, after] = [types[initial], types[next]];
  const { kind, secret, shape, fractionBits, table } = before;
  const isAlike = after.kind === kind && after.secret === secret && after.shape === shape && after.table === table;
  if (isAlike && after.fractionBits === fractionBits) return;
  const scaled = (type: ValueType) =>
    `${describeType(type)}${type.table === undefined ? "" : ` of table ${type.table}`}${type.kind === "number" ? ` with ${type.fractionBits} fraction bits` : ""}`;
  const message = `instruction ${index} (carried): the loop begins with a ${scaled(before)} and goes on with a ${scaled(after)}; make them the same`;
  throw new ProgramError("LoopNotInvariant", message, index);
}

/** Check: what is opened is there, and is a secret scalar. */
export function checkOutput(name: string, value: number, type: ValueType | undefined): void {
  if (type === undefined) {
    throw new ProgramError("ForwardReference", `output ${name}: there is no value ${value}`);
  }
  if (!type.secret || type.shape !== "scalar" || type.kind !== "number") {
    const message = `output ${name}: value ${value} is a ${describeType(type)}; only secret scalars that are numbers are opened`;
    throw new ProgramError("OutputNotSecretScalar", message);
  }
}

/** The type of one instruction, given the types of the values before it. */
export function typeOfInstruction(
  declarations: Declarations,
  before: readonly ValueType[],
  instruction: Instruction,
  index: number,
): ValueType {
  const fail = (code: ProgramErrorCode, message: string) =>
    new ProgramError(code, at(index, instruction) + message, index);
  const operand = (reference: number): ValueType => {
    if (reference < before.length) return before[reference];
    throw fail("ForwardReference", `value ${reference} is not defined before it is used`);
  };
  const ofKind = (kind: ValueType["kind"], reference: number): ValueType => {
    const type = operand(reference);
    if (type.kind === kind) return type;
    throw fail("WrongKind", `value ${reference} is a ${describeType(type)}; a ${kind} is needed`);
  };
  const number = (reference: number) => ofKind("number", reference);
  const bit = (reference: number) => ofKind("bit", reference);
  const secretColumn = (type: ValueType, reference: number): ValueType => {
    if (type.secret && type.shape === "column") return type;
    throw fail("WrongShape", `value ${reference} is a ${describeType(type)}; a secret column is needed`);
  };
  const rowsOf = (reference: number): ValueType => {
    const type = operand(reference);
    if (type.kind !== "order" && type.kind !== "matching") return secretColumn(type, reference);
    throw fail("WrongKind", `value ${reference} is a ${describeType(type)}; a number or bit is needed`);
  };
  /** Check: columns stand in the rows of one table. */
  const ofOneTable = (...types: readonly ValueType[]): void => {
    const [first, ...others] = types.filter(({ shape }) => shape === "column");
    const other = others.find(({ table }) => table !== first.table);
    if (other === undefined) return;
    const [one, two] = [first, other].map(({ table }) => describeTable(table));
    throw fail("MixedTables", `columns of ${one} and of ${two} have different rows; \`match\` brings them together`);
  };
  const combined = (a: ValueType, b: ValueType, fractionBits: number): ValueType => {
    ofOneTable(a, b);
    return combine(a, b, fractionBits);
  };
  const sameScale = (references: { a: number; b: number }): ValueType => {
    const [a, b] = [number(references.a), number(references.b)];
    if (a.fractionBits === b.fractionBits) return combined(a, b, a.fractionBits);
    throw fail("MixedScales", `operands have ${a.fractionBits} and ${b.fractionBits} fraction bits; make them equal`);
  };
  const secretly = (type: ValueType): ValueType => {
    if (type.secret) return type;
    throw fail("PublicOperands", "nothing that it reads is secret; one operand must be");
  };
  const checked = (type: ValueType): ValueType => {
    if (type.fractionBits >= 0 && type.fractionBits <= MAX_VALUE_FRACTION_BITS) return type;
    const message = `the result would have ${type.fractionBits} fraction bits; 0 to ${MAX_VALUE_FRACTION_BITS} are possible`;
    throw fail("FractionBitsOutOfRange", message);
  };
  const formatted = (name: FunctionName, fractionBits: number, resultBits: number): void => {
    if (hasFormat(name, { fractionBits, resultBits })) return;
    const message = `${fractionBits} fraction bits of the operand and ${resultBits} of the result are beyond what its word can hold`;
    throw fail("FractionBitsOutOfRange", message);
  };

  /** Check: keys are columns of one table; the type of its bits. */
  const keyRows = (keys: readonly number[]): ValueType => {
    const types = keys.map(rowsOf);
    ofOneTable(...types);
    return bitsOf(types[0]);
  };
  const declared = (table: string | undefined): readonly Column[] => {
    const columns = columnsOf(declarations, table);
    if (columns !== undefined) return columns;
    throw fail("UndeclaredTable", `table ${table} is not declared`);
  };

  switch (instruction.op) {
    case "input":
    case "encoded": {
      const column = declared(instruction.table).find(({ name }) => name === instruction.column);
      if (column === undefined) throw fail("UndeclaredColumn", `column ${instruction.column} is not declared`);
      if (column.optional) throw fail("OptionalColumn", needsSubstitute(column));
      const type = { kind: "number", secret: true, shape: "column", fractionBits: fractionBitsOf(column) } as const;
      return { ...type, ...tableMember(instruction.table) };
    }
    case "present":
    case "inputOr":
    case "encodedOr": {
      const column = declared(instruction.table).find(({ name }) => name === instruction.column);
      if (column === undefined) throw fail("UndeclaredColumn", `column ${instruction.column} is not declared`);
      if (!column.optional)
        throw fail("RequiredColumn", `column ${column.name} has a value in every row; read it as it is`);
      const type = { kind: "number", secret: true, shape: "column", ...tableMember(instruction.table) } as const;
      if (instruction.op === "present") return { ...type, fractionBits: 0 };
      if (canSubstitute(column, BigInt(instruction.word))) return { ...type, fractionBits: fractionBitsOf(column) };
      throw fail("ConstantOutOfRange", `the word cannot stand for a missing value of column ${column.name}`);
    }
    case "parameter": {
      const parameter = declarations.parameters.find(({ name }) => name === instruction.parameter);
      if (parameter === undefined) {
        throw fail("UndeclaredParameter", `parameter ${instruction.parameter} is not declared`);
      }
      return { kind: "number", secret: false, shape: "scalar", fractionBits: parameter.fractionBits };
    }
    case "privateInput": {
      const input = privateInputsOf(declarations).find(({ name }) => name === instruction.privateInput);
      if (input === undefined) {
        throw fail("UndeclaredPrivateInput", `private input ${instruction.privateInput} is not declared`);
      }
      return { kind: "number", secret: true, shape: "scalar", fractionBits: input.fractionBits };
    }
    case "constant":
      if (!isWord(BigInt(instruction.word))) throw fail("ConstantOutOfRange", "the word does not fit 64 bits");
      return { kind: "number", secret: false, shape: "scalar", fractionBits: instruction.fractionBits };
    case "rows":
      declared(instruction.table);
      return { kind: "number", secret: false, shape: "scalar", fractionBits: 0 };
    case "add":
    case "subtract":
      return sameScale(instruction);
    case "multiply": {
      const a = number(instruction.a);
      const b = number(instruction.b);
      return checked(combined(a, b, a.fractionBits + b.fractionBits));
    }
    case "truncate": {
      const a = number(instruction.a);
      return checked({ ...a, fractionBits: a.fractionBits - instruction.bits });
    }
    case "sum":
    case "minimum":
    case "maximum":
      return scalarOf(secretColumn(number(instruction.a), instruction.a));
    case "dot": {
      const a = secretColumn(number(instruction.a), instruction.a);
      const b = secretColumn(number(instruction.b), instruction.b);
      ofOneTable(a, b);
      return checked({ ...scalarOf(a), fractionBits: a.fractionBits + b.fractionBits });
    }
    case "less":
    case "equal":
      return { ...secretly(sameScale(instruction)), kind: "bit", fractionBits: 0 };
    case "smaller":
    case "larger":
      return secretly(sameScale(instruction));
    case "and":
    case "or":
    case "xor":
      return combined(bit(instruction.a), bit(instruction.b), 0);
    case "not":
      return bit(instruction.a);
    case "number":
      return { ...bit(instruction.a), kind: "number" };
    case "count":
      return { ...scalarOf(secretColumn(bit(instruction.a), instruction.a)), kind: "number" };
    case "select": {
      const choice = bit(instruction.bit);
      const chosen = sameScale(instruction);
      return { ...combined(chosen, choice, chosen.fractionBits), secret: true };
    }
    case "order":
      return { ...keyRows(instruction.keys.map(({ value }) => value)), kind: "order" };
    case "arrange":
      ofOneTable(ofKind("order", instruction.order), rowsOf(instruction.a));
      return rowsOf(instruction.a);
    case "match": {
      const { left, right } = instruction;
      if (left.length !== right.length) {
        throw fail("InvalidMatch", `${left.length} columns of keys cannot equal ${right.length}`);
      }
      left.forEach((key, position) => {
        const [one, other] = [operand(key), operand(right[position])];
        if (one.kind !== other.kind) {
          throw fail("WrongKind", `a ${describeType(one)} cannot equal a ${describeType(other)}`);
        }
        if (one.fractionBits !== other.fractionBits) {
          throw fail("MixedScales", `keys have ${one.fractionBits} and ${other.fractionBits} fraction bits`);
        }
      });
      const partners = keyRows(right).table;
      return { ...keyRows(left), kind: "matching", ...(partners === undefined ? {} : { partners }) };
    }
    case "matched":
      return bitsOf(ofKind("matching", instruction.match));
    case "lookUp": {
      const matching = ofKind("matching", instruction.match);
      const { table, ...found } = rowsOf(instruction.a);
      if (table !== matching.partners) {
        const [one, two] = [table, matching.partners].map(describeTable);
        throw fail("MixedTables", `value ${instruction.a} is a column of ${one}; partners are rows of ${two}`);
      }
      return { ...found, ...tableMember(matching.table) };
    }
    case "previous":
      return rowsOf(instruction.a);
    case "prefixSum":
      return secretColumn(number(instruction.a), instruction.a);
    case "at":
      return scalarOf(secretColumn(number(instruction.a), instruction.a));
    case "solve": {
      const { matrix, right, fractionBits } = instruction;
      const size = right.length;
      if (matrix.length !== (size * (size + 1)) / 2) {
        throw fail("InvalidSystem", `${size} unknowns have ${(size * (size + 1)) / 2} elements, not ${matrix.length}`);
      }
      const [elements, side] = [matrix, right].map((references) => references.map(number));
      const one = [...elements, ...side].find(({ shape }) => shape === "column");
      if (one !== undefined) throw fail("WrongShape", `a ${describeType(one)} is no element of a system; scalars are`);
      for (const part of [elements, side]) {
        if (part.some((type) => type.fractionBits !== part[0].fractionBits)) {
          throw fail(
            "MixedScales",
            "the elements of the matrix, and those of the right-hand side, must have one scale each",
          );
        }
      }
      if (BigInt(instruction.smallestEigenvalue) <= 0n || BigInt(instruction.smallestEigenvalue) >> 55n > 0n) {
        throw fail("InvalidSystem", "the smallest eigenvalue must be a positive word below 2^55");
      }
      const tolerance = BigInt(instruction.tolerance);
      if (tolerance < 0n || tolerance >> BigInt(SOLVE_LIMITS.toleranceBits) > 0n) {
        throw fail("InvalidSystem", `the tolerance must be a word from 0 to 2^${SOLVE_LIMITS.toleranceBits} - 1`);
      }
      secretly([...elements, ...side].find(({ secret }) => secret) ?? elements[0]);
      return { ...checked({ kind: "solution", secret: true, shape: "scalar", fractionBits }), size };
    }
    case "unknown": {
      const { size = 0, fractionBits } = ofKind("solution", instruction.a);
      if (instruction.index < size) return { kind: "number", secret: true, shape: "scalar", fractionBits };
      throw fail("InvalidSystem", `there is no unknown ${instruction.index} among ${size}`);
    }
    case "computed":
      return secretly(number(instruction.a));
    case "secret":
      return { ...number(instruction.a), secret: true };
    case "certified": {
      for (const solution of instruction.solutions) ofKind("solution", solution);
      return { kind: "number", secret: true, shape: "scalar", fractionBits: 0 };
    }
    case "laplace":
    case "gaussian": {
      const scalars = instruction.values.map((value) => ({ value, type: secretly(number(value)) }));
      const { fractionBits } = scalars[0].type;
      for (const { value, type } of scalars) {
        if (type.shape === "column")
          throw fail("WrongShape", `value ${value} is a ${describeType(type)}; scalars are noised`);
        if (type.fractionBits === fractionBits) continue;
        throw fail(
          "MixedScales",
          `values have ${fractionBits} and ${type.fractionBits} fraction bits; make them equal`,
        );
      }
      return { kind: "noised", secret: true, shape: "scalar", fractionBits, size: scalars.length };
    }
    case "noised": {
      const { size = 0, fractionBits } = ofKind("noised", instruction.a);
      if (instruction.index < size) return { kind: "number", secret: true, shape: "scalar", fractionBits };
      throw fail("NoSuchValue", `there is no scalar ${instruction.index} among ${size}`);
    }
    case "divide": {
      const [a, b] = [number(instruction.a), number(instruction.b)];
      const { fractionBits } = instruction;
      formatted("divide", b.fractionBits, quotientWordBits(a.fractionBits, b.fractionBits, fractionBits));
      return secretly(combined(a, b, fractionBits));
    }
    case "squareRoot":
    case "exponential":
    case "logarithm":
    case "sigmoid": {
      const a = secretly(number(instruction.a));
      const fractionBits = instruction.op === "sigmoid" ? a.fractionBits : instruction.fractionBits;
      formatted(instruction.op, a.fractionBits, fractionBits);
      return { ...a, fractionBits };
    }
  }
}

/** "instruction 7 (add): ", the beginning of every message about an instruction. */
export function at(index: number, { op }: Pick<Instruction, "op">): string {
  return `instruction ${index} (${op}): `;
}

export function fractionBitsOf(column: Column): number {
  return column.kind === "number" ? column.fractionBits : 0;
}

function combine(a: ValueType, b: ValueType, fractionBits: number): ValueType {
  const shape = a.shape === "column" || b.shape === "column" ? "column" : "scalar";
  const { table } = a.shape === "column" ? a : b;
  return { kind: a.kind, secret: a.secret || b.secret, shape, fractionBits, ...tableMember(table) };
}

/** A column's type with one value instead of one a row. */
function scalarOf({ table: _, ...type }: ValueType): ValueType {
  return { ...type, shape: "scalar" };
}

/** The type of bits in the rows of a column. */
function bitsOf({ table }: ValueType): ValueType {
  return { kind: "bit", secret: true, shape: "column", fractionBits: 0, ...tableMember(table) };
}

/** The main table is not named. */
function tableMember(table: string | undefined): { readonly table?: string } {
  return table === undefined ? {} : { table };
}

function describeType(type: ValueType): string {
  if (type.kind === "order") return "secret order of rows";
  if (type.kind === "matching") return "secret matching of rows";
  if (type.kind === "solution") return "solution of a linear system";
  if (type.kind === "noised") return "list of scalars with noise";
  const noun = type.kind === "number" ? type.shape : type.shape === "scalar" ? "bit" : "column of bits";
  return `${type.secret ? "secret" : "public"} ${noun}`;
}

/** Check: readers learn whether each solve is certified. */
function checkCertified(program: FlatProgram, origins: readonly number[]): void {
  const told = new Set(certificates(program).flatMap(({ solves }) => solves));
  program.instructions.forEach((instruction, index) => {
    if (instruction.op !== "solve" || told.has(index)) return;
    const message = `${at(origins[index], instruction)}no output is \`certified\` of it`;
    throw new ProgramError("UncertifiedSolve", message, origins[index]);
  });
}

function checkDeclarations(program: Program): void {
  checkTables(program);
  checkDistinct("parameter", program.parameters);
  checkDistinct("private input", privateInputsOf(program));
  checkPrivateRanges(program);
  checkDistinct("output", program.outputs);
  checkDistinct("figure", program.finish);
  checkDistinct("group", program.protection?.groups ?? []);
  for (const { name, minimum, maximum } of program.parameters) {
    if (!isWord(BigInt(minimum)) || !isWord(BigInt(maximum)) || BigInt(minimum) > BigInt(maximum)) {
      const message = `parameter ${name}: minimum and maximum must be 64-bit words in this order`;
      throw new ProgramError("InvalidParameterRange", message);
    }
  }
}

function checkExpression(
  declarations: Declarations,
  figure: string,
  expression: Expression,
  outputs: ReadonlySet<string>,
  before: ReadonlySet<string>,
): void {
  if ("output" in expression) {
    if (outputs.has(expression.output)) return;
    throw new ProgramError("UndeclaredOutput", `figure ${figure}: there is no output ${expression.output}`);
  }
  if ("figure" in expression) {
    if (before.has(expression.figure)) return;
    const message = `figure ${figure}: there is no figure ${expression.figure} before it`;
    throw new ProgramError("UndeclaredFigure", message);
  }
  if ("number" in expression) return;
  if ("rows" in expression) {
    if (expression.rows === true || columnsOf(declarations, expression.rows) !== undefined) return;
    throw new ProgramError("UndeclaredTable", `figure ${figure}: table ${expression.rows} is not declared`);
  }
  for (const operand of Object.values(expression)[0]) {
    checkExpression(declarations, figure, operand, outputs, before);
  }
}
