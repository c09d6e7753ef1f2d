/**
 * The end of an attempt (PROTOCOL 7): votes on what was computed, then signatures, both in the attempt's own session. Of four
 * active parties three suffice; of three all three are needed. A peer is asked for its signature only after its vote.
 */
import { concat, getBytes, hexlify, id, keccak256 } from "ethers";
import { equalBytes } from "../math/bytes.ts";
import { type Network, receiveBytes } from "../protocol/network.ts";
import type { Progress } from "../protocol/progress.ts";
import { EndingError } from "./ending-error.ts";
import type { SeatSignature } from "./engine.ts";

export interface EndingOptions {
  readonly network: Network;
  /** `bindingOf` the attempt: terms, attempt and active set. */
  readonly binding: Uint8Array;
  /** 0x-hex: what this party computed. */
  readonly result: string;
  /** Persists, then signs; called at most once, and only after enough equal votes. */
  sign(): Promise<string>;
  /** Whether a peer's signature is one over the same digest by the key of its seat. */
  isSignature(signed: SeatSignature): Promise<boolean>;
  /** Votes are awaited at the place where the run left it, signatures at the next. */
  readonly progress: Progress;
}

export interface Ending {
  /** This party's own. */
  readonly signature: string;
  /** Enough valid ones, its own among them, by seat. */
  readonly signatures: readonly SeatSignature[];
}

const TAG = id("sharebridge/1/vote");
const VOTE_BYTES = 32;
const SIGNATURE_BYTES = 65;
/** Signatures needed, one's own included: what the contract asks for (DESIGN 4). */
const ENOUGH = 3;

/**
 * @throws EndingError `VoteMismatch`, `NoSignature`; what a network throws of a peer; at once what `sign` and `isSignature` throw
 */
export async function endAttempt(options: EndingOptions): Promise<Ending> {
  const { network, binding, result, sign, isSignature, progress } = options;
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
  progress.place += 1;
  const own = Promise.withResolvers<never>();
  const signatures = network.peers.map(async (peer, index): Promise<SeatSignature> => {
    // A peer that voted for something else may still sign this: it is the signature that counts.
    await votes[index]!.catch((error: unknown) => {
      if (!(error instanceof EndingError)) throw error;
    });
    const signed = { seat: peer, signature: hexlify(await receiveBytes(network, peer, SIGNATURE_BYTES)) };
    const valid = await isSignature(signed).catch((error: unknown) => {
      // This party cannot judge: that is no peer's doing, and must not look like it.
      own.reject(error);
      return false;
    });
    if (!valid) throw new EndingError("NoSignature", peer);
    return signed;
  });
  own.promise.catch(() => {});
  const theirs = await Promise.race([own.promise, enough(signatures)]);
  const all = [...theirs, { seat: network.party, signature }];
  return { signature, signatures: all.sort((a, b) => a.seat - b.seat) };
}

/** Resolves with the first parts that are enough, one's own included; rejects, once they cannot be, with the first failure. */
function enough<T>(parts: readonly Promise<T>[]): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const there: T[] = [];
    const failures: unknown[] = [];
    for (const part of parts) {
      part.then(
        (value) => {
          if (there.push(value) === ENOUGH - 1) resolve([...there]);
        },
        (error: unknown) => {
          failures.push(error);
          if (parts.length - failures.length < ENOUGH - 1) reject(failures[0]);
        },
      );
    }
  });
}
