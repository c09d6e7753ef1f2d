/** The standard library: every algorithm by name, and how those of them that fit any column are made for another one. */
import type { Program } from "../language/program.ts";
import { chiSquare } from "./chi-square.ts";
import { correlationMatrix } from "./correlation-matrix.ts";
import { descriptiveStatistics } from "./descriptive-statistics.ts";
import { groupStatistics } from "./group-statistics.ts";
import { histogram } from "./histogram.ts";
import { kaplanMeier } from "./kaplan-meier.ts";
import { linearRegression } from "./linear-regression.ts";
import { payGap } from "./pay-gap.ts";
import { scorecard } from "./scorecard.ts";
import { weightedScore } from "./weighted-score.ts";
import { welchTTest } from "./welch-t-test.ts";

export { chiSquareOf } from "./chi-square.ts";
export { correlationMatrixOf } from "./correlation-matrix.ts";
export { descriptiveStatisticsOf } from "./descriptive-statistics.ts";
export { groupStatisticsOf } from "./group-statistics.ts";
export { histogramOf } from "./histogram.ts";
export { kaplanMeierOf } from "./kaplan-meier.ts";
export { linearRegressionOf, type Regressor } from "./linear-regression.ts";
export { welchTTestOf } from "./welch-t-test.ts";
export {
  chiSquare,
  correlationMatrix,
  descriptiveStatistics,
  groupStatistics,
  histogram,
  kaplanMeier,
  linearRegression,
  payGap,
  scorecard,
  weightedScore,
  welchTTest,
};

const programs = [
  payGap,
  weightedScore,
  descriptiveStatistics,
  histogram,
  groupStatistics,
  welchTTest,
  chiSquare,
  correlationMatrix,
  linearRegression,
  kaplanMeier,
  scorecard,
];

export const library: ReadonlyMap<string, Program> = new Map(programs.map((program) => [program.name, program]));
