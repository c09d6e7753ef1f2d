import { groupsSuite } from "../../suites/groups.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

groupsSuite(clearRunner, 400);
groupsSuite(fourRunner(seed), 12);
groupsSuite(threeRunner(seed), 12);
