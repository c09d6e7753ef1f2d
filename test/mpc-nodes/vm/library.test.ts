/** The standard library on real data, in the clear, by four parties and by three; and what each program costs. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { largestRows } from "@sharebridge/algorithms/language/tables.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { cpsInputs, cpsRows } from "../../algorithms/support/cps.ts";
import { ofSellers } from "../../algorithms/support/unprotected.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

describe("library", () => {
  for (const runner of [clearRunner, fourRunner(seed), threeRunner(seed)]) {
    it(`gives on the CPS of 1985 what the reference gives, up to rounding: ${runner.name}`, async () => {
      for (const program of library.values()) {
        // What is computed on the way differs with the rounding, and is tested on its own (`logistic-regression.test.ts`).
        if (program.instructions.some(({ op }) => op === "computed")) continue;
        const words = cpsInputs(program);
        const rows = cpsRows(program);
        const parameters = program.parameters.map(({ minimum, maximum }) => (BigInt(minimum) + BigInt(maximum)) >> 1n);
        const outputs = await outputsOf(runner, { program, words, parameters, rows }, ofSellers(rows));
        const reference = evaluateWords(program, words, parameters, rows, undefined, ofSellers(rows));
        // Whether groups are opened, and how many rows tables have.
        const flags = program.outputs.length;
        expect(outputs.slice(flags), program.name).to.deep.equal(reference.slice(flags));
        analyse(program, rows, parameters).outputs.forEach(({ name, fractionBits, error, noise }, index) => {
          // Both are off by at most the error; what nodes compute, by the noise too.
          const apart = rational.fromWord(outputs[index]! - reference[index]!, fractionBits);
          const most = rational.add(error, noise?.certain ?? error);
          expect(rational.compare(rational.absolute(apart), most), `${program.name}: ${name}`).to.be.at.most(0);
        });
      }
    }).timeout(60_000);
  }

  /** Rounds; bytes that the four nodes send together, for each of a hundred thousand rows (or as many as it takes) of every table, of six sellers. */
  const costs: Record<string, [number, number]> = {
    pay_gap: [30, 112],
    weighted_score: [5, 176],
    wage_histogram: [38, 616],
    wage_by_occupation: [33, 420],
    wage_t_test_by_union: [30, 112],
    sex_and_occupation: [36, 414],
    scorecard: [10, 137],
    wage_correlations: [3, 672],
    wage_moment_regression: [2, 48],
    log_wage_regression: [387, 664],
    union_regression: [1714, 92481],
    union_regression_by_gradient: [5063, 149288],
    wage_components: [1817, 550],
    worker_clusters: [963, 6101],
    descriptive_statistics: [105, 6754],
    second_price_auction: [112, 6509],
    double_auction: [143, 7001],
    kaplan_meier: [10, 630],
    intersection_size: [144, 17295],
    private_wage_histogram: [10, 504],
    private_mean_wage: [20, 316],
    linear_score: [42, 0],
    logistic_score: [53, 1943],
    tree_score: [63, 2047],
    wage_by_joined_education: [192, 18753],
  };

  it("costs what is written here", async () => {
    const found: Record<string, [number, number]> = {};
    for (const program of library.values()) {
      const rows = largestRows(program, 100_000);
      const most = rows[0]!;
      const { rounds, bytesSent } = await costOfProgram(program, rows, ofSellers(rows));
      const bytes = bytesSent.reduce((sum, each) => sum + each, 0);
      found[program.name] = [rounds, Math.round(bytes / most)];
    }
    expect(found).to.deep.equal(costs);
  });
});
