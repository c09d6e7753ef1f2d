/** What the nodes' answer must be: the same program on the same workers, in the clear. */

import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { ClearMpc } from "@sharebridge/mpc-nodes/protocol/clear/clear-mpc.ts";
import { rowsOf } from "@sharebridge/mpc-nodes/protocol/clear/values.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import { payGap } from "../../../support/open-pay-gap.ts";
import { seed } from "../../../support/seed.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { WORKERS } from "./pool-of-one.ts";
import { encodeWorkers, tableSchema } from "./seller.ts";

/** The outputs of the program on the workers, in the clear. */
export async function clearOutputs(): Promise<bigint[]> {
  const mpc = new ClearMpc({ random: seededRandom(seed, "clear outputs") });
  const names = storedColumns(tableSchema.columns).map(({ name }) => name);
  const columns = new Map(encodeWorkers(WORKERS).map((words, index) => [names[index], mpc.constants(words, 64)]));
  const outputs = await runProgram(payGap, mpc, columns, [], WORKERS.length);
  return outputs.map((output) => BigInt.asIntN(64, rowsOf(output)[0]!));
}

/** |a − b| in units of the last place: truncation may round either way. */
export function expectClose(actual: readonly bigint[], expected: readonly bigint[]): void {
  expect(actual).to.have.length(expected.length);
  for (const [index, value] of actual.entries()) {
    const difference = value - expected[index];
    const distance = difference < 0n ? -difference : difference;
    expect(distance <= BigInt(WORKERS.length), `output ${index}: ${value}, not ${expected[index]}`).to.equal(true);
  }
}
