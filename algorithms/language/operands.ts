/** What an instruction reads, apart from its typing, which reads it too. */
import type { Instruction } from "./program.ts";

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
    case "solve":
      return [...instruction.matrix, ...instruction.right];
    case "certified":
      return instruction.solutions;
    default:
      return "b" in instruction ? [instruction.a, instruction.b] : [instruction.a];
  }
}
