/** The standard library: every algorithm by name, and how those of them that fit any column are made for another one. */
import type { Program } from "../language/program.ts";
import { chiSquare } from "./chi-square.ts";
import { correlationMatrix } from "./correlation-matrix.ts";
import { descriptiveStatistics } from "./descriptive-statistics.ts";
import { doubleAuction } from "./double-auction.ts";
import { groupStatistics } from "./group-statistics.ts";
import { histogram } from "./histogram.ts";
import { intersectionSize } from "./intersection-size.ts";
import { joinedStatistics } from "./joined-statistics.ts";
import { kaplanMeier } from "./kaplan-meier.ts";
import { linearRegression } from "./linear-regression.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { momentRegression } from "./moment-regression.ts";
import { payGap } from "./pay-gap.ts";
import { scorecard } from "./scorecard.ts";
import { secondPriceAuction } from "./second-price-auction.ts";
import { weightedScore } from "./weighted-score.ts";
import { welchTTest } from "./welch-t-test.ts";

export { chiSquareOf } from "./chi-square.ts";
export { correlationMatrixOf } from "./correlation-matrix.ts";
export { descriptiveStatisticsOf } from "./descriptive-statistics.ts";
export { groupStatisticsOf } from "./group-statistics.ts";
export { histogramOf } from "./histogram.ts";
export { intersectionSizeOf } from "./intersection-size.ts";
export { joinedStatisticsOf } from "./joined-statistics.ts";
export { kaplanMeierOf } from "./kaplan-meier.ts";
export { linearRegressionOf } from "./linear-regression.ts";
export { logisticRegressionOf } from "./logistic-regression.ts";
export { type MomentRegressor, momentRegressionOf } from "./moment-regression.ts";
export { DEFAULT_MINIMUM } from "./protection.ts";
export { welchTTestOf } from "./welch-t-test.ts";
export {
  chiSquare,
  correlationMatrix,
  descriptiveStatistics,
  doubleAuction,
  groupStatistics,
  histogram,
  intersectionSize,
  joinedStatistics,
  kaplanMeier,
  linearRegression,
  logisticRegression,
  momentRegression,
  payGap,
  scorecard,
  secondPriceAuction,
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
    correlationMatrix,
    momentRegression,
    linearRegression,
    logisticRegression,
    descriptiveStatistics,
    secondPriceAuction,
    doubleAuction,
    kaplanMeier,
    intersectionSize,
    joinedStatistics,
  ].map((program) => [program.name, program]),
);
