/** What a program costs among four parties: it is run for its cost, with lengths alone. */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { unrolled } from "@sharebridge/algorithms/language/loops.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { type Cost, costOf } from "../protocol/dry/dry-mpc.ts";
import type { Mpc } from "../protocol/mpc.ts";
import { runProgram } from "./run.ts";

/** Most that a party may have to send in one computation: 137 GB, for which a link of 1 Gbit/s takes twenty minutes. */
export const MOST_BYTES_OF_A_PARTY = 2 ** 37;
/** Most memory that public positions of rows may take at once, at some 16 bytes a row and order, 4 a row and column that is arranged. */
const MOST_BYTES_OF_POSITIONS = 2 ** 32;

/**
 * Cost of a run on `rows` rows (one at least), without opening or handing over the outputs. How many sellers the rows are of matters for protected
 * groups, by less than a kilobyte a seller.
 *
 * Counting stops where no committee would compute any more: a program made to be costly keeps whoever reviews it waiting for seconds, not for
 * hours, and does not take all of their memory.
 *
 * @throws ProgramError TooCostly
 */
export async function costOfProgram(
  program: Program,
  rows: number,
  contributions: Contributions = ofOneSeller(rows),
): Promise<Cost> {
  checkProgram(program);
  const tooCostly = (message: string) =>
    new ProgramError("TooCostly", `on ${rows} rows ${message}; lower maximumRows, or do less with each row`);
  if (bytesOfPositions(program, rows) > MOST_BYTES_OF_POSITIONS) {
    throw tooCostly(`the positions of rows that are put in order take more than ${MOST_BYTES_OF_POSITIONS} bytes`);
  }
  const parameters = program.parameters.map(({ minimum }) => BigInt(minimum));
  const run = (mpc: Mpc) => {
    const inputs = new Map(program.columns.map(({ name }) => [name, mpc.constant(0n, rows, 64)]));
    return runProgram(program, mpc, inputs, parameters, rows, contributions);
  };
  return costOf(run, ({ bytesSent }) => {
    if (Math.max(...bytesSent) <= MOST_BYTES_OF_A_PARTY) return;
    throw tooCostly(`a node would send more than ${MOST_BYTES_OF_A_PARTY} bytes`);
  });
}

function bytesOfPositions(program: Program, rows: number): number {
  const { instructions } = unrolled(program).program;
  const times = (wanted: string) => instructions.filter(({ op }) => op === wanted).length;
  return rows * (16 * times("order") + 4 * times("arrange"));
}
