/**
 * Mean and sample variance (divided by n - 1) of a linear score with the buyer's public weights:
 * score = intercept + weight_education * education + weight_experience * experience.
 *
 * Scales. Weights have 16 fraction bits, years 24, so a product has 40; it is cut to 16 before squaring. A score is at
 * most 100 + 100 * 40 + 100 * 80 = 12,100 (below 2^14): its square with 32 bits is below 2^60, and with the 15 bits that
 * are kept a sum over 1,000,000 rows is below 2^63.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import { sampleVariance } from "./sample-variance.ts";

const { divide, rows } = expression;

const WEIGHT_BITS = 16;
const YEAR_BITS = 24;
/** Bits cut from the squares, 32 - 15. */
const SQUARE_BITS_CUT = 17;

function weight(name: string) {
  return { name, fractionBits: WEIGHT_BITS, minimum: "-100", maximum: "100" };
}

export const weightedScore: Program = trace(
  {
    name: "weighted_score",
    description:
      "Mean and sample variance of a linear score of education and experience with the buyer's public weights.",
    columns: [
      { name: "education", kind: "number", fractionBits: YEAR_BITS, minimum: "0", maximum: "40" },
      { name: "experience", kind: "number", fractionBits: YEAR_BITS, minimum: "0", maximum: "80" },
    ],
    parameters: [weight("intercept"), weight("weight_education"), weight("weight_experience")],
    maximumRows: 1_000_000,
  },
  (t) => {
    const weighted = t.add(
      t.multiply(t.parameter("weight_education"), t.input("education")),
      t.multiply(t.parameter("weight_experience"), t.input("experience")),
    );
    const score = t.add(t.truncate(weighted, YEAR_BITS), t.parameter("intercept"));
    const sum = t.output("score_sum", t.sum(score));
    const squares = t.truncate(t.multiply(score, score), SQUARE_BITS_CUT);
    const squareSum = t.output("score_square_sum", t.sum(squares));

    t.finish("mean_score", "Mean score", divide(sum, rows));
    t.finish("variance_score", "Sample variance of the score (n - 1)", sampleVariance(rows, sum, squareSum));
  },
);
