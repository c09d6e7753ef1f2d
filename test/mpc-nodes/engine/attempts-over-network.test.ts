import { type Attempt, activeParties, activeSetOf } from "@sharebridge/mpc-nodes/engine/attempt-plan.ts";
import { runAttempts } from "@sharebridge/mpc-nodes/engine/attempts.ts";
import { endAttempt } from "@sharebridge/mpc-nodes/engine/ending.ts";
import { sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { Progress } from "@sharebridge/mpc-nodes/protocol/progress.ts";
import type { Verdict } from "@sharebridge/mpc-nodes/protocol/settlement/verdict.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { hexlify } from "ethers";

const REQUEST = `0x${"05".repeat(32)}`;
const signatureOf = (party: PartyId, { attempt }: Attempt) => hexlify(new Uint8Array(65).fill(16 * attempt + party));

/** The first attempt fails, the verdict is given, and the culprit votes for something else in every attempt after it. */
async function ends(culprit: PartyId, verdict: Verdict): Promise<string[]> {
  const transports = createMemoryTransports({ timeouts: { receiveMs: 2000 } });
  const run = async (party: PartyId, attempt: Attempt): Promise<string> => {
    if (attempt.attempt === 0) throw new Error("failed");
    const peers = activeParties(attempt).filter((peer) => peer !== party);
    const sessionId = sessionIdOf(REQUEST, attempt.attempt);
    const network = await transports[party]!.openSession(sessionId, REQUEST, peers);
    try {
      const { signatures } = await endAttempt({
        network,
        binding: new Uint8Array(32).fill(attempt.attempt),
        result: party === culprit ? "0x02" : "0x01",
        sign: async () => signatureOf(party, attempt),
        isSignature: async ({ seat, signature }) => signature === signatureOf(seat, attempt),
        progress: new Progress(),
      });
      transports[party]!.closeSession(sessionId);
      return `${activeSetOf(attempt)} signed by ${signatures.length}`;
    } catch (error) {
      transports[party]!.closeSession(sessionId, error as Error);
      throw error;
    }
  };
  const play = (party: PartyId) =>
    runAttempts({
      party,
      requestId: REQUEST,
      answered: async () => null,
      run: (attempt) => run(party, attempt),
      settle: async () => verdict,
      isFailedAttempt: () => true,
      onFailure: () => {},
    });
  const honest = PARTIES.filter((party) => party !== culprit);
  const others = play(culprit).catch(() => {});
  try {
    return await Promise.all(honest.map(play));
  } finally {
    for (const transport of transports) await transport.close();
    await others;
  }
}

describe("attempts over a network", () => {
  it("end with three signatures at every honest party, in each seat and either order of the pair", async () => {
    for (const culprit of PARTIES) {
      const framed = ((culprit + 1) % 4) as PartyId;
      const expected = `${15 & ~(1 << culprit)} signed by 3`;
      for (const verdict of [[culprit], [culprit, framed], [framed, culprit]] as Verdict[]) {
        expect(await ends(culprit, verdict)).to.deep.equal([expected, expected, expected]);
      }
    }
  });
});
