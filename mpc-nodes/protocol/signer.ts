import type { PartyId } from "../math/party.ts";

/** Statements between nodes that can be shown to a third: signed with the key by which each party is known to the others. */
export interface Signer {
  readonly party: PartyId;
  /** An Ed25519 signature (RFC 8032), 64 bytes, over `bytes` in a domain of their own. */
  sign(bytes: Uint8Array): Uint8Array;
  /** Whether `party` signed `bytes`. False when the party's key is not known here yet: it was never connected. */
  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean;
}
