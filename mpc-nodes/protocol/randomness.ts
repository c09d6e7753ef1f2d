/**
 * Randomness that parties have in common without a message: pseudorandom streams from the keys k_j, where k_j is held by all
 * parties of the computation but j (ePrint 2020/1330). The holders draw in the same order, so they draw the same.
 */
import { type Cipheriv, createCipheriv, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Heap } from "../kernels/heap.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { ProtocolError } from "./errors.ts";

/** Each purpose has streams of its own: what one operation draws tells nothing of another's. */
export type StreamPurpose =
  | "joint-sharing"
  | "zero-sharing"
  | "random"
  | "noise"
  | "permutation"
  | "mac-key"
  | "check"
  | "check-seed"
  | "output-share"
  | "output-salt"
  | "table-seed";

export interface Randomness {
  /** Writes the next bytes of the stream of k_j into the heap; fails when this party does not hold k_j. */
  fill(j: PartyId, purpose: StreamPurpose, heap: Heap, pointer: number, length: number): void;
  /** The next `length` bytes of the stream of k_j; fails when this party does not hold k_j. */
  bytes(j: PartyId, purpose: StreamPurpose, length: number): Uint8Array;
}

/** A 16-byte key for one use of k_j: HMAC-SHA-256(k_j, label), truncated. */
export function deriveKey(key: Uint8Array | KeyObject, label: string): Uint8Array {
  return createHmac("sha256", key).update(`sharebridge/1/derive/${label}`).digest().subarray(0, 16);
}

/** keys[j] is k_j, 32 bytes, equal at its holders; null at the party's own index. */
export type Keys = readonly (Uint8Array | null)[];

/**
 * @param task names the task that draws: tasks side by side draw from streams of their own
 */
export function createRandomness(keys: Keys, task = ""): Randomness {
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
    // Key objects: each of the two is made five times faster of one than of bytes, and every task has streams of its own.
    const streamKey = createSecretKey(deriveKey(keyObjectOf(key), `stream/${purpose}/${task}`));
    const cipher = createCipheriv("aes-128-ctr", streamKey, new Uint8Array(16));
    streams[j]!.set(purpose, cipher);
    return cipher;
  }

  /** Hands over the next pieces, each to be used before the next. */
  function draw(
    j: PartyId,
    purpose: StreamPurpose,
    length: number,
    take: (piece: Uint8Array, at: number) => void,
  ): void {
    const cipher = stream(j, purpose);
    for (let offset = 0; offset < length; offset += ZEROS.length) {
      const left = length - offset;
      const piece = cipher.update(left >= ZEROS.length ? ZEROS : ZEROS.subarray(0, left));
      take(piece, offset);
      // Frees the memory now: left to the garbage collector it would have that run all the time.
      if (piece.length === piece.buffer.byteLength) piece.buffer.transfer(0);
    }
  }

  return {
    fill(j, purpose, heap, pointer, length) {
      draw(j, purpose, length, (piece, at) => heap.write(pointer + at, piece));
    },
    bytes(j, purpose, length) {
      const bytes = new Uint8Array(length);
      draw(j, purpose, length, (piece, at) => bytes.set(piece, at));
      return bytes;
    },
  };
}

/** The keys of a session do not change. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>();

function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key);
  if (known) return known;
  const made = createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}

/** The key stream is the encryption of zeros, in pieces that stay in cache. */
const ZEROS = new Uint8Array(65_536);
