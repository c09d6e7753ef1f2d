/** Four parties, or three, over TLS on loopback: one set of connections for all runs, a session for each. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { openThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { expect } from "chai";
import { type MpcRunner, openAll } from "../../suites/mpc-runner.ts";
import { idOf, REQUEST } from "../../suites/network-support.ts";
import { binding, deal, requestKeysOf, take, testHeap } from "./parties.ts";
import { seededRandom } from "./seeded-random.ts";
import { takeThree } from "./three-runner.ts";

let sessions = 0;

/**
 * @param transports by party, started before the first run
 * @param excluded who is left out, by turns when it is "by turns"; null for four parties
 */
export function tlsRunner(
  transports: () => readonly Transport[],
  seed: number,
  excluded: "by turns" | null,
): MpcRunner {
  let runs = 0;
  return {
    name: excluded === null ? "four parties over TLS" : "three parties over TLS",
    async run(inputs, body) {
      const random = seededRandom(seed, `runner ${runs++}`);
      const dealt = inputs.map(({ words, word }) => deal(words, random, word));
      const left = excluded === null ? null : ((runs % 4) as PartyId);
      const active = left === null ? PARTIES : partiesExcept(left);
      const id = idOf(sessions++);
      const heap = testHeap();
      const before = heap.usedBytes;
      const outcomes = await Promise.allSettled(
        active.map(async (party) => {
          const transport = transports()[party]!;
          const peers = active.filter((peer) => peer !== party);
          const network = await transport.openSession(id, REQUEST, peers);
          const requestKeys = requestKeysOf(party, seed);
          const options = { network, signer: transport, heap, binding, requestKeys };
          const opened = async () => {
            if (left === null) {
              const session = await openFourSession(options);
              return { session, columns: dealt.map((each) => take(session, each)) };
            }
            const session = await openThreeSession(options);
            return { session, columns: dealt.map((each) => takeThree(session, each)) };
          };
          let failure: Error | undefined;
          let close = async (): Promise<void> => {};
          try {
            const { session, columns } = await opened();
            close = () => session.close();
            const outputs = await session.mpc.scope((mpc) => body(mpc, columns));
            const results = await openAll(session.mpc, outputs);
            await network.idle();
            return results;
          } catch (error) {
            failure = error as Error;
            throw error;
          } finally {
            transport.closeSession(id, failure);
            await close();
          }
        }),
      );
      const results = outcomes.map((outcome) => {
        if (outcome.status === "rejected") throw outcome.reason;
        return outcome.value;
      });
      for (const result of results) expect(result, "all parties open the same").to.deep.equal(results[0]);
      expect(heap.usedBytes, "nothing is left in the heap").to.equal(before);
      return results[0]!;
    },
  };
}
