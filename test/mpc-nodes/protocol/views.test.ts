/**
 * What a single party receives is uniform given all that it knows already. So that nothing but the masks can hide the
 * input, the input stands bare in one share and the other shares are zero; and as the receiver can draw from all keys but
 * its own index's, every other mask is set to zero for its test.
 */
import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { OPEN_SESSION_COST } from "@sharebridge/mpc-nodes/protocol/cost.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { dealShares, type Parts, runHonest } from "../support/parties.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../support/uniformity.ts";
import { type VectorOperation, vectorOperations } from "./operation-table.ts";

const ROWS = 4096;

function bareShares(value: bigint, carrier: PartyId): Parts {
  return dealShares(PARTIES.map((j) => new BigUint64Array(ROWS).fill(j === carrier ? value : 0n)));
}

/** Leaves out masks: those drawn from keys that `keep` refuses are zero, at all parties alike. */
function masksOf(keep: (j: PartyId) => boolean): (session: Session) => Session {
  return (session) => ({
    ...session,
    randomness: {
      ...session.randomness,
      words: (j, purpose, length) =>
        keep(j) ? session.randomness.words(j, purpose, length) : new BigUint64Array(length),
    },
  });
}

/** All that `receiver` receives in the operation, the coin toss excluded. */
async function viewOf(
  receiver: PartyId,
  operation: VectorOperation,
  parts: Parts,
  alter: (session: Session) => Session,
): Promise<Uint8Array> {
  const { memory } = await runHonest((s) => vectorOperations[operation](s, parts[s.party]!), { seed, alter });
  const frames = memory.events.filter(
    ({ kind, index, to }) => kind === "received" && to === receiver && index >= OPEN_SESSION_COST.rounds,
  );
  return concatenateBytes(frames.map(({ payload }) => payload));
}

const receivers: Record<"multiply" | "truncate" | "refresh", readonly PartyId[]> = {
  multiply: [0, 1, 2, 3],
  truncate: [0, 1, 2, 3],
  refresh: [1, 2, 3],
};

describe("protocol: a single party's view", () => {
  for (const operation of ["multiply", "truncate", "refresh"] as const) {
    it(`${operation}: is uniform by the masks that the receiver cannot draw, for any input`, async () => {
      for (const receiver of receivers[operation]) {
        for (const value of [0n, 1n, (1n << 40n) + 3n]) {
          for (const carrier of PARTIES) {
            const view = await viewOf(
              receiver,
              operation,
              bareShares(value, carrier),
              masksOf((j) => j === receiver),
            );
            expect(view.length).to.be.at.least(ROWS * 8);
            const label = `value ${value} in share ${carrier}, party ${receiver}`;
            expect(byteChiSquare(view), label).to.be.below(CHI_SQUARE_BOUND);
            // Of a zero input the words are the masks: none is used twice.
            if (value === 0n) expect(new Set(decodeWords(view)).size, label).to.equal(view.length / 8);
          }
        }
      }
    });

    it(`${operation}: control: with every mask but those, the same test fails`, async () => {
      for (const receiver of receivers[operation]) {
        const view = await viewOf(
          receiver,
          operation,
          bareShares(1n, 0),
          masksOf((j) => j !== receiver),
        );
        expect(byteChiSquare(view), `party ${receiver}`).to.be.above(CHI_SQUARE_BOUND);
      }
    });
  }
});
