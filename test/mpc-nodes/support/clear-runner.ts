import { ClearMpc } from "@sharebridge/mpc-nodes/protocol/clear/clear-mpc.ts";
import { ClearVector } from "@sharebridge/mpc-nodes/protocol/clear/values.ts";
import { type MpcRunner, openAll } from "../../suites/mpc-runner.ts";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "./seeded-random.ts";

/** Runs in the clear. */
export const clearRunner: MpcRunner = {
  name: "in the clear",
  async run(inputs, body) {
    const mpc = new ClearMpc({ random: seededRandom(seed, "clear") });
    const outputs = await body(
      mpc,
      inputs.map(({ words, word }) => new ClearVector(word, words)),
    );
    return openAll(mpc, outputs);
  },
};
