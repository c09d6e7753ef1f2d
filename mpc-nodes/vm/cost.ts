/** What a program costs among four parties: it is run for its cost, with lengths alone. */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { type Cost, costOf } from "../protocol/dry/dry-mpc.ts";
import { runProgram } from "./run.ts";

/**
 * Cost of a run on `rows` rows (one at least), without opening or handing over the outputs. How many sellers the rows are of matters for protected
 * groups, by less than a kilobyte a seller.
 */
export function costOfProgram(
  program: Program,
  rows: number,
  contributions: Contributions = ofOneSeller(rows),
): Promise<Cost> {
  checkProgram(program);
  const parameters = program.parameters.map(({ minimum }) => BigInt(minimum));
  return costOf((mpc) => {
    const inputs = new Map(program.columns.map(({ name }) => [name, mpc.constant(0n, rows, 64)]));
    const buyers = privateInputsOf(program).length;
    if (buyers > 0) inputs.set(PRIVATE_INPUTS, mpc.constant(0n, buyers, 64));
    return runProgram(program, mpc, inputs, parameters, rows, contributions);
  });
}
