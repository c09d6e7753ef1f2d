/** The primitives and what is built of them, in the clear. */
import { functionSuites } from "../../suites/functions/index.ts";
import { mpcPrimitivesSuite } from "../../suites/mpc-primitives.suite.ts";
import { clearRunner } from "../support/clear-runner.ts";

mpcPrimitivesSuite(clearRunner);
functionSuites(clearRunner);
