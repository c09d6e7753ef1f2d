/**
 * The order in which a program runs: interactive operations of one kind that do not wait for each other form a level and
 * share its rounds. The schedule follows from the program alone, so all nodes have the same.
 *
 * Only one kind of operation is in a level, because two protocols at once would mix their bytes in the same streams.
 * Which kind comes next is decided by the longest chain of interactive operations that still waits for one of its kind;
 * operations that nothing waits for are thereby put off and gathered (in `pay_gap`, all dot products: three levels).
 *
 * @example
 * levelsOf(payGap);
 * // local, { operation: "multiply", … }, { operation: "truncate", … }, { operation: "dot", six instructions }
 */
import { checkProgram, operandsOf, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

export type InteractiveOperation = "multiply" | "dot" | "truncate";

/** On a tie the first of these goes first. */
const OPERATIONS: readonly InteractiveOperation[] = ["multiply", "truncate", "dot"];

export interface Level {
  /** Instructions that need no communication, in order; they run first. */
  readonly local: readonly number[];
  /** One batch, or null at the end of a program whose last instructions are local. */
  readonly batch: { readonly operation: InteractiveOperation; readonly instructions: readonly number[] } | null;
}

/** How the nodes must work together for an instruction, or null if each does it alone. */
export function interactionOf(
  program: Program,
  types: readonly ValueType[],
  index: number,
): InteractiveOperation | null {
  const instruction = program.instructions[index];
  switch (instruction.op) {
    case "multiply":
      return types[instruction.a].secret && types[instruction.b].secret ? "multiply" : null;
    case "truncate":
      return types[instruction.a].secret ? "truncate" : null;
    case "dot":
      return "dot";
    default:
      return null;
  }
}

export function levelsOf(program: Program, types: readonly ValueType[] = checkProgram(program)): Level[] {
  const interactions = program.instructions.map((_, index) => interactionOf(program, types, index));
  const remaining = chainLengths(program, interactions);
  const waiting = new Set(program.instructions.keys());
  const isReady = (index: number) => operandsOf(program.instructions[index]).every((operand) => !waiting.has(operand));

  const levels: Level[] = [];
  while (waiting.size > 0) {
    // Operands come before their instruction, so one pass in order finds all local work.
    const local: number[] = [];
    for (const index of waiting) {
      if (interactions[index] !== null || !isReady(index)) continue;
      local.push(index);
      waiting.delete(index);
    }
    const ready = [...waiting].filter(isReady);
    const operation = mostUrgent(ready, interactions, remaining);
    const instructions = ready.filter((index) => interactions[index] === operation);
    for (const index of instructions) waiting.delete(index);
    levels.push({ local, batch: operation === null ? null : { operation, instructions } });
  }
  return levels;
}

/** For every value the most interactive operations on a path from it (itself included) to the end. */
function chainLengths(program: Program, interactions: readonly (InteractiveOperation | null)[]): number[] {
  const after = program.instructions.map(() => 0);
  const lengths = program.instructions.map(() => 0);
  for (let index = program.instructions.length - 1; index >= 0; index--) {
    lengths[index] = after[index] + (interactions[index] === null ? 0 : 1);
    for (const operand of operandsOf(program.instructions[index])) {
      after[operand] = Math.max(after[operand], lengths[index]);
    }
  }
  return lengths;
}

function mostUrgent(
  ready: readonly number[],
  interactions: readonly (InteractiveOperation | null)[],
  remaining: readonly number[],
): InteractiveOperation | null {
  let best: InteractiveOperation | null = null;
  let longest = 0;
  for (const operation of OPERATIONS) {
    for (const index of ready) {
      if (interactions[index] !== operation || remaining[index] <= longest) continue;
      best = operation;
      longest = remaining[index];
    }
  }
  return best;
}
