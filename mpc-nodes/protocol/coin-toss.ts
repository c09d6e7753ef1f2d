/**
 * The keys of three parties, coin-tossed among their holders (PROTOCOL 3): commit, open, echo; all four keys in the same
 * three rounds. No single dealer: it could give two holders different keys and frame an honest pair later. Every hash is
 * bound to `binding` (chain, market, request, attempt, …), so parties that disagree about what they compute find out here.
 * Commitments are signed, so that two holders who were told different things can show it (`settlement/`).
 */
import { ByteReader, concatenateBytes, equalBytes } from "../math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import type { RandomSource } from "../math/random.ts";
import { heldShares } from "../sharing/shared-vector.ts";
import { COMMITMENT_BYTES, coinCommitment, coinDigest, isSignedBy, signCommitment } from "./coin-commitment.ts";
import { ProtocolError } from "./errors.ts";
import { type Network, receiveBytes } from "./network.ts";
import type { Progress } from "./progress.ts";
import { deriveKey, type Keys } from "./randomness.ts";
import { SIGNATURE_BYTES, type Signer } from "./signer.ts";

export const KEY_BYTES = 32;
export const BINDING_BYTES = 32;
export const COIN_TOSS_ROUNDS = 3;
/** Payload that each of four parties sends: for two keys to each of three peers a signed commitment, a contribution and an echo. */
export const COIN_TOSS_BYTES = 3 * 2 * (COMMITMENT_BYTES + SIGNATURE_BYTES + 2 * KEY_BYTES);

export interface CoinTossOptions {
  readonly network: Network;
  readonly signer: Signer;
  /** 32 bytes, equal at all parties. */
  readonly binding: Uint8Array;
  /** Of the request: holders of a key compare it, too, in their echoes. */
  readonly requestKeys?: Keys | null | undefined;
  readonly random: RandomSource;
  /** Keeps the commitments that were seen. */
  readonly progress: Progress;
}

/** @throws ProtocolError InvalidBinding */
export function requireBinding(binding: Uint8Array): void {
  if (binding.length === BINDING_BYTES) return;
  throw new ProtocolError("InvalidBinding", `a session is bound to ${BINDING_BYTES} bytes, not ${binding.length}`);
}

/**
 * @returns keys[j] is k_j, 32 bytes, equal at its holders; null at the party's own index. Among three parties the key of the seat that is
 * left out is held by all, the others by two.
 * @throws ProtocolError CoinTossBadSignature, CoinTossOpeningMismatch or CoinTossEchoMismatch
 */
export async function tossCoins(options: CoinTossOptions): Promise<(Uint8Array | null)[]> {
  const { network, signer, binding, requestKeys, random, progress } = options;
  const { party } = network;
  // contributions[j][p]: what party p put into k_j.
  const contributions: Uint8Array[][] = PARTIES.map(() => []);
  const commitmentOf = (j: PartyId, p: PartyId) => progress.commitmentOf(j, p)!;

  for (const j of heldShares(party)) {
    const contribution = random(KEY_BYTES);
    contributions[j]![party] = contribution;
    const commitment = coinCommitment(binding, j, party, contribution);
    progress.committed(j, party, signCommitment(signer, binding, j, commitment));
  }

  // Commit.
  progress.place = 1;
  const committed = await toHolders(network, COMMITMENT_BYTES + SIGNATURE_BYTES, (j) => {
    const { commitment, signature } = commitmentOf(j, party);
    return concatenateBytes([commitment, signature]);
  });
  for (const { peer, j, bytes } of committed) {
    const shown = { commitment: bytes.subarray(0, COMMITMENT_BYTES), signature: bytes.subarray(COMMITMENT_BYTES) };
    if (!isSignedBy(signer, peer, binding, j, shown)) {
      const message = `seat ${peer} did not sign its commitment to key ${j}, or computes another request`;
      throw new ProtocolError("CoinTossBadSignature", message, [peer]);
    }
    progress.committed(j, peer, shown);
  }

  // Open: only now, when every commitment to every key held here has arrived.
  progress.place = 2;
  const opened = await toHolders(network, KEY_BYTES, (j) => contributions[j]![party]!);
  for (const { peer, j, bytes } of opened) {
    if (!equalBytes(coinCommitment(binding, j, peer, bytes), commitmentOf(j, peer).commitment)) {
      const message = `seat ${peer} opened another contribution to key ${j} than it committed to`;
      throw new ProtocolError("CoinTossOpeningMismatch", message, [peer]);
    }
    contributions[j]![peer] = bytes;
  }

  // Echo: the holders of a key compare all that they saw of it, so nobody has told two of them different things.
  progress.place = 3;
  const active = [party, ...network.peers].sort();
  const holdersOf = (j: PartyId): PartyId[] => active.filter((holder) => holder !== j);
  const transcript = (j: PartyId): Uint8Array[] =>
    holdersOf(j).flatMap((holder) => [commitmentOf(j, holder).commitment, contributions[j]![holder]!]);
  const echoOf = (j: PartyId) => coinDigest("echo", binding, [j], ...transcript(j), ...fingerprints(requestKeys, j));
  const echoed = await toHolders(network, KEY_BYTES, echoOf);
  for (const { peer, j, bytes } of echoed) {
    if (!equalBytes(bytes, echoOf(j))) {
      throw new ProtocolError(
        "CoinTossEchoMismatch",
        `seat ${peer} saw another toss of key ${j} than this seat, or has another one of the request: a holder does not say to all the same`,
        holdersOf(j).filter((holder) => holder !== party),
        { toss: { peer, key: j } },
      );
    }
  }
  progress.place = COIN_TOSS_ROUNDS + 1;
  return PARTIES.map((j) => (j === party ? null : coinDigest("key", binding, [j], ...transcript(j))));
}

/** Tells whether two hold the same key of the request, and nothing else of it. */
function fingerprints(requestKeys: Keys | null | undefined, j: PartyId): Uint8Array[] {
  const key = requestKeys?.[j];
  return key ? [deriveKey(key, "fingerprint")] : [];
}

/** One round: to each peer so many bytes for each of the two keys that it holds together with this party, ascending. */
async function toHolders(
  network: Network,
  byteLength: number,
  bytesFor: (j: PartyId) => Uint8Array,
): Promise<{ peer: PartyId; j: PartyId; bytes: Uint8Array }[]> {
  const { peers } = network;
  for (const peer of peers) network.send(peer, concatenateBytes(partiesExcept(network.party, peer).map(bytesFor)));
  const received = await Promise.all(
    peers.map(async (peer) => {
      const keys = partiesExcept(network.party, peer);
      const reader = new ByteReader(await receiveBytes(network, peer, keys.length * byteLength));
      return keys.map((j) => ({ peer, j, bytes: reader.bytes(byteLength) }));
    }),
  );
  return received.flat();
}
