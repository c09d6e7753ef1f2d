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
import { kMeans } from "./k-means.ts";
import { kaplanMeier } from "./kaplan-meier.ts";
import { linearRegression } from "./linear-regression.ts";
import { linearScore } from "./linear-score.ts";
import { logisticGradient } from "./logistic-gradient.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { logisticScore } from "./logistic-score.ts";
import { momentRegression } from "./moment-regression.ts";
import { payGap } from "./pay-gap.ts";
import { principalComponents } from "./principal-components.ts";
import { privateHistogram } from "./private-histogram.ts";
import { privateMean } from "./private-mean.ts";
import { scorecard } from "./scorecard.ts";
import { secondPriceAuction } from "./second-price-auction.ts";
import { treeScore } from "./tree-score.ts";
import { weightedScore } from "./weighted-score.ts";
import { welchTTest } from "./welch-t-test.ts";

export { chiSquareOf } from "./chi-square.ts";
export { correlationMatrixOf } from "./correlation-matrix.ts";
export { descriptiveStatisticsOf } from "./descriptive-statistics.ts";
export { groupStatisticsOf } from "./group-statistics.ts";
export { histogramOf } from "./histogram.ts";
export { intersectionSizeOf } from "./intersection-size.ts";
export { joinedStatisticsOf } from "./joined-statistics.ts";
export { kMeansOf } from "./k-means.ts";
export { kaplanMeierOf } from "./kaplan-meier.ts";
export { linearRegressionOf } from "./linear-regression.ts";
export { linearScoreOf } from "./linear-score.ts";
export { logisticGradientOf } from "./logistic-gradient.ts";
export { logisticRegressionOf } from "./logistic-regression.ts";
export { logisticScoreOf } from "./logistic-score.ts";
export { type MomentRegressor, momentRegressionOf } from "./moment-regression.ts";
export { principalComponentsOf } from "./principal-components.ts";
export { privateHistogramOf } from "./private-histogram.ts";
export { privateMeanOf } from "./private-mean.ts";
export { DEFAULT_MINIMUM } from "./protection.ts";
export { treeScoreOf } from "./tree-score.ts";
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
  kMeans,
  linearRegression,
  linearScore,
  logisticGradient,
  logisticRegression,
  logisticScore,
  momentRegression,
  payGap,
  principalComponents,
  privateHistogram,
  privateMean,
  scorecard,
  secondPriceAuction,
  treeScore,
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
    logisticGradient,
    principalComponents,
    kMeans,
    descriptiveStatistics,
    secondPriceAuction,
    doubleAuction,
    kaplanMeier,
    intersectionSize,
    joinedStatistics,
    privateHistogram,
    privateMean,
    linearScore,
    logisticScore,
    treeScore,
  ].map((program) => [program.name, program]),
);
