/** The primitives and what is built of them, by three parties in memory. */

import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { functionSuites } from "../../suites/functions/index.ts";
import { mpcPrimitivesSuite } from "../../suites/mpc-primitives.suite.ts";
import { seed } from "../../support/seed.ts";
import { threeRunner } from "../support/three-runner.ts";

for (const excluded of PARTIES) mpcPrimitivesSuite(threeRunner(seed, excluded));
functionSuites(threeRunner(seed));
