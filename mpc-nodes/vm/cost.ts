/** What a program costs among four parties: it is run for its cost, with lengths alone. */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, ofOneSeller, runsOfTables } from "@sharebridge/algorithms/language/contributions.ts";
import { PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { type Rows, rowCounts, storedInputsOf } from "@sharebridge/algorithms/language/tables.ts";
import { type Cost, costOf } from "../protocol/dry/dry-mpc.ts";
import { costLimit } from "./cost-limit.ts";
import { runProgram } from "./run.ts";

/**
 * Cost of a run on `rows` rows (of each table; one at least), without opening or handing over the outputs. How many sellers the rows are of matters for protected
 * groups, by less than a kilobyte a seller.
 *
 * @throws ProgramError TooCostly
 */
export function costOfProgram(
  program: Program,
  rows: Rows,
  contributions: Contributions = sellersOf(program, rows),
): Promise<Cost> {
  checkProgram(program);
  const parameters = program.parameters.map(({ minimum }) => BigInt(minimum));
  const limit = costLimit(program, rows);
  return costOf((mpc) => {
    const counts = rowCounts(program, rows);
    const columns = storedInputsOf(program);
    const inputs = new Map(columns.map(({ name, table }) => [name, mpc.constant(0n, counts[table], 64)]));
    const buyers = privateInputsOf(program).length;
    if (buyers > 0) inputs.set(PRIVATE_INPUTS, mpc.constant(0n, buyers, 64));
    return runProgram(program, mpc, inputs, parameters, rows, contributions);
  }, limit);
}

/** One seller, or as many as a program takes its rows of. */
function sellersOf({ privacy }: Program, rows: Rows): Contributions {
  if (privacy?.unit !== "seller") return ofOneSeller(rows);
  const most = privacy.maximumRows;
  const runs = [rows].flat().map((count, table) =>
    Array.from({ length: Math.ceil(count / most) }, (_, seller) => ({
      rows: Math.min(most, count - seller * most),
      seller: `${table} ${seller}`,
    })),
  );
  return { ...ofOneSeller(rows), ...runsOfTables(runs) };
}
