import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { importShares } from "@sharebridge/mpc-nodes/protocol/three/import-shares.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { expect } from "chai";
import { type MpcRunner, openAll } from "../../suites/mpc-runner.ts";
import { allOf, type Dealt, deal, runThree, testHeap } from "./parties.ts";
import { seededRandom } from "./seeded-random.ts";

/** This party's part of a column that was dealt to four. */
export function takeThree({ mpc }: ThreeSession, { word, length, shares }: Dealt): Vector {
  return importShares(mpc.context, word, length, (j) => shares[j]!);
}

/** Three parties in memory; whoever is left out by turns, unless it is said. The heap is empty again after every run. */
export function threeRunner(seed: number, excluded?: PartyId): MpcRunner {
  let runs = 0;
  return {
    name: excluded === undefined ? "three parties" : `three parties without ${excluded}`,
    async run(inputs, body) {
      const random = seededRandom(seed, `runner ${runs++}`);
      const dealt = inputs.map(({ words, word }) => deal(words, random, word));
      const left = excluded ?? ((runs % 4) as PartyId);
      const before = testHeap().usedBytes;
      const run = await runThree(
        left,
        async (session) => {
          const outputs = await session.mpc.scope((mpc) =>
            body(
              mpc,
              dealt.map((each) => takeThree(session, each)),
            ),
          );
          return openAll(session.mpc, outputs);
        },
        { seed: seed + runs },
      );
      const results = allOf(run);
      expect(results.length).to.equal(partiesExcept(left).length);
      for (const result of results) expect(result, "all parties open the same").to.deep.equal(results[0]);
      expect(testHeap().usedBytes, "nothing is left in the heap").to.equal(before);
      return results[0]!;
    },
  };
}
