/**
 * Sealing of what must not be readable on a stolen disk: AES-256-GCM under the node's storage key, with what the bytes
 * are and whose they are as associated data, so that a row moved to another place does not open.
 *
 * Layout: nonce(12, random) ‖ tag(16) ‖ ciphertext.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { PartyId } from "../math/party.ts";
import { StoreError } from "./errors.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const STORAGE_KEY_BYTES = 32;

/**
 * dataset, privateInputs: a seat's package of one of these. valid-rows: that of a dataset's valid rows alone. opening: a seat's output shares of
 * one request.
 */
export type SealedKind = "dataset" | "valid-rows" | "privateInputs" | "opening";

/** What the bytes are and whose. */
export interface SealedPlace {
  readonly kind: SealedKind;
  /** bytes32, hex: of the dataset, of the request; the commitment of valid rows, of private inputs. */
  readonly id: string;
  readonly seat: PartyId;
  /** Of an opening. */
  readonly attempt?: number;
}

export interface AtRest {
  seal(place: SealedPlace, plaintext: Uint8Array): Uint8Array;
  /** Throws `SealBroken`. */
  open(place: SealedPlace, sealed: Uint8Array): Uint8Array;
}

/**
 * `id` has one length and `seat` one digit, so the parts cannot shift. Attempt 0 is not written: programs that had no other
 * left it out, and what they sealed must open.
 */
function associatedData({ kind, id, seat, attempt = 0 }: SealedPlace): Buffer {
  const name = `sharebridge/1/store|${kind}|${id.toLowerCase()}|${seat}`;
  return Buffer.from(attempt === 0 ? name : `${name}|${attempt}`, "utf8");
}

/** @param storageKey 32 bytes. */
export function createAtRest(storageKey: Uint8Array): AtRest {
  if (storageKey.length !== STORAGE_KEY_BYTES) {
    throw new RangeError(`the storage key must be ${STORAGE_KEY_BYTES} bytes, not ${storageKey.length}`);
  }
  return {
    seal(place, plaintext) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", storageKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associatedData(place));
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    },
    open(place, sealed) {
      const broken = () =>
        new StoreError(
          "SealBroken",
          `the stored ${place.kind} ${place.id} does not open under this node's storage key: restore the node's folder from a backup`,
        );
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw broken();
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", storageKey, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associatedData(place));
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const plaintext = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
      } catch {
        throw broken();
      }
    },
  };
}
