/** What an instruction reads, apart from its typing, which reads it too. */
import type { Instruction, Program } from "./program.ts";

/** Indices of the values that an instruction reads. */
export function operandsOf(instruction: Instruction): number[] {
  switch (instruction.op) {
    case "input":
    case "encoded":
    case "parameter":
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
    default:
      return "b" in instruction ? [instruction.a, instruction.b] : [instruction.a];
  }
}

/** The table whose rows an instruction counts, goes over, or gives a column of; undefined is the main one. */
export function tableOf(
  { instructions }: Pick<Program, "instructions">,
  types: readonly { readonly shape: string; readonly table?: string }[],
  index: number,
): string | undefined {
  const instruction = instructions[index];
  if (instruction.op === "rows") return instruction.table;
  const [operand] = operandsOf(instruction);
  return types[index].shape === "column" || operand === undefined ? types[index].table : types[operand].table;
}

/** For every value whether it depends on an instruction of some kind. */
export function derivedFrom(
  { instructions }: Pick<Program, "instructions">,
  isOrigin: (instruction: Instruction) => boolean,
): boolean[] {
  const derived: boolean[] = [];
  for (const instruction of instructions) {
    derived.push(isOrigin(instruction) || operandsOf(instruction).some((operand) => derived[operand]));
  }
  return derived;
}
