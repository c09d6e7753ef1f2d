/**
 * Tags of joint messages (PROTOCOL 2): GMAC, that is AES-128-GCM with the message as additional data (NIST SP 800-38D).
 * A universal hash is sound only because the sender does not hold the key: it is derived from k_sender, which the sender
 * lacks, for one (sender, checker, receiver) of one session, and never revealed.
 */
import { createCipheriv, createSecretKey, type KeyObject } from "node:crypto";
import type { PartyId } from "../math/party.ts";
import { ProtocolError } from "./errors.ts";
import { deriveKey } from "./randomness.ts";

export const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** Who sends a value, who vouches for it with a tag, who learns it: three different parties. */
export interface Roles {
  readonly sender: PartyId;
  readonly checker: PartyId;
  readonly receiver: PartyId;
}

/** Who says it in steps of one turn and of the other (`round.ts`). */
export type TwoRoles = readonly [Roles, Roles];

/** The tag of what these roles say in this step of this round. Each (roles, round, step) of a session is used once: the nonce. */
export type Tagger = (roles: Roles, round: number, step: number, message: Uint8Array) => Uint8Array;

/** @param keys keys[j] is k_j, 32 bytes; null at the party's own index */
export function createTagger(keys: readonly (Uint8Array | null)[]): Tagger {
  // Key objects: a cipher is made four times faster of one than of bytes.
  const tagKeys = new Map<number, KeyObject>();
  const nonce = new Uint8Array(NONCE_BYTES);
  const fields = new DataView(nonce.buffer);
  return ({ sender, checker, receiver }, round, step, message) => {
    const index = 16 * sender + 4 * checker + receiver;
    let tagKey = tagKeys.get(index);
    if (!tagKey) {
      const key = keys[sender];
      if (!key) throw new ProtocolError("InvalidOperand", "the sender of a message does not hold the key of its tag");
      tagKey = createSecretKey(deriveKey(key, `tag/${sender}${checker}${receiver}`));
      tagKeys.set(index, tagKey);
    }
    fields.setBigUint64(0, BigInt(round));
    fields.setUint32(8, step);
    const cipher = createCipheriv("aes-128-gcm", tagKey, nonce);
    cipher.setAAD(message);
    cipher.final();
    return cipher.getAuthTag();
  };
}
