/**
 * How many rows a scorecard passes: score = intercept + weight_education * education + weight_experience * experience is at least the
 * threshold, all four of them the buyer's public parameters.
 *
 * Scales. Weights have 16 fraction bits, years 24 and are taken as encoded, so a score has 40 and is exact: nothing is truncated before
 * the comparison, and the count is exact for years rounded to 2^-24. A score is below 2^14 in size: 54 bits of 62.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";

const { divide, rows } = expression;

const WEIGHT_BITS = 16;
const YEAR_BITS = 24;
const SCORE_BITS = WEIGHT_BITS + YEAR_BITS;

function weight(name: string) {
  return { name, fractionBits: WEIGHT_BITS, minimum: "-100", maximum: "100" };
}

function score(name: string) {
  return { name, fractionBits: SCORE_BITS, minimum: "-20000", maximum: "20000" };
}

export const scorecard: Program = trace(
  {
    name: "scorecard",
    description:
      "How many rows reach a threshold of a linear score of education and experience, with the buyer's public weights.",
    columns: [
      { name: "education", kind: "number", fractionBits: YEAR_BITS, minimum: "0", maximum: "40" },
      { name: "experience", kind: "number", fractionBits: YEAR_BITS, minimum: "0", maximum: "80" },
    ],
    parameters: [weight("weight_education"), weight("weight_experience"), score("intercept"), score("threshold")],
    maximumRows: 1_000_000,
  },
  (t) => {
    const weighted = t.add(
      t.multiply(t.parameter("weight_education"), t.encoded("education")),
      t.multiply(t.parameter("weight_experience"), t.encoded("experience")),
    );
    const passes = t.atLeast(t.add(weighted, t.parameter("intercept")), t.parameter("threshold"));
    const passed = t.output("passed", t.count(passes));
    t.finish("passed", "Rows that reach the threshold", passed);
    t.finish("share", "Share of rows that reach the threshold", divide(passed, rows));
  },
);
