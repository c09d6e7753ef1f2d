/** What an instruction reads, apart from its typing, which reads it too. */
import type { FlatProgram, Instruction } from "./program.ts";

/** Indices of the values that an instruction reads: those that `withOperands` asks for, in that order. */
export function operandsOf(instruction: Instruction): number[] {
  const operands: number[] = [];
  withOperands(instruction, (operand) => {
    operands.push(operand);
    return operand;
  });
  return operands;
}

/** The table whose rows an instruction counts, goes over, or gives a column of; undefined is the main one. */
export function tableOf(
  instruction: Instruction,
  types: readonly { readonly shape: string; readonly table?: string }[],
  index: number,
): string | undefined {
  if (instruction.op === "rows") return instruction.table;
  const [operand] = operandsOf(instruction);
  return types[index].shape === "column" || operand === undefined ? types[index].table : types[operand].table;
}

/** The same instruction with other values in the place of those that it reads. */
export function withOperands(instruction: Instruction, of: (operand: number) => number): Instruction {
  switch (instruction.op) {
    case "input":
    case "encoded":
    case "present":
    case "inputOr":
    case "encodedOr":
    case "parameter":
    case "privateInput":
    case "constant":
    case "rows":
      return instruction;
    case "select":
      return { ...instruction, bit: of(instruction.bit), a: of(instruction.a), b: of(instruction.b) };
    case "order":
      return { ...instruction, keys: instruction.keys.map((key) => ({ ...key, value: of(key.value) })) };
    case "arrange":
      return { ...instruction, order: of(instruction.order), a: of(instruction.a) };
    case "match":
      return { ...instruction, left: instruction.left.map(of), right: instruction.right.map(of) };
    case "matched":
      return { ...instruction, match: of(instruction.match) };
    case "lookUp":
      return { ...instruction, match: of(instruction.match), a: of(instruction.a) };
    case "solve":
      return { ...instruction, matrix: instruction.matrix.map(of), right: instruction.right.map(of) };
    case "certified":
      return { ...instruction, solutions: instruction.solutions.map(of) };
    case "laplace":
    case "gaussian":
      return { ...instruction, values: instruction.values.map(of) };
    default:
      if ("b" in instruction) return { ...instruction, a: of(instruction.a), b: of(instruction.b) };
      return { ...instruction, a: of(instruction.a) };
  }
}

/** For every value whether it depends on an instruction of some kind. */
export function derivedFrom(
  { instructions }: Pick<FlatProgram, "instructions">,
  isOrigin: (instruction: Instruction) => boolean,
): boolean[] {
  const derived: boolean[] = [];
  for (const instruction of instructions) {
    derived.push(isOrigin(instruction) || operandsOf(instruction).some((operand) => derived[operand]));
  }
  return derived;
}
