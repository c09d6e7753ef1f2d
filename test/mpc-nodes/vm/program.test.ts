import { programSuite } from "../../suites/program.suite.ts";
import { solveProgramSuite } from "../../suites/solve-program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

for (const runner of [clearRunner, fourRunner(seed), threeRunner(seed)]) solveProgramSuite(runner);

programSuite(clearRunner, 300);
programSuite(fourRunner(seed), 40);
programSuite(threeRunner(seed), 40);
