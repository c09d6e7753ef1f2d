/** What a program costs, from its levels and what each protocol operation declares. */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { type InteractiveOperation, levelsOf } from "./levels.ts";

/** Cost of one call of an operation. */
export interface OperationCost {
  /** Rounds of one batch, however many items. */
  readonly rounds: number;
  /** Bytes that all parties together send for a batch of items of these lengths. */
  bytes(lengths: readonly number[]): number;
}

export type CostTable = Readonly<Record<InteractiveOperation, OperationCost>>;

export interface ProgramCost {
  readonly rounds: number;
  readonly bytes: number;
  /** Batches of interactive operations, in order. */
  readonly batches: readonly {
    readonly operation: InteractiveOperation;
    readonly items: number;
    readonly bytes: number;
  }[];
}

/** Cost of a run on `rows` rows (one at least), without opening or handing over the outputs. */
export function costOf(program: Program, rows: number, table: CostTable): ProgramCost {
  const types = checkProgram(program);
  const lengthOf = (value: number): number => (types[value].shape === "column" ? rows : 1);
  const batches = levelsOf(program, types).flatMap(({ batch }) => {
    if (batch === null) return [];
    const lengths = batch.instructions.map((index) => {
      const instruction = program.instructions[index];
      // A dot product gives one word but reads whole columns: its lengths are those of its operands.
      return instruction.op === "dot" ? lengthOf(instruction.a) : lengthOf(index);
    });
    return [{ operation: batch.operation, items: lengths.length, bytes: table[batch.operation].bytes(lengths) }];
  });
  return {
    rounds: batches.reduce((total, { operation }) => total + table[operation].rounds, 0),
    bytes: batches.reduce((total, { bytes }) => total + bytes, 0),
    batches,
  };
}
