/**
 * The order in which a program runs: interactive operations that do not wait for each other form a level and share its rounds
 * (`Mpc.parallel`). The schedule follows from the program alone, so all nodes have the same.
 *
 * @example
 * levelsOf(payGap);
 * // local, interactive: a multiplication and four dot products; then a truncation; then two dot products
 */
import { checkProgram, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import { operandsOf } from "@sharebridge/algorithms/language/operands.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

export interface Level {
  /** Instructions that need no communication, in order; they run first. */
  readonly local: readonly number[];
  /** Instructions that run side by side; none at the end of a program whose last instructions are local. */
  readonly interactive: readonly number[];
}

/** Whether the nodes must work together for an instruction; else each does it alone. */
export function isInteractive(program: Program, types: readonly ValueType[], index: number): boolean {
  const instruction = program.instructions[index];
  switch (instruction.op) {
    case "multiply":
      return types[instruction.a].secret && types[instruction.b].secret;
    case "truncate":
      return types[instruction.a].secret;
    case "dot":
    case "less":
    case "equal":
    case "and":
    case "or":
    case "number":
    case "count":
    case "select":
    case "smaller":
    case "larger":
    case "minimum":
    case "maximum":
    case "order":
    case "arrange":
    case "match":
    case "matched":
    case "lookUp":
    case "divide":
    case "squareRoot":
    case "exponential":
    case "logarithm":
    case "sigmoid":
    case "solve":
    case "certified":
      return true;
    default:
      return false;
  }
}

export function levelsOf(program: Program, types: readonly ValueType[] = checkProgram(program)): Level[] {
  const waiting = new Set(program.instructions.keys());
  const isReady = (index: number) => operandsOf(program.instructions[index]).every((operand) => !waiting.has(operand));
  const levels: Level[] = [];
  while (waiting.size > 0) {
    // Operands come before their instruction, so one pass in order finds all local work.
    const local: number[] = [];
    for (const index of waiting) {
      if (isInteractive(program, types, index) || !isReady(index)) continue;
      local.push(index);
      waiting.delete(index);
    }
    const interactive = [...waiting].filter(isReady);
    for (const index of interactive) waiting.delete(index);
    levels.push({ local, interactive });
  }
  return levels;
}
