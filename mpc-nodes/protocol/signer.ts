import type { PartyId } from "../math/party.ts";

/** An Ed25519 key as SubjectPublicKeyInfo (RFC 8410), DER. */
export const PUBLIC_KEY_BYTES = 44;
/** The signer's public key, then a signature of RFC 8032. */
export const SIGNATURE_BYTES = PUBLIC_KEY_BYTES + 64;

/** Statements between nodes that can be shown to a third: signed with the key whose hash is registered for the party. */
export interface Signer {
  readonly party: PartyId;
  /** `SIGNATURE_BYTES` over `bytes` in a domain of their own; the same for the same bytes. */
  sign(bytes: Uint8Array): Uint8Array;
  /** Whether `party` signed `bytes`: the same answer at every party, whoever has ever been connected to whom. */
  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean;
}
