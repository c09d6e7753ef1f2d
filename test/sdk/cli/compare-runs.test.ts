import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { privateHistogram } from "@sharebridge/algorithms/library/index.ts";
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

  it("takes noise for what it is: the clear run has none, and the committee's is within the most that it can be", async () => {
    const wages = { header: ["wage"], rows: [["5.1"], ["4.95"], ["12"]] };
    const tables = [fitTable(privateHistogram, wages)];
    const { outputs, figures, within, isNoised } = await compareRuns(privateHistogram, tables, []);
    expect([within, isNoised]).to.deep.equal([true, true]);
    expect(outputs.map(({ clear }) => clear)).to.deep.equal([1, 1, 1, 0, 0, 0, 0]);
    expect(outputs.map(({ real }) => real)).to.deep.equal([1, 1, 1, 0, 0, 0, 0]);
    expect(new Set(outputs.map(({ likelyError }) => likelyError))).to.deep.equal(new Set(["21"]));
    expect(figures.map(({ figure }) => "likelyError" in figure && figure.likelyError)).to.deep.equal(Array(7).fill(21));
    // Nothing but noise may be between them: the largest is 255.
    for (const [off, expected] of [
      [255, true],
      [256, false],
      // Beyond what the program can give, the answer itself is refused.
      [300, "OutputOutOfRange"],
    ] as const) {
      const lying = async (...run: Parameters<typeof simulateCommittee>) => ({
        ...(await simulateCommittee(...run)),
        words: [1n + BigInt(off), 1n, 1n, 0n, 0n, 0n, 0n],
      });
      const compared = compareRuns(privateHistogram, tables, [], [], lying);
      const found = await compared.then(
        (comparison) => comparison.within,
        (error: { code: string }) => error.code,
      );
      expect(found).to.equal(expected);
    }
    const honest = await compareRuns(payGap, [fitTable(payGap, table)], []);
    expect(honest.isNoised).to.equal(false);
    expect(honest.outputs[0]).not.to.have.property("likelyError");
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

  it("does not hold results of iterations against those that doubles come to", async () => {
    const program = trace(
      { name: "root", description: "A root.", columns: [payGap.columns[0]], maximumRows: 10 },
      (t) => {
        const mean = t.divide(t.sum(t.input("wage")), t.rows(), 24);
        const most = t.constant("8", 24);
        const [root] = t.repeat(2, [t.constant("1", 24)], ([x]) => {
          const sum = t.add(x, t.divide(mean, t.larger(x, t.constant("1", 24)), 24));
          return [t.computed(t.smaller(t.truncate(t.multiply(sum, t.constant("0.5", 1)), 1), most))];
        });
        t.output("mean", mean);
        t.output("root", root);
        t.output("rest", t.subtract(t.multiply(mean, t.constant("1", 24)), t.multiply(root, root)));
      },
    );
    const wages = { header: ["wage"], rows: [["1.7"], ["2.9"], ["11.3"]] };
    const lying = async (...run: Parameters<typeof simulateCommittee>) => {
      const answer = await simulateCommittee(...run);
      return { ...answer, words: answer.words.map((word, index) => (index === 0 ? word + 100n : word)) };
    };
    const honest = await compareRuns(program, [fitTable(program, wages)], []);
    expect(honest.outputs.map(({ asComputed }) => asComputed)).to.deep.equal([false, true, true]);
    expect(honest.within).to.equal(true);
    expect((await compareRuns(program, [fitTable(program, wages)], [], [], lying)).within).to.equal(false);
  });
});
