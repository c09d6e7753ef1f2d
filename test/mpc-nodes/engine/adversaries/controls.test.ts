/**
 * The attack of PROTOCOL 1 on an engine; and that these tests would notice: without the checks, among four and among three, a flipped bit
 * gives a wrong result.
 */

import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { defaultOpeners, type SessionOpener } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { PRESENCE_BYTES } from "@sharebridge/mpc-nodes/protocol/joint-round.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { expect } from "chai";
import { overridden } from "../attack.ts";
import { inBatches, play } from "../stage.ts";
import { alone, operations } from "./operations.ts";
import { flipped, type Lie, lies, opensFalselyTo, overcome, PATIENT_MS, TOSS_FRAMES } from "./support.ts";
import { untaggedFour, withoutVerification } from "./unchecked.ts";

/** One more in the first word that it tells one peer after the toss, and honest from then on. */
const wrongShareTo = (victim: PartyId) => (): Lie => {
  let told = false;
  return ({ to, index, payload }) => {
    const first = !told && to === victim && index >= TOSS_FRAMES && payload.length > PRESENCE_BYTES;
    told ||= first;
    return [first ? flipped(payload, 0) : payload];
  };
};

describe("the deferred-check attack", () => {
  it("comes to nothing: whoever was told the wrong share says no word more in that session", async () => {
    const body = { operations: ["divide"], seals: false };
    const cases = PARTIES.flatMap((culprit) =>
      PARTIES.filter((victim) => victim !== culprit).map((victim) => ({ culprit, victim })),
    );
    await inBatches(cases, async ({ culprit, victim }) => {
      let told = -1;
      let after = 0;
      const watch = (network: Network): Network =>
        network.party !== victim
          ? network
          : overridden(network, {
              async receive(from, into) {
                await network.receive(from, into);
                if (from === culprit && ++frames > TOSS_FRAMES && into.length > PRESENCE_BYTES) told = sent;
              },
              send(to, payload) {
                sent++;
                if (told >= 0) after++;
                network.send(to, payload);
              },
            });
      let frames = 0;
      let sent = 0;
      const four: SessionOpener = (options) => defaultOpeners.four({ ...options, network: watch(options.network) });
      const played = await play(`deferred ${culprit} ${victim}`, {
        ...{ body, culprit, attack: lies([0, wrongShareTo(victim)]), receiveMs: PATIENT_MS },
        openers: { ...defaultOpeners, four },
      });
      expect(told).to.be.greaterThan(0);
      expect(after).to.equal(0);
      expect(played.hooks[victim].evidence[0]).to.include({ code: "BadTag" });
    });
  });

  it("is overcome in each seat: the answer is right", async () => {
    await inBatches(PARTIES, async (culprit) => {
      const victim = PARTIES[(culprit + 1) % 4];
      await overcome(
        "deferred",
        culprit,
        lies([0, wrongShareTo(victim)]),
        { body: alone("divide") },
        { told: true, attempts: [1, 2] },
      );
    });
  });
});

const CONTROLLED = ["multiply", "dot", "innerProducts", "matrixProduct", "and", "andEach", "compare", "shuffle"];

/** Of all rounds: a bit that only random carries would bring to the result is no certain lie, one of the last round is. */
const MESSAGES = Array.from({ length: 9 }, (_, n) => n);

describe("without its checks", () => {
  /** The first culprit that makes an honest party compute something wrong by a bit of its n-th message to one of them. */
  async function fooling(name: string, culprits: readonly PartyId[], framed: PartyId | null): Promise<PartyId | null> {
    const right = encodePublicResult(operations[name].expected);
    const openers = framed === null ? { ...defaultOpeners, four: untaggedFour } : defaultOpeners;
    for (const culprit of culprits) {
      const victims = PARTIES.filter((party) => party !== culprit && party !== framed);
      const cases = victims.flatMap((victim) => MESSAGES.map((n) => ({ victim, n })));
      const fooled = await Promise.all(
        cases.map(async ({ victim, n }) => {
          const flips: Lie = ({ to, index, payload }) => [
            to === victim && index === TOSS_FRAMES + n ? flipped(payload, 0) : payload,
          ];
          const attack = framed === null ? lies([0, () => flips]) : lies([0, opensFalselyTo(framed)], [1, () => flips]);
          const label = `control ${name} ${culprit} ${framed} ${victim} ${n}`;
          const options = {
            body: alone(name),
            culprit,
            attack: { ...attack, openers },
            receiveMs: PATIENT_MS,
            openers,
          };
          const { computed } = await play(label, options);
          return computed.some((result) => result !== right);
        }),
      );
      if (fooled.includes(true)) return culprit;
    }
    return null;
  }

  for (const name of CONTROLLED) {
    it(`a flipped bit makes an honest party's result wrong: ${name}`, async () => {
      expect(await fooling(name, PARTIES, null), "tags").not.to.equal(null);
      await withoutVerification(async () => {
        expect(await fooling(name, [3, 2, 1], 0), "verification").not.to.equal(null);
      });
    });
  }
});
