/** What is built of the primitives, by four parties in memory. */
import { functionSuites } from "../../suites/functions/index.ts";
import { seed } from "../../support/seed.ts";
import { fourRunner } from "../support/four-runner.ts";

functionSuites(fourRunner(seed));
