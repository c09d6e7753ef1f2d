import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { PartyId } from "../math/party.ts";
import type { Signer } from "../protocol/signer.ts";
import { TransportError } from "./errors.ts";

/** Before every statement: a signature of TLS 1.3 starts with 64 spaces (RFC 8446 §4.4.3), so neither passes for the other. */
const STATEMENT_PREFIX = Buffer.from("sharebridge/1/statement\0", "ascii");

/** Signs with this party's identity key, verifies with the keys that peers have proven to hold. Ed25519 only. */
export class IdentityKeys implements Signer {
  readonly party: PartyId;
  readonly #privateKey: KeyObject;
  readonly #publicKeys = new Map<PartyId, KeyObject>();

  /** @param privateKey PEM, or a key as the platform makes it. */
  constructor(party: PartyId, privateKey: string | KeyObject) {
    this.party = party;
    this.#privateKey = typeof privateKey === "string" ? createPrivateKey(privateKey) : privateKey;
    this.#publicKeys.set(party, createPublicKey(this.#privateKey));
  }

  get publicKey(): KeyObject {
    return this.#publicKeys.get(this.party) as KeyObject;
  }

  /** `key` is `party`'s: its hash is the registered one. Kept when the connection is gone. */
  learn(party: PartyId, key: KeyObject): void {
    this.#publicKeys.set(party, key);
  }

  sign(bytes: Uint8Array): Uint8Array {
    if (!isEd25519(this.#privateKey)) {
      throw new TransportError(
        "InvalidSettings",
        "statements are signed with Ed25519; this node's TLS key is of another kind",
      );
    }
    return new Uint8Array(sign(null, statement(bytes), this.#privateKey));
  }

  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean {
    const key = this.#publicKeys.get(party);
    return key !== undefined && isEd25519(key) && verify(null, statement(bytes), key, signature);
  }
}

function isEd25519(key: KeyObject): boolean {
  return key.asymmetricKeyType === "ed25519";
}

function statement(bytes: Uint8Array): Buffer {
  return Buffer.concat([STATEMENT_PREFIX, bytes]);
}
