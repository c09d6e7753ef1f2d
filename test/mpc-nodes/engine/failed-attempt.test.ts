/** A first attempt that one party spoils: whom the settlement names, and that the answer comes without that party. */
import { PARTIES, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { type Attack, isFirst, later, sendsIn, silentTo } from "./attack.ts";
import { expectAnswered, inBatches, type Played, play } from "./stage.ts";
import { tamper } from "./support.ts";

/** What the honest parties' operators heard of the first attempt. */
function evidenceOf({ honest, hooks }: Played) {
  return honest.flatMap((party) => hooks[party].evidence.filter(({ attempt }) => attempt === 0));
}

describe("a failed attempt", () => {
  it("names a pair or a party that contains whoever flipped a bit, the same at all honest parties, in each seat", async () => {
    const failed = [0, 0, 0, 0];
    const cases = PARTIES.flatMap((culprit) => partiesExcept(culprit).map((to) => ({ culprit, to })));
    await inBatches(cases, async ({ culprit, to }) => {
      // The first joint message to this peer: those of the toss come before.
      const attack: Attack = {
        network: (network, name) => (isFirst(name) ? tamper(culprit, to, 3)(network) : network),
      };
      const played = await play(`flip ${culprit} ${to}`, { culprit, attack, receiveMs: 1000, sealed: true });
      expectAnswered(played);
      const evidence = evidenceOf(played);
      // In a run as short as this one, not every link carries one.
      if (!evidence.some(({ code }) => code === "BadTag")) return;
      failed[culprit]++;
      expect(evidence).to.have.length(3);
      for (const { suspects, excluded } of evidence) {
        expect(suspects).to.deep.equal(evidence[0].suspects);
        expect(suspects.length).to.be.within(1, 2);
        expect(suspects).to.include(culprit);
        expect(excluded).to.equal(suspects[0]);
      }
    });
    for (const count of failed) expect(count).to.be.greaterThan(0);
  });

  it("names whoever falls silent to one party in the middle of a run, the same at all honest parties", async () => {
    const cases = PARTIES.flatMap((culprit) => partiesExcept(culprit).map((victim) => ({ culprit, victim })));
    await inBatches(cases, async ({ culprit, victim }) => {
      const attack = sendsIn(isFirst, (to, payload, index, pass) => (to !== victim || index < 4) && pass(payload));
      const played = await play(`mute ${culprit} ${victim}`, { culprit, attack });
      expectAnswered(played);
      const evidence = evidenceOf(played);
      for (const { suspects } of evidence) {
        expect(suspects).to.deep.equal(evidence[0].suspects);
        expect(suspects).to.include(culprit);
      }
    });
  });

  it("is settled rightly though the culprit holds one honest party up to its deadline in each round", async () => {
    const [receiveMs, roundMs] = [400, 800];
    await inBatches(PARTIES, async (culprit) => {
      const [victim, held] = partiesExcept(culprit);
      const attack: Attack = {
        network: (network, name) =>
          (name.kind === "settle"
            ? // Longer than the receive timeout, which must not make another believe that the one held up is silent.
              sendsIn(
                () => true,
                (to, payload, _index, pass) =>
                  to === held ? later(roundMs - 200, () => pass(payload)) : pass(payload),
              )
            : silentTo(victim)
          ).network(network, name),
        closesAfterMs: 4 * roundMs,
      };
      const played = await play(`held up ${culprit}`, { culprit, attack, receiveMs });
      expectAnswered(played);
      const evidence = evidenceOf(played);
      expect(evidence).to.have.length(3);
      for (const { suspects } of evidence) expect(suspects).to.deep.equal([culprit, victim].sort());
    });
  });
});
