/**
 * PROTOCOL 1 as an attack. Party 0 is corrupt and wants y, of which it lacks share y_0. It alters one word that it sends
 * in the product z = x·x, so that party 1 holds z_3 + 1. If party 1 goes on and checks later, its message to party 0 in the
 * product z·y is a cross term that is too large by 1·y_0, while the checker's tag is that of the right one: party 0 holds the
 * tag's key and tries which y_0 explains the tag. As y is a number below 1000, that reads y.
 */

import { Arena } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { ringsOf } from "@sharebridge/mpc-nodes/kernels/rings.ts";
import { decodeWords, encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { tossCoins } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { Evidence } from "@sharebridge/mpc-nodes/protocol/evidence.ts";
import { TELL_MISSING } from "@sharebridge/mpc-nodes/protocol/four/joint-sharing.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/four/multiply.ts";
import { JointRounds } from "@sharebridge/mpc-nodes/protocol/joint-round.ts";
import { type Network, receiveBytes } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { Progress } from "@sharebridge/mpc-nodes/protocol/progress.ts";
import { createRandomness, deriveKey } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { type Context, SCRATCH_BYTES } from "@sharebridge/mpc-nodes/protocol/replicated/context.ts";
import { importShares } from "@sharebridge/mpc-nodes/protocol/replicated/linear.ts";
import type { Carrier } from "@sharebridge/mpc-nodes/protocol/round.ts";
import { groupsOf, knows, stepsOf } from "@sharebridge/mpc-nodes/protocol/steps.ts";
import { createTagger, type Roles, TAG_BYTES, type Tagger } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { heldShares } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { type Frame, type MemoryNetworks, memoryNetworks } from "../support/memory-network.ts";
import { binding, deal, signers, TOSS_FRAMES, testHeap } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const SECRET_Y = 637n;
const GUESSES = 1000n;

const x = deal([41n], seededRandom(seed, "x"));
const y = deal([SECRET_Y], seededRandom(seed, "y"));

interface Party {
  readonly network: Network;
  readonly tag: Tagger;
  readonly keys: readonly (Uint8Array | null)[];
  readonly arena: Arena;
}

type MakeCarrier = (party: Party) => Carrier;

const honest: MakeCarrier = ({ network, tag, keys, arena }) =>
  new JointRounds({ network, tag, arena, progress: new Progress(), evidence: new Evidence(keys, arena, network) });

/** The mistake: the same messages and tags, but the tags are left for later. */
const checkLater: MakeCarrier = ({ network, tag, arena }) => {
  let rounds = 0;
  const { party } = network;
  const { heap } = arena;
  return {
    async round(parts) {
      const round = rounds++;
      const [segments] = [...stepsOf(parts)] as [ReturnType<typeof stepsOf> extends Generator<infer S> ? S : never];
      const groups = groupsOf(segments, 0);
      const at = groups.map(({ byteLength }) => arena.take(byteLength).pointer);
      const pointers = (mine: (roles: Roles) => boolean): number[][] =>
        segments.map(({ part }, segment) =>
          part.messages.map((_, message) => {
            const index = groups.findIndex(({ members }) =>
              members.some((each) => each.segment === segment && each.message === message),
            );
            const { roles, members } = groups[index]!;
            const { offset } = members.find((each) => each.segment === segment && each.message === message)!;
            return mine(roles as Roles) ? at[index]! + offset : 0;
          }),
        );
      const outgoing = pointers((roles) => knows(roles, party));
      for (const [index, { part, from, to }] of segments.entries()) part.produce(from, to, outgoing[index]!, 0);
      for (const peer of network.peers) {
        const sent: Uint8Array[] = [];
        for (const [index, { roles, byteLength }] of groups.entries()) {
          if (roles.receiver === peer && roles.sender === party) sent.push(heap.view(at[index]!, byteLength).slice());
        }
        for (const [index, { roles, byteLength }] of groups.entries()) {
          if (roles.receiver === peer && roles.checker === party) {
            sent.push(tag(roles as Roles, round, 0, heap.view(at[index]!, byteLength)));
          }
        }
        if (sent.length > 0) network.send(peer, Buffer.concat(sent));
      }
      for (const peer of network.peers) {
        for (const [index, { roles, byteLength }] of groups.entries()) {
          if (roles.receiver !== party || roles.sender !== peer) continue;
          heap.write(at[index]!, await receiveBytes(network, peer, byteLength));
        }
        for (const { roles } of groups) {
          if (roles.receiver === party && roles.checker === peer) await receiveBytes(network, peer, TAG_BYTES);
        }
      }
      const incoming = pointers(({ receiver }) => receiver === party);
      for (const [index, { part, from, to }] of segments.entries()) part.consume(from, to, incoming[index]!, 0);
    },
  };
};

/** Party 0's lie: one more in the word that it sends to party 1 in the first product. */
function lie({ from, to, index, payload }: Frame): Uint8Array {
  if (from !== 0 || to !== 1 || index !== TOSS_FRAMES) return payload;
  expect(payload.length, "one word, no tag").to.equal(8);
  return encodeWords(decodeWords(payload).map((word) => word + 1n));
}

interface Attack {
  readonly memory: MemoryNetworks;
  /** keys[j] is k_j; what party 0 knows: all but k_0. */
  readonly attackerKeys: readonly (Uint8Array | null)[];
  readonly failures: readonly (unknown | null)[];
}

async function attack(makeCarrier: MakeCarrier): Promise<Attack> {
  const memory = memoryNetworks(lie);
  const heap = testHeap();
  let attackerKeys: readonly (Uint8Array | null)[] = [];
  const outcomes = await Promise.allSettled(
    memory.networks.map(async (network) => {
      const { party } = network;
      const keys = await tossCoins({
        network,
        signer: signers[party]!,
        binding,
        random: seededRandom(seed, `attack ${party}`),
        progress: new Progress(),
      });
      if (party === 0) attackerKeys = keys;
      const arena = new Arena(heap);
      const carrier = makeCarrier({ network, tag: createTagger(keys), keys, arena });
      const scratch = [0, 1, 2, 3].map(() => arena.take(SCRATCH_BYTES).pointer) as unknown as Context["scratch"];
      const context: Context = {
        party,
        held: heldShares(party),
        publicShare: 0,
        tellings: TELL_MISSING,
        heap,
        rings: ringsOf(heap.loops),
        arena,
        randomness: createRandomness(keys),
        requestRandomness: null,
        scratch,
        exchange: (...parts) => carrier.round(parts),
        pause: async () => {},
      };
      try {
        const [a, b] = [x, y].map((value) => importShares(context, 64, 1, (j) => value.shares[j]!));
        await multiply(context, await multiply(context, a!, a!), b!);
      } catch (error) {
        await new Promise((resolve) => setImmediate(resolve));
        memory.close(new Error("closed"));
        throw error;
      } finally {
        arena.close();
      }
    }),
  );
  const failures = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason : null));
  return { memory, attackerKeys, failures };
}

