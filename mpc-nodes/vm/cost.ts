/** What a program costs among four parties: it is run for its cost, with lengths alone. */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { inputsOf, type Rows, rowCounts } from "@sharebridge/algorithms/language/tables.ts";
import { type Cost, costOf } from "../protocol/dry/dry-mpc.ts";
import { runProgram } from "./run.ts";

/**
 * Cost of a run on `rows` rows (of each table; one at least), without opening or handing over the outputs. How many sellers the rows are of matters for protected
 * groups, by less than a kilobyte a seller.
 */
export function costOfProgram(
  program: Program,
  rows: Rows,
  contributions: Contributions = ofOneSeller(rows),
): Promise<Cost> {
  checkProgram(program);
  const parameters = program.parameters.map(({ minimum }) => BigInt(minimum));
  return costOf((mpc) => {
    const counts = rowCounts(program, rows);
    const inputs = new Map(inputsOf(program).map(({ name, table }) => [name, mpc.constant(0n, counts[table], 64)]));
    return runProgram(program, mpc, inputs, parameters, rows, contributions);
  });
}
