/** What four parties count when they run a program is what `costOfProgram` says before anyone computes. */
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { largestRows, type Rows, rowCounts, storedInputsOf } from "@sharebridge/algorithms/language/tables.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import fc from "fast-check";
import { randomCase } from "../../algorithms/support/programs.ts";
import { ofSellers } from "../../algorithms/support/unprotected.ts";
import { seed } from "../../support/seed.ts";
import { runHonest } from "../support/parties.ts";

async function counted(
  program: Program,
  rows: Rows,
  contributions: Contributions,
): Promise<{ rounds: number; bytesSent: number[] }> {
  const parameters = program.parameters.map(({ minimum }) => BigInt(minimum));
  const { results } = await runHonest(
    async (session) => {
      const { statistics } = session.network;
      const before = { rounds: session.rounds, bytes: statistics.bytesSent };
      await session.mpc.scope(async (mpc) => {
        const counts = rowCounts(program, rows);
        const columns = storedInputsOf(program);
        const inputs = new Map(columns.map(({ name, table }) => [name, mpc.constant(0n, counts[table]!, 64)]));
        const own = privateInputsOf(program).length;
        if (own > 0) inputs.set(PRIVATE_INPUTS, mpc.constant(0n, own, 64));
        await runProgram(program, mpc, inputs, parameters, rows, contributions);
      });
      return { rounds: session.rounds - before.rounds, bytes: statistics.bytesSent - before.bytes };
    },
    { seed },
  );
  return { rounds: results[0]!.rounds, bytesSent: results.map(({ bytes }) => bytes) };
}

async function expectCounted(program: Program, rows: Rows, contributions = ofOneSeller(rows)): Promise<void> {
  const { rounds, bytesSent } = await costOfProgram(program, rows, contributions);
  expect(await counted(program, rows, contributions), `${program.name}, ${rows} rows`).to.deep.equal({
    rounds,
    bytesSent: [...bytesSent],
  });
}

describe("counted cost", () => {
  it("of the library's programs", async () => {
    for (const program of library.values()) {
      const ofAll = (rows: number, more = 0) => largestRows(program, rows).map((count, table) => count + more * table);
      // Loops take thousands of rounds, the same every time.
      for (const rows of program.loops === undefined ? [1, 100] : []) await expectCounted(program, ofAll(rows, 17));
      await expectCounted(program, ofAll(70), ofSellers(ofAll(70), 3));
    }
  }).timeout(60_000);

  it("of random programs", async () => {
    for (const { program } of fc.sample(randomCase, { seed: seed + 1, numRuns: 30 })) {
      await expectCounted(program, program.maximumRows - 1);
    }
  }).timeout(60_000);
});
