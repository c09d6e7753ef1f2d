/** What is built of the primitives, in the clear. */
import { functionSuites } from "../../suites/functions/index.ts";
import { clearRunner } from "../support/clear-runner.ts";

functionSuites(clearRunner);
