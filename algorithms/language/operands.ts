/** What an instruction reads, apart from its typing, which reads it too. */
import type { Instruction, Program } from "./program.ts";

/** Indices of the values that an instruction reads. */
export function operandsOf(instruction: Instruction): number[] {
  switch (instruction.op) {
    case "input":
    case "encoded":
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
    case "solve":
      return [...instruction.matrix, ...instruction.right];
    case "certified":
      return instruction.solutions;
    default:
      return "b" in instruction ? [instruction.a, instruction.b] : [instruction.a];
  }
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
