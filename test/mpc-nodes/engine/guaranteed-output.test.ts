/** The right answer though one node lies, stalls or dies, in each seat. */
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { signatureOf } from "../../suites/engine.suite.ts";
import { type Attack, isFirst, sendsIn } from "./attack.ts";
import { countMessages, expectAnswered, inBatches, play } from "./stage.ts";

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

  for (const messages of [0, 4, 9, 13]) {
    it(
      `comes when the transport of one closes after ${messages} messages`,
      each(async (culprit) => {
        const attack: Attack = { dies: { attempt: 0, messages } };
        expectAnswered(await play(`dies ${messages} ${culprit}`, { culprit, attack }));
      }),
    );
  }

  const ENDINGS: Record<string, Attack> = {
    "does not sign": {
      hooks: (hooks) => {
        hooks.persistAndSign = () => Promise.reject(new Error("no"));
      },
    },
    "signs something else": {
      hooks: (hooks) => {
        hooks.persistAndSign = async (settlement) => signatureOf(hooks.seat, { ...settlement, result: "0x01" });
      },
    },
    "takes every signature for a false one": {
      hooks: (hooks) => {
        hooks.isSignature = async () => false;
      },
    },
  };
  for (const [name, attack] of Object.entries(ENDINGS)) {
    it(
      `comes in the first attempt, to all that are honest, when one ${name}`,
      each(async (culprit) => {
        const played = await play(`${name} ${culprit}`, { culprit, attack, receiveMs: 1000 });
        expect(expectAnswered(played).attempt).to.equal(0);
        for (const party of played.honest) expect(played.ends[party]).to.equal("outcome");
      }),
    );
  }

  it("comes in the first attempt, to all that are honest, when one votes for something else", async () => {
    const counts = await countMessages();
    await inBatches(PARTIES, async (culprit) => {
      const attack = sendsIn(isFirst, (to, payload, index, pass) =>
        pass(index === counts[culprit][to] - 2 ? new Uint8Array(payload.length) : payload),
      );
      const played = await play(`votes otherwise ${culprit}`, { culprit, attack, receiveMs: 1000 });
      expect(expectAnswered(played).attempt).to.equal(0);
      for (const party of played.honest) expect(played.ends[party]).to.equal("outcome");
    });
  });
});
