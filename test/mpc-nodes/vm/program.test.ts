import { programSuite } from "../../suites/program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

programSuite(clearRunner, 300);
programSuite(fourRunner(seed), 40);
programSuite(threeRunner(seed), 40);