/** What party 0 received in the second product: the word from party 1, the tag from party 2. */
function receivedFrom(memory: MemoryNetworks, from: number): Uint8Array | undefined {
  const frames = memory.events.filter((event) => event.kind === "sent" && event.from === from && event.to === 0);
  return frames.filter(({ index }) => index >= TOSS_FRAMES)[1]?.payload;
}

/** All y below 1000 that explain the tag, from nothing but what party 0 holds and received. */
function readY({ memory, attackerKeys }: Attack): bigint[] {
  const word = receivedFrom(memory, 1);
  const tag = receivedFrom(memory, 2);
  if (!word || !tag) return [];
  const tagger = createTagger(attackerKeys);
  const held = [1, 2, 3].reduce((sum, j) => sum + y.shares[j]![0]!, 0n);
  const found: bigint[] = [];
  for (let guess = 0n; guess < GUESSES; guess++) {
    const right = encodeWords(BigUint64Array.of(decodeWords(word)[0]! - (guess - held)));
    if (Buffer.from(tagger({ sender: 1, checker: 2, receiver: 0 }, 1, 0, right)).equals(tag)) found.push(guess);
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
    const result = await attack(honest);
    expect(result.failures[1]).to.have.property("code", "BadTag");
    expect(receivedFrom(result.memory, 1), "no word made from the altered word").to.equal(undefined);
    expect(readY(result)).to.deep.equal([]);
  });

  it("the attacker cannot repair its word: the tag's key is derived from the key that it lacks", async () => {
    const { attackerKeys } = await attack(honest);
    expect(attackerKeys[0]).to.equal(null);
    expect(() => createTagger(attackerKeys)({ sender: 0, checker: 2, receiver: 1 }, 0, 0, new Uint8Array(8))).to.throw(
      "does not hold the key",
    );
    expect(deriveKey(attackerKeys[1]!, "tag/021")).to.not.deep.equal(deriveKey(attackerKeys[2]!, "tag/021"));
  });
});
