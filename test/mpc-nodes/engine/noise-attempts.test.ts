/**
 * The bits that noise is made of, in the attempts of an engine (PROTOCOL 8): who has seen an answer and fails the attempt sees the same
 * noise again, also where the party that is left out next is an honest one.
 */

import { privateMean } from "@sharebridge/algorithms/library/index.ts";
import type { SessionOpener, SessionOpenerOptions } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { openThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { expect } from "chai";
import { requestKeysOf } from "../support/parties.ts";
import { type Attack, isFirst, sendsIn } from "./attack.ts";
import { expectAnswered, type Played, play } from "./stage.ts";

/** Messages to a peer until bits are opened in four and in three; and one more, so that the opening was verified. */
const UNTIL_OPENED = 5;

interface Heard {
  readonly active: number;
  readonly party: PartyId;
  readonly bits: readonly bigint[];
}

/** Opens, at the beginning of every session, bits of the request. */
function hearing(open: (options: SessionOpenerOptions) => Promise<Session>, heard: Heard[]): SessionOpener {
  return async (options) => {
    const session = await open(options);
    try {
      const [words] = await session.mpc.openBits([session.mpc.requestBits(64, 3)]);
      heard.push({ active: options.network.peers.length + 1, party: options.network.party, bits: [...words!] });
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  };
}

/** Silent to one party once bits were opened: the settlement names the two of them. */
const stopsOnceOpened = (victim: PartyId): Attack =>
  sendsIn(isFirst, (to, payload, index, pass) => {
    if (to !== victim || index < UNTIL_OPENED) pass(payload);
  });

async function playedBy(
  label: string,
  { culprit, victim, three }: { culprit: PartyId; victim: PartyId; three?: SessionOpener },
): Promise<{ played: Played; heard: Heard[] }> {
  const heard: Heard[] = [];
  const played = await play(label, {
    culprit,
    attack: { ...stopsOnceOpened(victim), ...(three === undefined ? {} : { openers: { three } }) },
    openers: { four: hearing(openFourSession, heard), three: hearing(openThreeSession, heard) },
    requestKeys: (party) => requestKeysOf(party, 1),
  });
  return { played, heard };
}

describe("noise in attempts", () => {
  for (const [culprit, victim] of [
    [0, 1],
    [3, 1],
  ] as const) {
    it(`a second attempt has the bits of the first, which all have seen (${culprit} stops, ${victim} waits)`, async () => {
      const { played, heard } = await playedBy(`noise ${culprit} ${victim}`, { culprit, victim });
      expect(expectAnswered(played).attempt).to.equal(1);
      expect(heard.filter(({ active }) => active === 4)).to.have.length(4);
      expect(heard.filter(({ active }) => active === 3)).to.have.length(3);
      for (const { bits } of heard) expect(bits).to.deep.equal(heard[0]!.bits);
    });
  }

  it("whoever claims other keys of the request in the second attempt ends it, and the third has the same bits", async () => {
    const [culprit, victim] = [1, 0] as const;
    const three: SessionOpener = (options) => openThreeSession({ ...options, requestKeys: requestKeysOf(culprit, 2) });
    const { played, heard } = await playedBy("noise, other keys", { culprit, victim, three });
    expect(expectAnswered(played).attempt).to.equal(2);
    expect(heard.filter(({ active }) => active === 3).map(({ party }) => party)).to.have.members([0, 2, 3]);
    for (const { bits } of heard) expect(bits).to.deep.equal(heard[0]!.bits);
  });

  for (const [culprit, victim] of [
    [0, 1],
    [2, 3],
  ] as const) {
    it(`a program's noised answer, opened to all but ${victim}, and not voted for by ${culprit}, is the same in the next attempt`, async () => {
      const label = `noisy program ${culprit}`;
      const requestKeys = (party: PartyId) => requestKeysOf(party, 5);
      // How many messages it sends to each other, of which the last two are its vote and its signature.
      const sent = [0, 0, 0, 0];
      const counting = sendsIn(isFirst, (to, payload, _, pass) => {
        sent[to]++;
        pass(payload);
      });
      const honest = await play(`${label} counted`, { culprit, attack: counting, program: privateMean, requestKeys });
      expect(expectAnswered(honest).attempt).to.equal(0);
      const stopping = sendsIn(isFirst, (to, payload, index, pass) => {
        if (index < sent[to] - (to === victim ? 3 : 2)) pass(payload);
      });
      const played = await play(label, { culprit, attack: stopping, program: privateMean, requestKeys });
      expect(expectAnswered(played).attempt).to.be.greaterThan(0);
      // Two honest parties had the answer of the first attempt before it failed, and three another time.
      expect(played.computed).to.have.length(5);
      expect(new Set(played.computed).size).to.equal(1);
    });
  }
});
