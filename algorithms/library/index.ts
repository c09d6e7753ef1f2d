/** The standard library: every algorithm by name. */
import type { Program } from "../language/program.ts";
import { payGap } from "./pay-gap.ts";
import { weightedScore } from "./weighted-score.ts";

export { payGap, weightedScore };

export const library: ReadonlyMap<string, Program> = new Map(
  [payGap, weightedScore].map((program) => [program.name, program]),
);
