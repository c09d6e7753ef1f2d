/**
 * Where counting what a program costs stops, because no committee would compute it any more: a program made to be costly keeps whoever reviews it
 * waiting for seconds, not for hours, and does not take all of their memory.
 */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { unrolled } from "@sharebridge/algorithms/language/loops.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import type { Cost } from "../protocol/dry/dry-mpc.ts";

/** Most that a party may have to send in one computation: 137 GB, for which a link of 1 Gbit/s takes twenty minutes. */
const MOST_BYTES_OF_A_PARTY = 2 ** 37;
/** Most memory that public positions of rows may take at once, at some 16 bytes a row and order, 4 a row and column that is arranged. */
const MOST_BYTES_OF_POSITIONS = 2 ** 32;

/**
 * What to ask while the cost is counted (`costOf`).
 *
 * @throws ProgramError TooCostly, now or when asked
 */
export function costLimit(program: Program, rows: Rows): (cost: Cost) => void {
  const tooCostly = (message: string) =>
    new ProgramError(
      "TooCostly",
      `on ${[rows].flat().join(" and ")} rows ${message}; lower maximumRows, or do less with each row`,
    );
  if (bytesOfPositions(program, rows) > MOST_BYTES_OF_POSITIONS) {
    throw tooCostly(`the positions of rows that are put in order take more than ${MOST_BYTES_OF_POSITIONS} bytes`);
  }
  return ({ bytesSent }) => {
    if (Math.max(...bytesSent) <= MOST_BYTES_OF_A_PARTY) return;
    throw tooCostly(`a node would send more than ${MOST_BYTES_OF_A_PARTY} bytes`);
  };
}

function bytesOfPositions(program: Program, rows: Rows): number {
  // Of a match those of both tables are put in order together.
  const all = [rows].flat().reduce((sum, count) => sum + count, 0);
  const { instructions } = unrolled(program).program;
  const times = (wanted: string) => instructions.filter(({ op }) => op === wanted).length;
  return all * (16 * (times("order") + times("match")) + 4 * (times("arrange") + times("lookUp")));
}
