import { tablesSuite } from "../../suites/tables.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

tablesSuite(clearRunner, 60);
tablesSuite(fourRunner(seed), 2);
tablesSuite(threeRunner(seed), 2);
