import { createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { PARTIES, type PartyId, partiesExcept } from "../../../../mpc-nodes/math/party.ts";
import {
  type BroadcastLink,
  type SignedStatement,
  signedBroadcast,
} from "../../../../mpc-nodes/protocol/settlement/signed-broadcast.ts";
import type { Signer } from "../../../../mpc-nodes/protocol/signer.ts";

const mac = (party: PartyId, bytes: Uint8Array) =>
  new Uint8Array(createHmac("sha256", `seat ${party}`).update(bytes).digest());
const signerOf = (party: PartyId): Signer => ({
  party,
  sign: (bytes) => mac(party, bytes),
  verify: (author, bytes, signature) => Buffer.compare(mac(author, bytes), signature) === 0,
});
const context = { binding: new Uint8Array(32), phase: 1 };

/** Lock-step rounds: what the corrupt party runs towards each peer is an honest run of its own, with its own statement. */
async function run(corrupt: PartyId, says: readonly number[], silentIn: readonly boolean[]) {
  const rooms = new Map<
    string,
    { sent: Map<string, readonly SignedStatement[]>; open: () => void; opened: Promise<void> }
  >();
  const actors = [
    ...partiesExcept(corrupt).map((party) => ({ party, face: null as PartyId | null })),
    ...partiesExcept(corrupt).map((face) => ({ party: corrupt, face: face as PartyId | null })),
  ];
  const linkOf = (actor: (typeof actors)[number]): BroadcastLink => ({
    async exchange(round, messages) {
      if (!rooms.has(`${round}`)) {
        let open!: () => void;
        const opened = new Promise<void>((resolve) => {
          open = resolve;
        });
        rooms.set(`${round}`, { sent: new Map(), open, opened });
      }
      const room = rooms.get(`${round}`)!;
      const silent = actor.face !== null && silentIn[(round - 1) * 4 + actor.face];
      room.sent.set(`${actor.party}/${actor.face ?? ""}`, silent ? [] : messages);
      if (room.sent.size === actors.length) room.open();
      await room.opened;
      const received = (peer: PartyId) => {
        if (peer === actor.party) return null;
        if (peer !== corrupt) return room.sent.get(`${peer}/`) ?? null;

        return room.sent.get(`${corrupt}/${actor.party}`) ?? null;
      };
      return PARTIES.map(received) as never;
    },
  });
  const results = await Promise.all(
    actors.map((actor) =>
      signedBroadcast(
        linkOf(actor),
        signerOf(actor.party),
        context,
        Uint8Array.of(actor.face === null ? 9 : says[actor.face]!),
      ),
    ),
  );
  return results.slice(0, 3);
}

describe("signed broadcast", () => {
  it("leaves honest parties with equal sets, and with each other's statement alone, whoever equivocates or is silent", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PARTIES),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        async (corrupt, says, silentIn) => {
          const [a, b, c] = await run(corrupt, says, silentIn);
          expect(b).to.deep.equal(a);
          expect(c).to.deep.equal(a);
          for (const honest of partiesExcept(corrupt)) {
            expect(a![honest]!.map(({ statement }) => [...statement])).to.deep.equal([[9]]);
          }
          const heard = new Set(
            partiesExcept(corrupt)
              .filter((p) => !silentIn[p])
              .map((p) => says[p]),
          );
          expect(new Set(a![corrupt]!.map(({ statement }) => statement[0]))).to.deep.equal(heard);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });
});
