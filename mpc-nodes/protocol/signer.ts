import type { PartyId } from "../math/party.ts";

/** Signs as one party and checks the signatures of all. */
export interface Signer {
  readonly party: PartyId;
  sign(bytes: Uint8Array): Uint8Array;
  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean;
}
