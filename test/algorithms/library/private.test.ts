/** The library's programs with noise, on the 534 workers of the CPS of 1985, against figures that are computed otherwise. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { finish } from "@sharebridge/algorithms/language/finish.ts";
import { privacyCostOf } from "@sharebridge/algorithms/language/privacy-cost.ts";
import { toNumber } from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import {
  privateHistogram,
  privateHistogramOf,
  privateMean,
  privateMeanOf,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { expectCloseTo } from "../../support/close-to.ts";
import { cpsInputs, workers } from "../support/cps.ts";
import { ofSellers } from "../support/unprotected.ts";

const rows = workers.length;

describe("a private histogram", () => {
  it("has the counts of the bins, to which noise of scale 2/ε is added, however many bins there are", () => {
    const words = evaluateWords(privateHistogram, cpsInputs(privateHistogram), [], rows);
    const bin = (from: number, to: number) => BigInt(workers.filter(({ wage }) => wage >= from && wage < to).length);
    const edges = [0, 5, 10, 15, 20, 25, 30, Number.POSITIVE_INFINITY];
    expect(words).to.deep.equal(edges.slice(0, -1).map((edge, index) => bin(edge, edges[index + 1])));
    expect(words.reduce((a, b) => a + b)).to.equal(BigInt(rows));
    const [noise] = analyse(privateHistogram).noise.values();
    expect(toNumber(noise.parameter)).to.equal(4);
    const many = privateHistogramOf({
      ...{ name: "many", epsilon: "0.5", maximumRows: 1_000 },
      column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
      edges: Array.from({ length: 60 }, (_, index) => String(index + 1)),
    });
    expect([...analyse(many).noise.values()].map(({ parameter }) => toNumber(parameter))).to.deep.equal([4]);
  });

  it("of an optional column needs no more noise: a row without a value is in no bin", () => {
    const column = {
      name: "wage",
      kind: "number",
      fractionBits: 0,
      minimum: "1",
      maximum: "99",
      optional: true,
    } as const;
    const gaps = privateHistogramOf({ name: "gaps", epsilon: "0.5", maximumRows: 10, column, edges: ["10", "20"] });
    expect([...analyse(gaps).noise.values()].map(({ parameter }) => toNumber(parameter))).to.deep.equal([4]);
    const inputs = new Map([
      ["wage", [5n, 15n, 25n, 25n, 1n]],
      ["wage.present", [1n, 1n, 1n, 0n, 0n]],
    ]);
    expect(evaluateWords(gaps, inputs, [], 5)).to.deep.equal([1n, 1n, 1n]);
  });

  it("reads and discloses noise and cost, and no bin as a protected group", () => {
    expect(privacyCostOf(privateHistogram)).to.deep.equal({ epsilonMillionths: 500_000n, deltaE18: 11n, unit: "row" });
    const figures = finish(privateHistogram, [-3n, 200n, 150n, 70n, 20n, 9n, 4n], { rows });
    expect(figures[0]).to.deep.equal({
      name: "count_0",
      label: "Rows with wage below 5",
      value: -3,
      error: 0,
      likelyError: 21,
    });
    const statement = disclosureStatement(privateHistogram);
    expect(statement).to.match(
      /- Laplace, epsilon 0\.5 and delta [\d.]+ an answer: bin_0, bin_1, bin_2, bin_3, bin_4, bin_5, bin_6\n/,
    );
    expect(statement).not.to.match(/Minimum group|in steps along|No noise/);
  });
});

describe("a private mean", () => {
  it("is that of the clamped values, within its error without noise and its likely error with it", () => {
    const words = evaluateWords(privateMean, cpsInputs(privateMean), [], rows);
    const [mean] = finish(privateMean, words, { rows });
    if (mean.undefinedReason !== undefined) throw new Error(mean.undefinedReason);
    const clamped = workers.reduce((sum, { wage }) => sum + Math.min(wage, 50), 0) / rows;
    expect(Math.abs(mean.value - clamped)).to.be.at.most(mean.error + 1e-12);
    expect(mean.error).to.be.at.most(2 ** -22);
    // Noise of scale 50/0.5 on the sum.
    expectCloseTo(mean.likelyError, (100 * Math.log(1_000 / 49)) / rows, 0.01);
    expect(privacyCostOf(privateMean)).to.include({ epsilonMillionths: 500_000n, unit: "row" });
  });

  it("has less noise the narrower it is clamped, and more for sellers of more rows", () => {
    const scaleOf = (most: string, maximumRows?: number) => {
      const program = privateMeanOf({
        ...{ name: "mean", least: "0", most, epsilon: "1", maximumRows: 1_000 },
        column: { name: "wage", kind: "number", fractionBits: 4, minimum: "0", maximum: "500" },
        ...(maximumRows === undefined ? {} : { privacy: { unit: "seller", maximumRows } }),
      });
      return toNumber([...analyse(program).noise.values()][0].parameter) / 16;
    };
    expect([scaleOf("500"), scaleOf("50"), scaleOf("50", 1), scaleOf("50", 89)]).to.deep.equal([500, 50, 50, 4_450]);
    const bySeller = privateMeanOf({
      ...{ name: "mean", least: "0", most: "50", epsilon: "1", maximumRows: 1_000 },
      column: privateMean.columns[0] as never,
      privacy: { unit: "seller", maximumRows: 100 },
    });
    // Six sellers of 89 rows each.
    const words = evaluateWords(bySeller, cpsInputs(bySeller), [], rows, undefined, ofSellers(rows));
    expect(words).to.deep.equal(evaluateWords(privateMean, cpsInputs(privateMean), [], rows));
  });
});
