/**
 * Says nothing any more from its k-th message on, for every k: to all, or to one peer alone, which is starved and looks silent to the
 * others; in each seat, among four and among three.
 */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { inBatches } from "../stage.ts";
import { alone, type Body, OPERATIONS } from "./operations.ts";
import { AT_ONCE, BRIEF_MS, type Lie, lies, opensFalselyTo, overcome, record } from "./support.ts";

const LONG = ["sort", "divide"];

/** All operations but the long ones side by side: a silence is one in each of them. */
const body: Body = { operations: OPERATIONS.filter((name) => name !== "seal" && !LONG.includes(name)), seals: true };

const falls =
  (from: number, starved: readonly PartyId[]) =>
  (): Lie =>
  ({ to, index, payload }) =>
    starved.includes(to) && index >= from ? [] : [payload];

/** How many messages a party sends to the peer that it sends most to. */
async function most(name: string, body: Body, culprit: PartyId, framed: PartyId | null): Promise<number> {
  const frames = await record(`silence ${name}`, body, framed, [culprit]);
  return 1 + Math.max(...frames.map(({ index }) => index));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

describe("silence from the k-th message on, for every k", () => {
  for (const culprit of PARTIES) {
    it(`to all, and to one peer, among four: seat ${culprit}`, async () => {
      const count = await most("four", body, culprit, null);
      const cases = range(count).flatMap((k) => {
        const peers = partiesExcept(culprit);
        return [peers, [peers[k % 3]]].map((starved) => ({ k, starved }));
      });
      await inBatches(
        cases,
        async ({ k, starved }) => {
          await overcome(`silent ${k} to ${starved}`, culprit, lies([0, falls(k, starved)]), {
            body,
            receiveMs: BRIEF_MS,
          });
        },
        AT_ONCE,
      );
    });
  }

  for (const name of LONG) {
    it(`to all, in turn from each seat: ${name}`, async () => {
      const count = await most(name, alone(name), 0, null);
      await inBatches(
        range(count),
        async (k) => {
          const culprit = PARTIES[k % 4];
          const attack = lies([0, falls(k, partiesExcept(culprit))]);
          await overcome(`silent ${name} ${k}`, culprit, attack, { body: alone(name), receiveMs: BRIEF_MS });
        },
        AT_ONCE,
      );
    });
  }

  for (const culprit of PARTIES.slice(1)) {
    it(`to all, or to one peer, among three: seat ${culprit}`, async () => {
      const framed = PARTIES[culprit - 1];
      const peers = partiesExcept(culprit, framed);
      const count = await most("three", body, culprit, framed);
      const cases = range(count).map((k) => ({ k, starved: (k + culprit) % 2 === 0 ? peers : [peers[(k >> 1) % 2]] }));
      await inBatches(
        cases,
        async ({ k, starved }) => {
          const attack = lies([0, opensFalselyTo(framed)], [1, falls(k, starved)]);
          await overcome(`silent of three ${k} to ${starved}`, culprit, attack, { body, receiveMs: BRIEF_MS });
        },
        AT_ONCE,
      );
    });
  }
});
