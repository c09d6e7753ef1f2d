/** What every operation of `Mpc` must do, whoever computes: against expectations worked out in bigints. */
import type { MpcRunner } from "./mpc-runner.ts";
import { bitsSuite } from "./primitives/bits.suite.ts";
import { randomnessSuite } from "./primitives/randomness.suite.ts";
import { refusalsSuite } from "./primitives/refusals.suite.ts";
import { tasksSuite } from "./primitives/tasks.suite.ts";
import { truncationSuite } from "./primitives/truncation.suite.ts";
import { vectorsSuite } from "./primitives/vectors.suite.ts";

export function mpcPrimitivesSuite(runner: MpcRunner): void {
  vectorsSuite(runner);
  truncationSuite(runner);
  bitsSuite(runner);
  randomnessSuite(runner);
  tasksSuite(runner);
  refusalsSuite(runner);
}
