/**
 * The keys of three parties, coin-tossed among their holders (PROTOCOL 3): commit, open, echo; all four keys in the same
 * three rounds. No single dealer: it could give two holders different keys and frame an honest pair later. Every hash is
 * bound to `binding` (chain, market, request, attempt, …), so parties that disagree about what they compute find out here.
 */
import { createHash } from "node:crypto";
import { ByteReader, concatenateBytes, equalBytes } from "../math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import type { RandomSource } from "../math/random.ts";
import { heldShares } from "../sharing/shared-vector.ts";
import { ProtocolError } from "./errors.ts";
import { type Network, receiveBytes } from "./network.ts";

export const KEY_BYTES = 32;
export const COIN_TOSS_ROUNDS = 3;

type Table<T> = (T | undefined)[][];

/**
 * @param binding 32 bytes, equal at all parties
 * @returns keys[j] is k_j, 32 bytes, equal at its three holders; null at the party's own index
 * @throws ProtocolError CoinTossOpeningMismatch or CoinTossEchoMismatch
 */
export async function tossCoins(
  network: Network,
  binding: Uint8Array,
  random: RandomSource,
): Promise<(Uint8Array | null)[]> {
  const { party } = network;
  const peers = partiesExcept(party);
  // commitments[j][p], contributions[j][p]: what party p put into k_j.
  const commitments: Table<Uint8Array> = PARTIES.map(() => []);
  const contributions: Table<Uint8Array> = PARTIES.map(() => []);

  for (const j of heldShares(party)) {
    contributions[j]![party] = random(KEY_BYTES);
    commitments[j]![party] = coinCommitment(binding, j, party, contributions[j]![party]);
  }

  // Commit.
  const committed = await toHolders(network, (j) => commitments[j]![party]!);
  for (const { peer, j, bytes } of committed) commitments[j]![peer] = bytes;

  // Open: only now, when every commitment to every key held here has arrived.
  const opened = await toHolders(network, (j) => contributions[j]![party]!);
  for (const { peer, j, bytes } of opened) {
    if (!equalBytes(coinCommitment(binding, j, peer, bytes), commitments[j]![peer]!)) {
      throw new ProtocolError(
        "CoinTossOpeningMismatch",
        `seat ${peer} opened another contribution to key ${j} than it committed to, or computes another request`,
        [peer],
      );
    }
    contributions[j]![peer] = bytes;
  }

  // Echo: the holders of a key compare all that they saw of it, so nobody has told two of them different things.
  const transcript = (j: PartyId): Uint8Array[] =>
    heldShares(j).flatMap((holder) => [commitments[j]![holder]!, contributions[j]![holder]!]);
  const echoed = await toHolders(network, (j) => digest("echo", binding, [j], ...transcript(j)));
  for (const { peer, j, bytes } of echoed) {
    if (!equalBytes(bytes, digest("echo", binding, [j], ...transcript(j)))) {
      throw new ProtocolError(
        "CoinTossEchoMismatch",
        `seat ${peer} saw another toss of key ${j} than this seat; one of the holders said different things to the others`,
        peers.filter((other) => other !== j),
      );
    }
  }
  return PARTIES.map((j) => (j === party ? null : digest("key", binding, [j], ...transcript(j))));
}

/** Hiding by the contribution's own 256 bits of entropy; names key and party, so that nobody can copy another's. */
export function coinCommitment(binding: Uint8Array, j: PartyId, party: PartyId, contribution: Uint8Array): Uint8Array {
  return digest("commit", binding, [j, party], contribution);
}

/** One round: to each peer 32 bytes for each of the two keys that it holds together with this party, ascending. */
async function toHolders(
  network: Network,
  bytesFor: (j: PartyId) => Uint8Array,
): Promise<{ peer: PartyId; j: PartyId; bytes: Uint8Array }[]> {
  const peers = partiesExcept(network.party);
  for (const peer of peers) network.send(peer, concatenateBytes(partiesExcept(network.party, peer).map(bytesFor)));
  const received = await Promise.all(
    peers.map(async (peer) => {
      const keys = partiesExcept(network.party, peer);
      const reader = new ByteReader(await receiveBytes(network, peer, keys.length * KEY_BYTES));
      return keys.map((j) => ({ peer, j, bytes: reader.bytes(KEY_BYTES) }));
    }),
  );
  return received.flat();
}

/** SHA-256 of parts of fixed lengths under a tag. */
function digest(
  use: "commit" | "echo" | "key",
  binding: Uint8Array,
  numbers: number[],
  ...parts: Uint8Array[]
): Uint8Array {
  const hash = createHash("sha256")
    .update(`sharebridge/1/coin/${use}`)
    .update(binding)
    .update(Uint8Array.from(numbers));
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
