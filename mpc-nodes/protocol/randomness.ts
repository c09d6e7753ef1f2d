/**
 * Randomness that three parties have in common without a message: pseudorandom streams from the keys k_j, where k_j is
 * held by all parties but j (ePrint 2020/1330). The holders draw in the same order, so they draw the same.
 */
import { type Cipheriv, createCipheriv, createHmac } from "node:crypto";
import { PARTIES, type PartyId } from "../math/party.ts";
import { viewBytes } from "../math/words.ts";
import { ProtocolError } from "./errors.ts";

/** Each purpose has streams of its own: what one operation draws tells nothing of another's. */
export type StreamPurpose = "joint-sharing" | "truncation" | "output-salt";

export interface Randomness {
  /** The next `length` words of the stream of k_j; fails when this party does not hold k_j. */
  words(j: PartyId, purpose: StreamPurpose, length: number): BigUint64Array;
  /** The next `length` bytes of the stream of k_j; fails when this party does not hold k_j. */
  bytes(j: PartyId, purpose: StreamPurpose, length: number): Uint8Array;
}

/** A 16-byte key for one use of k_j: HMAC-SHA-256(k_j, label), truncated. */
export function deriveKey(key: Uint8Array, label: string): Uint8Array {
  return createHmac("sha256", key).update(`sharebridge/1/derive/${label}`).digest().subarray(0, 16);
}

/** @param keys keys[j] is k_j, 32 bytes; null at the party's own index */
export function createRandomness(keys: readonly (Uint8Array | null)[]): Randomness {
  const streams = PARTIES.map(() => new Map<StreamPurpose, Cipheriv>());

  function stream(j: PartyId, purpose: StreamPurpose): Cipheriv {
    const opened = streams[j]!.get(purpose);
    if (opened) return opened;
    const key = keys[j];
    if (!key)
      throw new ProtocolError(
        "InvalidOperand",
        `this party does not hold key ${j}, so it cannot draw from its streams`,
      );
    const cipher = createCipheriv("aes-128-ctr", deriveKey(key, `stream/${purpose}`), new Uint8Array(16));
    streams[j]!.set(purpose, cipher);
    return cipher;
  }

  function fill(j: PartyId, purpose: StreamPurpose, out: Uint8Array): void {
    const cipher = stream(j, purpose);
    for (let offset = 0; offset < out.length; offset += ZEROS.length) {
      const length = Math.min(ZEROS.length, out.length - offset);
      out.set(cipher.update(length === ZEROS.length ? ZEROS : ZEROS.subarray(0, length)), offset);
    }
  }

  return {
    words(j, purpose, length) {
      const words = new BigUint64Array(length);
      fill(j, purpose, viewBytes(words));
      return words;
    },
    bytes(j, purpose, length) {
      const bytes = new Uint8Array(length);
      fill(j, purpose, bytes);
      return bytes;
    },
  };
}

/** The key stream is the encryption of zeros, in pieces that stay in cache. */
const ZEROS = new Uint8Array(65_536);
