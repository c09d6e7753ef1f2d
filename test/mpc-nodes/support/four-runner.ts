import { expect } from "chai";
import { type MpcRunner, openAll } from "../../suites/mpc-runner.ts";
import { deal, runHonest, take } from "./parties.ts";
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
          return openAll(session.mpc, outputs);
        },
        { seed: seed + runs },
      );
      for (const result of results) expect(result, "all parties open the same").to.deep.equal(results[0]);
      return results[0]!;
    },
  };
}
