import { payGap as protectedPayGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { simulateCommittee } from "@sharebridge/mpc-nodes/engine/simulated-committee.ts";
import { compareRuns, fitTable } from "@sharebridge/sdk/cli/algorithm/compare-runs.ts";
import { expect } from "chai";
import { payGap } from "../../support/open-pay-gap.ts";

describe("a comparison of runs", () => {
  const table = {
    header: ["wage", "sex"],
    rows: [
      ["5.1", "male"],
      ["4.95", "female"],
      ["12", "male"],
    ],
  };

  it("finds an output of the committee that is further off than declared, and no other", async () => {
    const tables = [fitTable(payGap, table)];
    const honest = await compareRuns(payGap, tables, []);
    expect([honest.within, honest.rows]).to.deep.equal([true, 3]);
    const lying = async (...run: Parameters<typeof simulateCommittee>) => {
      const answer = await simulateCommittee(...run);
      // One unit of a count, and a thousandth of a sum with 22 fraction bits.
      return {
        ...answer,
        words: answer.words.map((word, index) => (index === 0 ? word + 1n : index === 1 ? word + 4_194n : word)),
      };
    };
    const { within, outputs } = await compareRuns(payGap, tables, [], [], lying);
    expect(within).to.equal(false);
    expect(outputs.map((output) => output.within)).to.deep.equal(outputs.map((_, index) => index > 1));
  });

  it("takes each table for another seller's, and suppressed outputs for 0", async () => {
    const five = { ...table, rows: [...table.rows, ["8", "female"], ["9", "male"], ["10", "female"]] };
    const suppressed = await compareRuns(protectedPayGap, [fitTable(protectedPayGap, table)], []);
    expect(suppressed.within).to.equal(true);
    expect(suppressed.outputs.every(({ committee, undefinedReason }) => committee === 0 && undefinedReason)).to.be.ok;
    const tables = [five, five].map((each) => fitTable(protectedPayGap, each));
    const opened = await compareRuns(protectedPayGap, tables, []);
    expect([opened.within, opened.outputs[0]!.committee]).to.deep.equal([true, 6]);
    const claiming = async (...run: Parameters<typeof simulateCommittee>) => {
      const answer = await simulateCommittee(...run);
      return { ...answer, words: [...answer.words.slice(0, -1), 0n] };
    };
    const error = await compareRuns(protectedPayGap, tables, [], [], claiming).catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "OutputOutOfRange");
  });
});
