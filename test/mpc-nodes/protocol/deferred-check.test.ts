/**
 * PROTOCOL 1 as an attack. Party 0 is corrupt and wants y, of which it lacks share y_0. It alters one word that it sends
 * in the product z = x·x, so that party 3 holds z_2 + 1. If party 3 goes on and checks later, its tag in the product z·y
 * vouches for a cross term that is too large by 1·y_0, while the sender's message to party 0 is right: party 0 holds the
 * tag's key and tries which y_0 explains the tag. As y is a number below 1000, that reads y.
 */

import { partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodeWords, encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { tossCoins } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { OPEN_SESSION_COST } from "@sharebridge/mpc-nodes/protocol/cost.ts";
import { createJointMessages, type JointMessages } from "@sharebridge/mpc-nodes/protocol/joint-message.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import { type Network, receiveBytes } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { createRandomness, deriveKey } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { createTagger, type Roles, TAG_BYTES, type Tagger } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { type Frame, type MemoryNetworks, memoryNetworks } from "../support/memory-network.ts";
import { binding, deal } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const FIRST_PRODUCT = OPEN_SESSION_COST.rounds;
const SECRET_Y = 637n;
const GUESSES = 1000n;

const x = deal(BigUint64Array.of(41n), seededRandom(seed, "x"));
const y = deal(BigUint64Array.of(SECRET_Y), seededRandom(seed, "y"));

type Joint = (network: Network, tag: Tagger) => JointMessages;

/** The mistake: the same messages and tags, but the tags are left for later. */
const checkLater: Joint = (network, tag) => {
  let rounds = 0;
  return {
    get rounds() {
      return rounds;
    },
    async exchange(messages) {
      const round = rounds++;
      const part = (roles: Roles, bytes: Uint8Array | null, from: number): Uint8Array | number => {
        if (from === roles.sender) return bytes ?? 8;
        return from === roles.checker ? (bytes ? tag(roles, round, bytes) : TAG_BYTES) : 0;
      };
      for (const peer of partiesExcept(network.party)) {
        const parts = messages
          .filter(({ receiver }) => receiver === peer)
          .map((message) => part(message, message.bytes, network.party))
          .filter((each) => typeof each !== "number");
        if (parts.length > 0) network.send(peer, Uint8Array.from(parts.flatMap((each) => [...each])));
      }
      const results: (Uint8Array | null)[] = messages.map(() => null);
      for (const peer of partiesExcept(network.party)) {
        for (const [index, message] of messages.entries()) {
          if (message.receiver !== network.party) continue;
          const length = part(message, null, peer) as number;
          if (length === 0) continue;
          const bytes = await receiveBytes(network, peer, length);
          if (peer === message.sender) results[index] = bytes;
        }
      }
      return results;
    },
  };
};

/** Party 0's lie: one more in the word that it sends to party 3 in the first product. */
function lie({ from, to, index, payload }: Frame): Uint8Array {
  if (from !== 0 || to !== 3 || index !== FIRST_PRODUCT) return payload;
  expect(payload.length, "one word, no tag").to.equal(8);
  return encodeWords(decodeWords(payload).map((word) => word + 1n));
}

interface Attack {
  readonly memory: MemoryNetworks;
  /** keys[j] is k_j; what party 0 knows: all but k_0. */
  readonly attackerKeys: readonly (Uint8Array | null)[];
  readonly failures: readonly (unknown | null)[];
}

async function attack(joint: Joint): Promise<Attack> {
  const memory = memoryNetworks(lie);
  let attackerKeys: readonly (Uint8Array | null)[] = [];
  const outcomes = await Promise.allSettled(
    memory.networks.map(async (network) => {
      const keys = await tossCoins(network, binding, seededRandom(seed, `attack ${network.party}`));
      if (network.party === 0) attackerKeys = keys;
      const messages = joint(network, createTagger(keys));
      const session = { party: network.party, network, randomness: createRandomness(keys), joint: messages, rounds: 0 };
      try {
        const [z] = await multiply(session, [[x[network.party]!, x[network.party]!]]);
        await multiply(session, [[z!, y[network.party]!]]);
      } catch (error) {
        await new Promise((resolve) => setImmediate(resolve));
        memory.close(new Error("closed"));
        throw error;
      }
    }),
  );
  const failures = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason : null));
  return { memory, attackerKeys, failures };
}

/** What party 0 received in the second product: the word from party 1, the tag from party 3. */
function receivedFrom(memory: MemoryNetworks, from: number): Uint8Array | undefined {
  const frames = memory.events.filter((event) => event.kind === "sent" && event.from === from && event.to === 0);
  return frames.filter(({ index }) => index >= OPEN_SESSION_COST.rounds)[1]?.payload;
}

/** All y below 1000 that explain the tag, from nothing but what party 0 holds and received. */
function readY({ memory, attackerKeys }: Attack): bigint[] {
  const word = receivedFrom(memory, 1);
  const tag = receivedFrom(memory, 3);
  if (!word || !tag) return [];
  const tagger = createTagger(attackerKeys);
  const held = [1, 2, 3].reduce((sum, j) => sum + y[0]!.shares[j]![0]!, 0n);
  const found: bigint[] = [];
  for (let guess = 0n; guess < GUESSES; guess++) {
    const explained = encodeWords(BigUint64Array.of(decodeWords(word)[0]! + (guess - held)));
    if (Buffer.from(tagger({ sender: 1, checker: 3, receiver: 0 }, 1, explained)).equals(tag)) found.push(guess);
  }
  return found;
}

describe("protocol: checking later leaks (PROTOCOL 1)", () => {
  it("control: against parties that check later, the attack reads the secret", async () => {
    const result = await attack(checkLater);
    expect(result.failures, "nobody has noticed yet").to.deep.equal([null, null, null, null]);
    expect(readY(result)).to.deep.equal([SECRET_Y]);
  });

  it("against this protocol, the altered word is the last thing that the attacked party reacts to", async () => {
    const result = await attack(createJointMessages);
    expect(result.failures[3]).to.have.property("code", "BadTag");
    expect(receivedFrom(result.memory, 3), "no tag of a value made from the altered word").to.equal(undefined);
    expect(readY(result)).to.deep.equal([]);
  });

  it("the attacker cannot repair its word: the tag's key is derived from the key that it lacks", async () => {
    const { attackerKeys } = await attack(createJointMessages);
    expect(attackerKeys[0]).to.equal(null);
    expect(() => createTagger(attackerKeys)({ sender: 0, checker: 1, receiver: 3 }, 0, new Uint8Array(8))).to.throw(
      "does not hold the key",
    );
    expect(deriveKey(attackerKeys[1]!, "tag/013")).to.not.deep.equal(deriveKey(attackerKeys[2]!, "tag/013"));
  });
});
