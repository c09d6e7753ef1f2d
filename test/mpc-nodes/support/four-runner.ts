import { expect } from "chai";
import type { MpcRunner } from "../../suites/mpc-runner.ts";
import { deal, runHonest, take, unpackWords } from "./parties.ts";
import { seededRandom } from "./seeded-random.ts";

/** Four parties in memory, whose heap is empty again after every run. */
export function fourRunner(seed: number): MpcRunner {
  let runs = 0;
  return {
    name: "four parties",
    async run(inputs, body) {
      const random = seededRandom(seed, `runner ${runs++}`);
      const dealt = inputs.map(({ words, word }) => deal(words, random, word));
      const { results } = await runHonest(
        async (session) => {
          const outputs = await session.mpc.scope((mpc) =>
            body(
              mpc,
              dealt.map((each) => take(session, each)),
            ),
          );
          const opened: bigint[][] = [];
          for (const output of outputs) {
            if (output.kind === "vector") {
              const [words] = await session.mpc.open([output]);
              opened.push(unpackWords(words!, output.word));
            } else {
              const [words] = await session.mpc.openBits([output]);
              opened.push([...words!]);
            }
          }
          return opened;
        },
        { seed: seed + runs },
      );
      for (const result of results) expect(result, "all parties open the same").to.deep.equal(results[0]);
      return results[0]!;
    },
  };
}
