/**
 * Delays what it sends: by so much less than the receive timeout that nothing changes but the time, or by more, which is silence. Not covered
 * is what lies between, where delays to one peer add up over rounds in which the others need nothing of it (`docs/protocol/disputes.md`).
 */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { seed } from "../../../support/seed.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { type Attack, later, overridden, type SessionName } from "../attack.ts";
import { inBatches } from "../stage.ts";
import { alone, type Body, OPERATIONS } from "./operations.ts";
import { isAttempt, overcome } from "./support.ts";

const RECEIVE_MS = 500;
const body: Body = { operations: OPERATIONS.filter((name) => !["seal", "sort", "divide"].includes(name)), seals: true };
/** They compute next to nothing: most of it is waiting. */
const ALL_AT_ONCE = { atOnce: 32 };

type DelayMs = (to: PartyId, index: number) => number;

/** Each message leaves so much later, and none before the one that it follows. */
function delayed(network: Network, delayMs: DelayMs): Network {
  const counts = [0, 0, 0, 0];
  const queues = PARTIES.map(() => ({ due: 0, waiting: [] as Uint8Array[] }));
  return overridden(network, {
    send(to, payload) {
      const queue = queues[to];
      const now = performance.now();
      queue.due = Math.max(queue.due, now + delayMs(to, counts[to]++));
      queue.waiting.push(payload.slice());
      later(queue.due - now, () => network.send(to, queue.waiting.shift()!));
    },
  });
}

const delays = (which: (name: SessionName) => boolean, delayMs: DelayMs): Attack => ({
  network: (network, name) => (which(name) ? delayed(network, delayMs) : network),
  // What is on its way still arrives.
  closesAfterMs: 2 * RECEIVE_MS,
});

const any = (): boolean => true;

describe("a culprit that delays", () => {
  it("every message by some time below the timeout changes nothing", async () => {
    await inBatches(
      PARTIES,
      async (culprit) => {
        const random = seededRandom(seed, `delays ${culprit}`);
        const attack = delays(any, () => (random(1)[0] / 256) * 0.5 * RECEIVE_MS);
        const played = await overcome("below", culprit, attack, { body, receiveMs: RECEIVE_MS }, { attempts: [0] });
        if (played.honest.some((party) => played.hooks[party].evidence.length > 0))
          throw new Error("somebody is named");
      },
      ALL_AT_ONCE,
    );
  });

  for (const name of ["shuffle", "shuffleBits", "multiply", "compare"]) {
    it(`all that it tells one peer, by a fifth of the timeout: ${name}`, async () => {
      const cases = PARTIES.flatMap((culprit) => partiesExcept(culprit).map((victim) => ({ culprit, victim })));
      await inBatches(
        cases,
        async ({ culprit, victim }) => {
          const attack = delays(any, (to) => (to === victim ? 0.2 * RECEIVE_MS : 0));
          await overcome(`${name} to ${victim}`, culprit, attack, { body: alone(name), receiveMs: RECEIVE_MS });
        },
        ALL_AT_ONCE,
      );
    });
  }

  it("from some message on by more than the timeout is silent", async () => {
    const cases = PARTIES.flatMap((culprit) => [0, 1, 4, 7, 10].map((k) => ({ culprit, k })));
    await inBatches(
      cases,
      async ({ culprit, k }) => {
        const attack = delays(isAttempt(0), (_to, index) => (index >= k ? 1.5 * RECEIVE_MS : 0));
        await overcome(`above ${k}`, culprit, attack, { body, receiveMs: RECEIVE_MS }, { told: true });
      },
      ALL_AT_ONCE,
    );
  });
});
