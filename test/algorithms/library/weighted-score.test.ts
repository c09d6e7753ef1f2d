import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { finish } from "@sharebridge/algorithms/language/finish.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import { library, weightedScore } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { texts, workers } from "../support/cps.ts";

const inputs = new Map(
  weightedScore.columns.map((column) => [column.name, encodeColumn(column, texts(column.name as "education"))]),
);

describe("weighted score", () => {
  it("is in the library", () => {
    expect(library.get("weighted_score")).to.equal(weightedScore);
    expect(analyse(weightedScore).maximumRows).to.equal(1_000_000);
  });

  it("gives mean and variance of the buyer's score of the CPS of 1985", () => {
    for (const [intercept, education, experience] of [
      ["-3.25", "0.75", "0.0625"],
      ["0", "0", "-100"],
      ["100", "100", "100"],
    ]) {
      const weights = { intercept, weight_education: education, weight_experience: experience };
      const parameters = encodeParameterTexts(weightedScore, weights);
      const words = evaluateWords(weightedScore, inputs, parameters, workers.length);
      const [mean, variance] = finish(weightedScore, words, { rows: workers.length, parameters });

      const scores = workers.map(
        (worker) => Number(intercept) + Number(education) * worker.education + Number(experience) * worker.experience,
      );
      const average = scores.reduce((total, score) => total + score, 0) / scores.length;
      const spread = scores.reduce((total, score) => total + (score - average) ** 2, 0) / (scores.length - 1);
      expect(Math.abs((mean.value as number) - average)).to.be.at.most((mean.error as number) + 1e-9);
      expect(Math.abs((variance.value as number) - spread)).to.be.at.most((variance.error as number) + 1e-6);
      expect(mean.error).to.be.lessThan(1e-4);
    }
  });

  it("declares smaller errors once the weights are known", () => {
    const weights = { intercept: "0", weight_education: "1", weight_experience: "0.125" };
    const parameters = encodeParameterTexts(weightedScore, weights);
    const known = analyse(weightedScore, 534, parameters).outputs[1].error;
    const unknown = analyse(weightedScore, 534).outputs[1].error;
    expect(Number(known.numerator) / Number(known.denominator)).to.be.lessThan(
      Number(unknown.numerator) / Number(unknown.denominator) / 50,
    );
  });
});
