import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { PartyId } from "../math/party.ts";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Signer } from "../protocol/signer.ts";
import { TransportError } from "./errors.ts";
import { publicKeyHash } from "./key-hash.ts";

/** Before every statement: a signature of TLS 1.3 starts with 64 spaces (RFC 8446 §4.4.3), so neither passes for the other. */
const STATEMENT_PREFIX = Buffer.from("sharebridge/1/statement\0", "ascii");

/**
 * Signs with this party's identity key. A signature carries its key, and the key must have the hash that is registered for
 * the party, so nothing is learnt from connections: all parties judge a signature alike. Ed25519 only.
 */
export class IdentityKeys implements Signer {
  readonly party: PartyId;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  /** As in the committee registry, by party. */
  readonly #hashes: readonly string[];

  /**
   * @param privateKey PEM, or a key as the platform makes it
   * @param hashes the registered hash of each party's key, by party
   */
  constructor(party: PartyId, privateKey: string | KeyObject, hashes: readonly string[]) {
    this.party = party;
    this.#privateKey = typeof privateKey === "string" ? createPrivateKey(privateKey) : privateKey;
    this.#publicKey = createPublicKey(this.#privateKey).export({ type: "spki", format: "der" });
    this.#hashes = hashes;
  }

  sign(bytes: Uint8Array): Uint8Array {
    if (this.#privateKey.asymmetricKeyType !== "ed25519") {
      throw new TransportError(
        "InvalidSettings",
        "statements are signed with Ed25519; this node's TLS key is of another kind",
      );
    }
    return new Uint8Array(Buffer.concat([this.#publicKey, sign(null, statement(bytes), this.#privateKey)]));
  }

  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES) return false;
    const spki = signature.subarray(0, PUBLIC_KEY_BYTES);
    // The hash first: only what the committee registered is parsed.
    if (publicKeyHash(spki) !== this.#hashes[party]) return false;
    const key = createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
    return (
      key.asymmetricKeyType === "ed25519" && verify(null, statement(bytes), key, signature.subarray(PUBLIC_KEY_BYTES))
    );
  }
}

function statement(bytes: Uint8Array): Buffer {
  return Buffer.concat([STATEMENT_PREFIX, bytes]);
}
