/**
 * The end of an attempt (PROTOCOL 7): votes on what was computed, then signatures, both in the attempt's own session. Of four
 * active parties three suffice; of three all three are needed. A peer is asked for its signature only after its vote.
 */
import { concat, getBytes, hexlify, id, keccak256 } from "ethers";
import { equalBytes } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { type Network, receiveBytes } from "../protocol/network.ts";
import { EndingError } from "./ending-error.ts";

export interface EndingOptions {
  readonly network: Network;
  /** `bindingOf` the attempt: terms, attempt and active set. */
  readonly binding: Uint8Array;
  /** 0x-hex: what this party computed. */
  readonly result: string;
  /** Persists, then signs; called at most once, and only after enough equal votes. */
  sign(): Promise<string>;
  /** Whether a peer's signature is one over the same digest by the key of its seat. */
  isSignature(party: PartyId, signature: string): boolean;
}

export interface Ending {
  readonly signature: string;
  /** Peers whose valid signature came before there were enough. */
  readonly signers: readonly PartyId[];
}

const TAG = id("sharebridge/1/vote");
const VOTE_BYTES = 32;
const SIGNATURE_BYTES = 65;
/** Signatures needed, one's own included: what the contract asks for (DESIGN 4). */
const ENOUGH = 3;

/** @throws EndingError `VoteMismatch`, `NoSignature`; what `sign` throws */
export async function endAttempt(options: EndingOptions): Promise<Ending> {
  const { network, binding, result, sign, isSignature } = options;
  const vote = getBytes(keccak256(concat([TAG, binding, keccak256(result)])));
  for (const peer of network.peers) network.send(peer, vote);
  const votes = network.peers.map(async (peer) => {
    if (!equalBytes(await receiveBytes(network, peer, VOTE_BYTES), vote)) throw new EndingError("VoteMismatch", peer);
    return peer;
  });
  await enough(votes);
  const signature = await sign();
  const bytes = getBytes(signature);
  if (bytes.length !== SIGNATURE_BYTES) throw new RangeError(`a signature has ${SIGNATURE_BYTES} bytes`);
  for (const peer of network.peers) network.send(peer, bytes);
  const signers = network.peers.map(async (peer, index) => {
    // A peer that voted for something else may still sign this: it is the signature that counts.
    await votes[index]!.catch((error: unknown) => {
      if (!(error instanceof EndingError)) throw error;
    });
    const theirs = hexlify(await receiveBytes(network, peer, SIGNATURE_BYTES));
    if (!isSignature(peer, theirs)) throw new EndingError("NoSignature", peer);
    return peer;
  });
  return { signature, signers: await enough(signers) };
}

/** Resolves with the first peers that are enough, one's own part included; rejects, once they cannot be, with the first failure. */
function enough(parts: readonly Promise<PartyId>[]): Promise<PartyId[]> {
  return new Promise((resolve, reject) => {
    const there: PartyId[] = [];
    const failures: unknown[] = [];
    for (const part of parts) {
      part.then(
        (party) => {
          if (there.push(party) === ENOUGH - 1) resolve([...there]);
        },
        (error: unknown) => {
          failures.push(error);
          if (parts.length - failures.length < ENOUGH - 1) reject(failures[0]);
        },
      );
    }
  });
}
