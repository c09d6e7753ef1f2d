/**
 * The noise of a program. It hangs on nothing, so all of it is drawn at once, side by side with the first level (`levelsOf`): together they have the
 * rounds of whichever is longest.
 */
import type { Noises } from "@sharebridge/algorithms/language/noise/noise-finder.ts";
import { discreteGaussian } from "../protocol/functions/noise/gaussian.ts";
import { discreteLaplace } from "../protocol/functions/noise/laplace.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";

/** By the instruction that adds it, one element for each scalar: the same in every attempt at a request (PROTOCOL 8). */
export type DrawnNoise = ReadonlyMap<number, Vector>;

/** Tasks that draw it, in the order of the instructions. */
export function noiseTasks(noises: Noises): ((task: Mpc) => Promise<Vector>)[] {
  return [...noises.values()].map(
    ({ distribution, parameter, draws }) =>
      (task: Mpc) =>
        distribution === "laplace"
          ? discreteLaplace(task, draws, { scale: parameter })
          : discreteGaussian(task, draws, { variance: parameter }),
  );
}
