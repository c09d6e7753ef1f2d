/** A corrupt party lets some honest parties finish and others fail: what has finished, all have. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { encodeStatus } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import { expect } from "chai";
import { signatureOf, type TestHooks } from "../../suites/engine.suite.ts";
import { type Attack, isFirst, keepsTheAnswer, later, sendsIn, silentTo } from "./attack.ts";
import { countMessages, expectAnswered, inBatches, play } from "./stage.ts";

const CASES = PARTIES.flatMap((culprit) => partiesExcept(culprit).map((starved) => ({ culprit, starved })));

describe("certificates", () => {
  let counts: number[][] = [];
  before(async () => {
    counts = await countMessages();
  });

  /** Withholds its last message of the protocol and all after it from one honest party, and its signature from another. */
  const starving = (culprit: PartyId, starved: PartyId, kept: PartyId | null): Attack => ({
    ...sendsIn(isFirst, (to, payload, index, pass) => {
      const total = counts[culprit][to];
      if (to === starved ? index < total - 3 : to === kept || index < total - 1) pass(payload);
    }),
    status: keepsTheAnswer,
  });

  it("let all finish when the culprit signs for one honest party only and starves another", async () => {
    let [finished, without] = [0, 0];
    await inBatches(CASES, async ({ culprit, starved }) => {
      const [kept, other] = partiesExcept(culprit, starved);
      const played = await play(`one ${culprit} ${starved}`, { culprit, attack: starving(culprit, starved, kept) });
      // Where that link's last message comes before the last round, starving one starves all.
      if (expectAnswered(played).attempt !== 0) return;
      finished++;
      if (played.ends[starved] === "AnsweredByPeers") without++;
      expect([played.ends[kept], played.ends[other]]).to.deep.equal(["outcome", "outcome"]);
      expect(played.hooks[kept].evidence).to.deep.equal([]);
      for (const party of [starved, other]) {
        const [evidence] = played.hooks[party].evidence;
        expect(evidence).to.deep.include({ attempt: 0, excluded: null, statements: [] });
      }
    });
    expect([finished, without]).to.satisfy((all: number[]) => all.every((count) => count >= 4));
  });

  it("of the first attempt are not there when the culprit signs for nobody: the honest go on without it", async () => {
    await inBatches(CASES, async ({ culprit, starved }) => {
      const attack = starving(culprit, starved, null);
      const played = await play(`none ${culprit} ${starved}`, { culprit, attack });
      expect(expectAnswered(played).attempt).to.be.greaterThan(0);
      expect(played.ends[starved]).to.be.oneOf(["outcome", "AnsweredByPeers"]);
    });
  });

  it("are not there when it signs for nobody; the settlement holds though some come to it a receive timeout later", async () => {
    const pairs = [
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 2],
    ] as const;
    const receiveMs = 400;
    await inBatches(pairs, async ([culprit, starved]) => {
      const attack: Attack = {
        ...sendsIn(isFirst, (to, payload, index, pass) => {
          const left = counts[culprit][to] - 1 - index;
          if (left > (to === starved ? 2 : 1)) pass(payload);
          else if (left === 1 && to !== starved) later(300, () => pass(payload));
        }),
        closesAfterMs: 2000,
        status: keepsTheAnswer,
      };
      const slowly = (hooks: TestHooks) => {
        const sign = hooks.persistAndSign;
        hooks.persistAndSign = async (settlement) => {
          if (settlement.attempt === 0) await new Promise((resolve) => setTimeout(resolve, 300));
          return sign(settlement);
        };
      };
      const played = await play(`slow ${culprit}`, { culprit, attack, receiveMs, hooks: slowly });
      expect(expectAnswered(played).attempt).to.be.greaterThan(0);
      const evidence = played.honest.map((party) => played.hooks[party].evidence[0]);
      for (const { suspects } of evidence) {
        expect(suspects).to.deep.equal(evidence[0].suspects);
        expect(suspects).to.include(culprit);
      }
    });
  });

  it("reach those that are settling already when one finishes late", async () => {
    const pairs = [
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 2],
    ] as const;
    await inBatches(pairs, async ([culprit, starved]) => {
      const [kept, other] = partiesExcept(culprit, starved);
      const attack: Attack = {
        ...sendsIn(isFirst, (to, payload, index, pass) => {
          const left = counts[culprit][to] - 1 - index;
          if (to === kept && left === 1) later(300, () => pass(payload));
          else if (to === kept && left === 0) later(600, () => pass(payload));
          else if (to === starved ? left > 2 : left > 0) pass(payload);
        }),
        closesAfterMs: 1000,
        status: keepsTheAnswer,
      };
      const played = await play(`late ${culprit}`, { culprit, attack });
      expect(expectAnswered(played).attempt).to.equal(0);
      expect([played.ends[kept], played.ends[other]]).to.deep.equal(["outcome", "outcome"]);
      // A settlement that lacks the finished one would name it: it is dropped.
      for (const { suspects } of played.honest.flatMap((party) => played.hooks[party].evidence)) {
        expect(suspects).not.to.include(kept);
      }
    });
  });

  it("that are forged convince nobody, whatever they claim", async () => {
    const claims = [
      { attempt: 0, activeSet: 15 },
      { attempt: 1, activeSet: 7 },
      { attempt: 2, activeSet: 15 },
      { attempt: 0, activeSet: 7 },
    ];
    const cases = claims.flatMap((claim, index) => [true, false].map((bad) => ({ claim, index, bad })));
    await inBatches(cases, async ({ claim, index, bad }) => {
      const culprit = PARTIES[3 - index];
      const shown = { ...claim, result: "0x01" };
      const seats = partiesExcept(3);
      // Either one signature is by nobody, or there are only two.
      const signatures = seats
        .filter((seat) => bad || seat !== 1)
        .map((seat) => ({ seat, signature: signatureOf(seat === 1 ? 0 : seat, shown) }));
      const certificate = { ...shown, signatures };
      const attack: Attack = {
        ...silentTo(PARTIES[(culprit + 1) % 4]),
        status: async () => encodeStatus({ kind: "answered", certificate }),
      };
      const played = await play(`forged ${index} ${bad}`, { culprit, attack });
      expect(expectAnswered(played).result).not.to.equal("0x01");
    });
  });

  it("of impossible attempts and sets convince nobody, though all have signed", async () => {
    const claims = [
      [0, 7],
      [1, 15],
      [3, 7],
      [1, 3],
    ];
    await inBatches(claims, async ([attempt, activeSet]) => {
      const shown = { attempt, activeSet, result: "0x01" };
      const signatures = PARTIES.map((seat) => ({ seat, signature: signatureOf(seat, shown) }));
      const certificate = { ...shown, signatures };
      const attack: Attack = {
        ...silentTo(0),
        status: async () => encodeStatus({ kind: "answered", certificate }),
      };
      const played = await play(`impossible ${attempt} ${activeSet}`, { culprit: 3, attack });
      expect(expectAnswered(played).result).not.to.equal("0x01");
    });
  });
});
