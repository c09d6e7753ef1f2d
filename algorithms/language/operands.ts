/** What an instruction reads, apart from its typing, which reads it too. */
import type { FlatProgram, Instruction } from "./program.ts";

/** Indices of the values that an instruction reads. */
export function operandsOf(instruction: Instruction): number[] {
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
      return [];
    case "select":
      return [instruction.bit, instruction.a, instruction.b];
    case "order":
      return instruction.keys.map(({ value }) => value);
    case "arrange":
      return [instruction.order, instruction.a];
    case "match":
      return [...instruction.left, ...instruction.right];
    case "matched":
      return [instruction.match];
    case "lookUp":
      return [instruction.match, instruction.a];
    case "solve":
      return [...instruction.matrix, ...instruction.right];
    case "certified":
      return instruction.solutions;
    case "laplace":
    case "gaussian":
      return instruction.values;
    default:
      return "b" in instruction ? [instruction.a, instruction.b] : [instruction.a];
  }
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
