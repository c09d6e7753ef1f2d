/** What the nodes' answer must be: the same program on the same workers, in the clear. */
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { clearArithmetic } from "@sharebridge/mpc-nodes/vm/clear-arithmetic.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import { WORKERS } from "./pool-of-one.ts";
import { encodeWorkers, tableSchema } from "./seller.ts";

/** The outputs of the program on the workers, in the clear. */
export async function clearOutputs(): Promise<bigint[]> {
  const columns = new Map(encodeWorkers(WORKERS).map((words, index) => [tableSchema.columns[index].name, words]));
  const outputs = await runProgram(payGap, clearArithmetic(), columns, [], WORKERS.length);
  return outputs.map((words) => BigInt.asIntN(64, words[0]));
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
