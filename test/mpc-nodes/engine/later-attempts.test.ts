/**
 * The culprit is one of a pair. Where it takes part in the first attempt of three and spoils it, the others come to a second
 * one, with the party that was left out; where it is left out itself, nothing that it says matters.
 */
import { defaultOpeners } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { checkFailed } from "@sharebridge/mpc-nodes/protocol/three/check-failed.ts";
import { encodeStatus, type Status } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import { expect } from "chai";
import { type Attack, keepsTheAnswer, type SessionName, type StatusAttack, sendsIn, silentTo } from "./attack.ts";
import { expectAnswered, inBatches, type Played, play } from "./stage.ts";

const saying =
  (status: Status): StatusAttack =>
  async () =>
    encodeStatus(status);

const isSecond = ({ attempt, kind }: SessionName) => attempt === 1 && kind === "compute";
const SIGNATURE_BYTES = 65;
/** The first message to a peer that depends on an input. */
const AFTER_TOSS = 3;

/** Both attacks, each in its session. */
const both = (first: ReturnType<typeof sendsIn>, second: Attack): Attack => ({
  ...second,
  network: (network, name, signer) => (second.network ?? ((same) => same))(first.network(network, name), name, signer),
});

const signsForNobodyElse = (kept: PartyId | null) =>
  sendsIn(isSecond, (to, payload, _index, pass) => {
    if (payload.length !== SIGNATURE_BYTES || to === kept) pass(payload);
  });

/** The seats of a culprit that comes second in its pair, and of the honest party that comes first. */
const PAIRS: readonly (readonly [PartyId, PartyId])[] = [
  [1, 0],
  [2, 1],
  [3, 0],
  [3, 2],
];

async function playPair(
  label: string,
  [culprit, framed]: readonly [PartyId, PartyId],
  second: Attack,
): Promise<Played> {
  const attack = both(silentTo(framed), second);
  return play(`${label} ${culprit} ${framed}`, { culprit, attack, sealed: culprit === 2 });
}

describe("attempts of three", () => {
  const spoils: Record<string, Attack> = {
    "makes it abort": sendsIn(isSecond, (_to, payload, index, pass) =>
      pass(index === AFTER_TOSS ? payload.map((byte) => byte ^ 1) : payload),
    ),
    "dies in it": { dies: { attempt: 1, messages: 1 } },
    "says nothing in it": sendsIn(isSecond, () => {}),
    "votes for something else": sendsIn(isSecond, (_to, payload, _index, pass) =>
      pass(payload.length === 32 ? new Uint8Array(32) : payload),
    ),
    "signs for nobody": { ...signsForNobodyElse(null), status: keepsTheAnswer },
    "sends no signature, but something else": {
      ...sendsIn(isSecond, (_to, payload, _index, pass) =>
        pass(payload.length === SIGNATURE_BYTES ? new Uint8Array(SIGNATURE_BYTES) : payload),
      ),
      status: keepsTheAnswer,
    },
    "says that it is over": { status: saying({ kind: "over" }) },
    "does not know the request": { status: saying({ kind: "unknown" }) },
    "says that it is ahead": { status: saying({ kind: "running", attempt: 2 }) },
    "does not come": { status: saying({ kind: "running", attempt: 0 }) },
    "says no word": { status: () => new Promise(() => {}) },
  };
  for (const [name, attack] of Object.entries(spoils)) {
    it(`are followed by another, without the culprit, when it ${name}`, async () => {
      const played = await Promise.all(PAIRS.map((pair) => playPair(name, pair, attack)));
      for (const [index, each] of played.entries()) {
        const [culprit, framed] = PAIRS[index];
        expect(expectAnswered(each)).to.include({ attempt: 2, excluded: culprit });
        for (const party of each.honest) {
          expect(each.ends[party]).to.equal("outcome");
          const [first, second] = each.hooks[party].evidence;
          expect(first).to.deep.include({ attempt: 0, suspects: [framed, culprit], excluded: framed });
          if (party === framed) expect(second).to.equal(undefined);
          else expect(second).to.deep.include({ attempt: 1, excluded: culprit, statements: [] });
        }
      }
    });
  }

  it("are met by the honest though the culprit tells one that it is there, and another that it is not", async () => {
    await inBatches(PAIRS, async (pair) => {
      const [culprit, framed] = pair;
      const [fooled] = partiesExcept(...pair);
      const status: StatusAttack = async (_honest, from) =>
        encodeStatus({ kind: "running", attempt: from === fooled ? 1 : 0 });
      const played = await playPair("two faces", [culprit, framed], { status });
      expect(expectAnswered(played)).to.include({ attempt: 2, excluded: culprit });
    });
  });

  it("end for all when the culprit signs for one honest party only", async () => {
    await inBatches(PAIRS, async (pair) => {
      const [, framed] = pair;
      const [kept, other] = partiesExcept(...pair);
      const played = await playPair("one of three", pair, { ...signsForNobodyElse(kept), status: keepsTheAnswer });
      expect(expectAnswered(played)).to.include({ attempt: 1, excluded: framed });
      expect([kept, other, framed].map((party) => played.ends[party])).to.deep.equal([
        "outcome",
        "outcome",
        "AnsweredByPeers",
      ]);
    });
  });

  it("are not disturbed by a culprit that is left out, whatever it says", async () => {
    const statuses: Status[] = [{ kind: "running", attempt: 2 }, { kind: "running", attempt: 0 }, { kind: "over" }];
    const pairs = [
      [0, 1],
      [1, 3],
      [2, 3],
    ] as const;
    const cases = pairs.flatMap((pair) => statuses.map((status) => ({ pair, status })));
    await inBatches(cases, async ({ pair, status }) => {
      const [culprit] = pair;
      const played = await playPair(`left out ${JSON.stringify(status)}`, pair, { status: saying(status) });
      expect(expectAnswered(played)).to.include({ attempt: 1, excluded: culprit });
      for (const party of played.honest) expect(played.ends[party]).to.equal("outcome");
    });
  });

  it("leave no answer, and say so, when none of them can be computed", async () => {
    const played = await play("none works", {
      culprit: 3,
      attack: silentTo(0),
      openers: { ...defaultOpeners, three: () => Promise.reject(checkFailed()) },
    });
    expect(played.ends.slice(0, 3)).to.deep.equal(["NoAnswer", "NoAnswer", "NoAnswer"]);
    expect(played.hooks[1].evidence.map(({ attempt, excluded }) => [attempt, excluded])).to.deep.equal([
      [0, 0],
      [1, 3],
      [2, 3],
    ]);
  });
});
