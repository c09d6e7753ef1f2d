import type { MpcRunner } from "../mpc-runner.ts";
import { compareSuite } from "./compare.suite.ts";
import { divideSuite } from "./divide.suite.ts";
import { elementarySuite } from "./elementary.suite.ts";
import { linearSolveSuite } from "./linear-solve.suite.ts";
import { logisticRegressionSuite } from "./logistic-regression.suite.ts";
import { maskedScoresSuite } from "./masked-scores.suite.ts";
import { matchSuite } from "./match.suite.ts";
import { noiseSuite } from "./noise.suite.ts";
import { sortSuite } from "./sort.suite.ts";
import { squareRootSuite } from "./square-root.suite.ts";
import { withinSuite } from "./within.suite.ts";

/** All suites of functions, for each implementation of `Mpc`. */
export function functionSuites(runner: MpcRunner): void {
  compareSuite(runner);
  withinSuite(runner);
  divideSuite(runner);
  squareRootSuite(runner);
  elementarySuite(runner);
  linearSolveSuite(runner);
  maskedScoresSuite(runner);
  logisticRegressionSuite(runner);
  noiseSuite(runner);
  sortSuite(runner);
  matchSuite(runner);
}
