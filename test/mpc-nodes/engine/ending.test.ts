import { endAttempt } from "@sharebridge/mpc-nodes/engine/ending.ts";
import type { SeatSignature } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { Progress } from "@sharebridge/mpc-nodes/protocol/progress.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { hexlify } from "ethers";

const ID = `0x${"07".repeat(32)}`;
const BINDING = new Uint8Array(32).fill(9);
const RESULT = "0x01";
const signatureOf = (party: PartyId) => hexlify(new Uint8Array(65).fill(party + 1));

type Role = "honest" | "silent" | "votesOtherwise" | "votesOnly" | "signsFalsely";

/** How each active party's attempt ended: its number of signatures with its own, or a code; and how often it signed. */
async function ended(active: readonly PartyId[], culprit: PartyId, role: Role) {
  const transports = createMemoryTransports({ timeouts: { receiveMs: 60 } });
  const signed = new Map<PartyId, number>();
  const play = async (party: PartyId): Promise<number | string> => {
    const peers = active.filter((peer) => peer !== party);
    const network: Network = await transports[party]!.openSession(ID, ID, peers);
    const mine = party === culprit ? role : "honest";
    if (mine === "silent") return "silent";
    const options = {
      network,
      binding: BINDING,
      result: mine === "votesOtherwise" ? "0x02" : RESULT,
      sign: async () => {
        if (mine === "votesOnly") throw Object.assign(new Error(), { code: "Refused" });
        signed.set(party, (signed.get(party) ?? 0) + 1);
        return mine === "signsFalsely" ? hexlify(new Uint8Array(65)) : signatureOf(party);
      },
      isSignature: async ({ seat, signature }: SeatSignature) => signature === signatureOf(seat),
      progress: new Progress(),
    };
    return endAttempt(options).then(
      ({ signatures }) => signatures.length,
      (error: { code: string }) => error.code,
    );
  };
  const ends = new Map(await Promise.all(active.map(async (party) => [party, await play(party)] as const)));
  for (const transport of transports) await transport.close();
  return { ends, signed };
}

const DEVIATIONS: readonly Role[] = ["silent", "votesOtherwise", "votesOnly", "signsFalsely"];

describe("the end of an attempt", () => {
  for (const role of DEVIATIONS) {
    it(`has three signatures at every honest party of four when one is ${role}`, async () => {
      for (const culprit of PARTIES) {
        const { ends, signed } = await ended(PARTIES, culprit, role);
        for (const party of PARTIES.filter((other) => other !== culprit)) {
          expect(ends.get(party)).to.equal(3);
          expect(signed.get(party)).to.equal(1);
        }
      }
    });

    it(`fails at every honest party of three when one is ${role}`, async () => {
      for (const culprit of [0, 1, 3] as const) {
        const { ends, signed } = await ended([0, 1, 3], culprit, role);
        for (const party of ([0, 1, 3] as const).filter((other) => other !== culprit)) {
          expect(ends.get(party)).to.be.a("string");
          if (role === "silent" || role === "votesOtherwise") expect(signed.has(party)).to.equal(false);
        }
      }
    });
  }

  it("has all signatures of three honest parties", async () => {
    expect([...(await ended([1, 2, 3], 1, "honest")).ends.values()]).to.deep.equal([3, 3, 3]);
  });
});
