/**
 * The order in which a program runs: interactive operations that do not wait for each other form a level and share its rounds
 * (`Mpc.parallel`). The schedule follows from the program alone, so all nodes have the same.
 *
 * @example
 * levelsOf(payGap);
 * // local, interactive: a multiplication and four dot products; then a truncation; then two dot products
 */
import { checkProgram, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import { isNoise } from "@sharebridge/algorithms/language/noise/states.ts";
import { operandsOf } from "@sharebridge/algorithms/language/operands.ts";
import type { FlatProgram } from "@sharebridge/algorithms/language/program.ts";

export interface Level {
  /** Instructions that need no communication, in order; they run first. */
  readonly local: readonly number[];
  /** Instructions that run side by side; none at the end of a program whose last instructions are local. */
  readonly interactive: readonly number[];
}

/** Whether the nodes must work together for an instruction; else each does it alone. */
export function isInteractive(program: FlatProgram, types: readonly ValueType[], index: number): boolean {
  const instruction = program.instructions[index];
  switch (instruction.op) {
    case "multiply":
      return types[instruction.a].secret && types[instruction.b].secret;
    case "truncate":
      return types[instruction.a].secret;
    case "inputOr":
    case "encodedOr":
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

export function levelsOf(program: FlatProgram, types: readonly ValueType[] = checkProgram(program)): Level[] {
  /** By value: the first level whose instructions can read it while they run side by side. */
  const ready: number[] = [];
  const levels: { local: number[]; interactive: number[] }[] = [];
  for (const [index, instruction] of program.instructions.entries()) {
    // Noise is drawn with the first level, and added after it.
    const first = isNoise(instruction) ? 1 : 0;
    const level = operandsOf(instruction).reduce((latest, operand) => Math.max(latest, ready[operand]), first);
    const interactive = isInteractive(program, types, index);
    levels[level] ??= { local: [], interactive: [] };
    levels[level][interactive ? "interactive" : "local"].push(index);
    ready.push(interactive ? level + 1 : level);
  }
  return levels;
}
