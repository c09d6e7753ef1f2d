import { activeParties, activeSetOf, attemptsAfter } from "@sharebridge/mpc-nodes/engine/attempt-plan.ts";
import { runAttempts } from "@sharebridge/mpc-nodes/engine/attempts.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Verdict } from "@sharebridge/mpc-nodes/protocol/settlement/verdict.ts";
import { expect } from "chai";

/** Runs in which a culprit makes every attempt fail that it takes part in. */
async function played(party: PartyId, culprit: PartyId, verdict: Verdict): Promise<string> {
  try {
    const done = await runAttempts<number>({
      party,
      requestId: "0x00",
      answered: async () => null,
      run: async (attempt) => {
        if (activeParties(attempt).includes(culprit)) throw new Error("failed");
        return activeSetOf(attempt);
      },
      settle: async () => verdict,
      isFailedAttempt: () => true,
      onFailure: () => {},
    });
    return String(done);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("attempts", () => {
  it("leave out a convicted seat, and no further attempt follows", () => {
    expect(attemptsAfter([2])).to.deep.equal([{ attempt: 1, excluded: 2 }]);
    expect(attemptsAfter(null)).to.deep.equal([]);
  });

  it("give every honest party the same active set, whichever of a pair is corrupt", async () => {
    for (const a of PARTIES) {
      for (const b of PARTIES.filter((party) => party > a)) {
        for (const culprit of [a, b]) {
          const honest = PARTIES.filter((party) => party !== culprit);
          const ends = await Promise.all(honest.map((party) => played(party, culprit, [a, b])));
          expect(new Set(ends)).to.deep.equal(new Set([String(15 & ~(1 << culprit))]));
        }
      }
    }
  });

  it("end with a named error where nothing is left to try", async () => {
    expect(await played(0, 1, null)).to.equal("NoAnswer");
    expect(await played(1, 1, [1])).to.equal("ExcludedFromAttempt");
    expect(await played(0, 3, [1])).to.equal("NoAnswer");
  });

  it("pass on at once what is no failed attempt", async () => {
    let settled = false;
    const failure = new Error("hook");
    const steps = {
      party: 0 as PartyId,
      requestId: "0x00",
      answered: async () => null,
      run: async () => Promise.reject(failure),
      settle: async () => {
        settled = true;
        return null;
      },
      isFailedAttempt: () => false,
      onFailure: () => {},
    };
    expect(await runAttempts(steps).catch((error: unknown) => error)).to.equal(failure);
    expect(settled).to.equal(false);
  });
});
