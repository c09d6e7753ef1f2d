/** The standard library on real data, in the clear, by four parties and by three; and what each program costs. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { realInputs } from "../../algorithms/support/cps.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

describe("library", () => {
  for (const runner of [clearRunner, fourRunner(seed), threeRunner(seed)]) {
    it(`gives on real data what the reference gives, up to rounding: ${runner.name}`, async () => {
      for (const program of library.values()) {
        const { words, rows } = realInputs(program);
        const parameters = program.parameters.map(({ minimum, maximum }) => (BigInt(minimum) + BigInt(maximum)) >> 1n);
        const outputs = await outputsOf(runner, { program, words, parameters, rows });
        const reference = evaluateWords(program, words, parameters, rows);
        analyse(program, rows, parameters).outputs.forEach(({ name, fractionBits, error }, index) => {
          // Both are off by at most the error.
          const apart = rational.fromWord(outputs[index]! - reference[index]!, fractionBits);
          const most = rational.multiply(error, rational.integer(2n));
          expect(rational.compare(rational.absolute(apart), most), `${program.name}: ${name}`).to.be.at.most(0);
        });
      }
    }).timeout(60_000);
  }

  /** Rounds; bytes that the four nodes send together, for each of a hundred thousand rows. */
  const costs: Record<string, [number, number]> = {
    pay_gap: [4, 112],
    weighted_score: [5, 176],
    wage_statistics: [172, 7077],
    wage_histogram: [9, 488],
    wage_by_occupation: [16, 420],
    wage_t_test_by_union: [4, 112],
    sex_and_occupation: [7, 222],
    wage_correlations: [3, 672],
    wage_regression: [2, 48],
    remission_survival: [10, 1579],
    scorecard: [10, 137],
  };

  it("costs what is written here", async () => {
    const found: Record<string, [number, number]> = {};
    for (const program of library.values()) {
      const { rounds, bytesSent } = await costOfProgram(program, 100_000);
      const bytes = bytesSent.reduce((sum, each) => sum + each, 0);
      found[program.name] = [rounds, Math.round(bytes / 100_000)];
    }
    expect(found).to.deep.equal(costs);
  });
});
