import type { PartyId } from "../math/party.ts";
import { type RandomSource, systemRandom } from "../math/random.ts";
import { COIN_TOSS_ROUNDS, tossCoins } from "./coin-toss.ts";
import { ProtocolError } from "./errors.ts";
import { createJointMessages, type JointMessages } from "./joint-message.ts";
import type { Network } from "./network.ts";
import { createRandomness, type Randomness } from "./randomness.ts";
import { createTagger } from "./tags.ts";

export const BINDING_BYTES = 32;

/**
 * One party's end of one computation. Operations on it run one after another, in the same order at every party. After
 * the first failure it is dead; whoever opened the network closes it.
 */
export interface Session {
  readonly party: PartyId;
  readonly network: Network;
  /** Streams from k_0..k_3, drawn in step with the other holders. */
  readonly randomness: Randomness;
  readonly joint: JointMessages;
  /** Rounds of communication so far, the coin toss included. */
  readonly rounds: number;
}

/**
 * Tosses the keys of this session: fresh for every request and attempt.
 * @param binding 32 bytes that name what is computed: chain, market, request, epoch, program, pool, active set
 * @param random contributions to the keys; the platform's generator unless a test says otherwise
 * @throws ProtocolError when a peer cheats in the toss or is bound to something else
 */
export async function openSession(
  network: Network,
  binding: Uint8Array,
  random: RandomSource = systemRandom,
): Promise<Session> {
  if (binding.length !== BINDING_BYTES) {
    throw new ProtocolError("InvalidBinding", `a session is bound to ${BINDING_BYTES} bytes, not ${binding.length}`);
  }
  const keys = await tossCoins(network, binding, random);
  const joint = createJointMessages(network, createTagger(keys));
  return {
    party: network.party,
    network,
    randomness: createRandomness(keys),
    joint,
    get rounds() {
      return COIN_TOSS_ROUNDS + joint.rounds;
    },
  };
}
