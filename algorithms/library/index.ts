/** The standard library: every algorithm by name, and how those of them that fit any column are made for another one. */
import type { Program } from "../language/program.ts";
import { chiSquare } from "./chi-square.ts";
import { groupStatistics } from "./group-statistics.ts";
import { histogram } from "./histogram.ts";
import { linearRegression } from "./linear-regression.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { payGap } from "./pay-gap.ts";
import { scorecard } from "./scorecard.ts";
import { weightedScore } from "./weighted-score.ts";
import { welchTTest } from "./welch-t-test.ts";

export { chiSquareOf } from "./chi-square.ts";
export { groupStatisticsOf } from "./group-statistics.ts";
export { histogramOf } from "./histogram.ts";
export { linearRegressionOf } from "./linear-regression.ts";
export { logisticRegressionOf } from "./logistic-regression.ts";
export { welchTTestOf } from "./welch-t-test.ts";
export {
  chiSquare,
  groupStatistics,
  histogram,
  linearRegression,
  logisticRegression,
  payGap,
  scorecard,
  weightedScore,
  welchTTest,
};

export const library: ReadonlyMap<string, Program> = new Map(
  [
    payGap,
    weightedScore,
    histogram,
    groupStatistics,
    welchTTest,
    chiSquare,
    scorecard,
    linearRegression,
    logisticRegression,
  ].map((program) => [program.name, program]),
);
