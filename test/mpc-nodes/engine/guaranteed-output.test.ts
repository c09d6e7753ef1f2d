/** The right answer though one node lies, stalls or dies, in each seat. */
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { type Attack, expectAnswered, inBatches, isFirst, play, sendsIn } from "./attack-support.ts";

const each = (work: (culprit: PartyId) => Promise<void>) => () => inBatches(PARTIES, work);

/** Sends nothing in the first attempt after so many messages to each peer, and goes on as if it did. */
const silentAfter = (count: number): Attack =>
  sendsIn(isFirst, (_to, payload, index, pass) => index < count && pass(payload));

describe("the right answer", () => {
  it("comes from all four when all are honest, with signatures, public and sealed", async () => {
    for (const sealed of [false, true]) {
      const played = await play(`honest ${sealed}`, { sealed, receiveMs: 2000 });
      expect(played.ends).to.deep.equal(["outcome", "outcome", "outcome", "outcome"]);
      expect(expectAnswered(played)).to.include({ attempt: 0, activeSet: 15, excluded: null });
      expect(played.hooks.flatMap(({ evidence }) => evidence)).to.deep.equal([]);
    }
  });

  for (const absent of ["idle", "closed"] as const) {
    it(
      `comes from three when one is dead before the start, its transport ${absent}`,
      each(async (culprit) => {
        const played = await play(`dead ${absent} ${culprit}`, { culprit, attack: { absent } });
        const { honest, hooks } = played;
        expect(expectAnswered(played)).to.include({ attempt: 1, activeSet: 15 & ~(1 << culprit), excluded: culprit });
        for (const party of honest) {
          expect(hooks[party].begun).to.equal(1);
          expect(hooks[party].evidence).to.have.length(1);
          expect(hooks[party].evidence[0]).to.deep.include({ attempt: 0, suspects: [culprit], excluded: culprit });
        }
      }),
    );
  }

  for (const count of [0, 1, 2, 5, 9]) {
    it(
      `comes when one falls silent after ${count} messages to each`,
      each(async (culprit) => {
        const played = await play(`silent ${count} ${culprit}`, { culprit, attack: silentAfter(count) });
        expectAnswered(played);
        for (const party of played.honest) {
          for (const { suspects } of played.hooks[party].evidence) expect(suspects).to.include(culprit);
        }
      }),
    );
  }
});
