/** The primitives and what is built of them, by four parties in memory. */
import { functionSuites } from "../../suites/functions/index.ts";
import { mpcPrimitivesSuite } from "../../suites/mpc-primitives.suite.ts";
import { seed } from "../../support/seed.ts";
import { fourRunner } from "../support/four-runner.ts";

const runner = fourRunner(seed);
mpcPrimitivesSuite(runner);
functionSuites(runner);
