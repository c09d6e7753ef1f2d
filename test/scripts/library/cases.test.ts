/** Every program of the library in the clear, on the real data of its case, against a reference that knows nothing of the language. */
import { library } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { caseProblems, DEFAULT_SLACK, libraryCases } from "../../../scripts/library/cases.ts";
import { figuresInTheClear } from "../../../scripts/library/in-the-clear.ts";
import { judge } from "../../../scripts/library/judge.ts";
import { tableLines } from "../../../scripts/library/print.ts";
import { csvOf, dealt } from "../../../scripts/library/table.ts";

const SELLERS = 3;

describe("library cases", () => {
  it("there is one for every program, and none for others", () => {
    expect(caseProblems(library.keys())).to.deep.equal([]);
    expect(caseProblems(["pay_gap", "new_program"])).to.include(
      "the program new_program of the library has no case in scripts/library/cases.ts",
    );
    expect(caseProblems(["pay_gap"])).to.include(
      "the case wage_histogram of scripts/library/cases.ts has no program in the library",
    );
  });

  for (const [name, program] of library) {
    it(`${name} gives the reference's figures within its declared errors`, () => {
      const { slack = DEFAULT_SLACK, ...others } = libraryCases.get(name)!();
      const { failures, figures, suppressed } = judge(
        figuresInTheClear(program, others, SELLERS),
        others.expected(),
        slack,
      );
      expect(failures).to.deep.equal([]);
      expect(figures).to.be.greaterThan(suppressed);
    }).timeout(20_000);
  }

  it("deal their rows to sellers in turn, as CSV files", () => {
    const tables = dealt({ a: [1, 2, 3, 4, 5], b: ["v", "w", "x", "y", "z"] }, 2);
    expect(tables.map(csvOf)).to.deep.equal(["a,b\n1,v\n3,x\n5,z\n", "a,b\n2,w\n4,y\n"]);
  });

  it("are judged by the declared error: a figure that is off by more fails", () => {
    const figures = [{ name: "a", value: 1, error: 0.25 }];
    const failuresOf = (value: number) => judge(figures, new Map([["a", value]]), 0).failures;
    expect(failuresOf(1.25)).to.deep.equal([]);
    expect(failuresOf(1.26)).to.deep.equal(["a is 1, not 1.26 ± 0.25"]);
    expect(failuresOf(Number.NaN)).to.deep.equal(["a is 1, not NaN ± 0.25"]);
    expect(judge(figures, new Map(), 0).failures).to.deep.equal(["there is nothing to compare a with"]);
    expect(judge([], new Map([["a", 1]]), 0).failures).to.deep.equal([
      "a is missing from the answer",
      "the answer has no figures",
    ]);
    expect(judge(figures, new Map([["a", "suppressed" as const]]), 0).failures).to.deep.equal([
      "a is 1, and should have been suppressed",
    ]);
    expect(judge([{ name: "a", isSuppressed: true }], new Map([["a", 1]]), 0).failures).to.deep.equal([
      "a is not defined",
    ]);
    expect(judge(figures, new Map([["a", 1.125]]), 0)).to.include({ worstShare: 0.5, largestError: 0.25, noise: 0 });
  });

  it("are judged by error and noise together, and the table says which are noised", () => {
    const judged = (reference: number) =>
      judge([{ name: "a", value: 1, error: 0.25 }], new Map([["a", reference]]), 0, 0.75);
    expect(judged(1.5)).to.deep.include({ failures: [], worstShare: 0.5, largestError: 0.25, noise: 0.75 });
    expect(judged(2).failures).to.deep.equal([]);
    expect(judged(2.25).failures).to.deep.equal(["a is 1, not 2.25 ± 0.25 and noise of 0.75"]);

    const purchase = { program: "p", source: "s", rows: 9, sellers: 3, seconds: 1, rounds: 2, bytesOfBusiestNode: 3 };
    const exact = judge([{ name: "a", value: 1, error: 0 }], new Map([["a", 1]]), 0);
    const lines = tableLines([
      { ...purchase, judgement: judged(1.5) },
      { ...purchase, judgement: exact },
    ]);
    expect(lines.map((line) => line.split(/ {2,}/)[8])).to.deep.equal(["noise up to", "7.5e-1", "none"]);
  });
});
