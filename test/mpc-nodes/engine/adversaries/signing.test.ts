/** Finishes, and then refuses to sign, or says of what it computed one thing to one peer and another to another; in each seat. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { type Attack, keepsTheAnswer } from "../attack.ts";
import { inBatches } from "../stage.ts";
import { alone } from "./operations.ts";
import {
  AT_ONCE,
  BRIEF_MS,
  ENDING_FRAMES,
  flipped,
  type Lie,
  lies,
  opensFalselyTo,
  overcome,
  PAIRS,
  record,
} from "./support.ts";

type End = "vote" | "signature";

const body = alone("multiply");

/** Says something else in the end of the attempt to some peers; nothing, where `change` gives null. */
const atTheEnd =
  (
    end: End,
    peers: readonly PartyId[],
    change: (payload: Uint8Array, to: PartyId) => Uint8Array | null,
    before: readonly number[],
  ) =>
  (): Lie =>
  ({ to, index, payload }) => {
    const isEnd = index === before[to] + (end === "vote" ? 0 : 1);
    const said = isEnd && peers.includes(to) ? change(payload, to) : payload;
    return said === null ? [] : [said];
  };

const WAYS: Record<string, (payload: Uint8Array, to: PartyId) => Uint8Array | null> = {
  "keeps back its": () => null,
  "sends another": (payload) => flipped(payload, 5),
  "sends to each peer another": (payload, to) => payload.map((byte) => byte ^ (to + 1)),
};

/** How many payloads go from one party to each other before its vote. */
async function beforeVote(culprit: PartyId, framed: PartyId | null): Promise<number[]> {
  const frames = await record("votes", body, framed, [culprit]);
  return PARTIES.map((to) => frames.filter((frame) => frame.to === to).length - ENDING_FRAMES);
}

describe("at the end of an attempt a culprit", () => {
  for (const [name, way] of Object.entries(WAYS)) {
    for (const end of ["vote", "signature"] as const) {
      it(`${name} ${end}, to one, two or all`, async () => {
        const cases = PARTIES.flatMap((culprit) => [1, 2, 3].map((count) => ({ culprit, count })));
        await inBatches(
          cases,
          async ({ culprit, count }) => {
            const peers = partiesExcept(culprit)
              .slice(culprit % 2 === 0 ? 0 : 3 - count)
              .slice(0, count);
            const attack: Attack = {
              ...lies([0, atTheEnd(end, peers, way, await beforeVote(culprit, null))]),
              status: keepsTheAnswer,
            };
            // The three others have three equal votes, and three signatures.
            await overcome(
              `${name} ${end} ${count}`,
              culprit,
              attack,
              { body, receiveMs: BRIEF_MS },
              { attempts: [0] },
            );
          },
          AT_ONCE,
        );
      });

      it(`${name} ${end} among three`, async () => {
        const cases = PAIRS.flatMap((pair) => [1, 2].map((count) => ({ ...pair, count })));
        await inBatches(
          cases,
          async ({ culprit, framed, count }) => {
            const peers = partiesExcept(culprit, framed).slice(0, count);
            const attack: Attack = {
              ...lies([0, opensFalselyTo(framed)], [1, atTheEnd(end, peers, way, await beforeVote(culprit, framed))]),
              status: keepsTheAnswer,
            };
            // One that has its signature has all three, and shows them to the others.
            const attempts = end === "signature" && count === 1 ? [1] : [2];
            await overcome(
              `${name} ${end} ${count} ${framed} of three`,
              culprit,
              attack,
              { body, receiveMs: BRIEF_MS },
              { attempts },
            );
          },
          AT_ONCE,
        );
      });
    }
  }
});
