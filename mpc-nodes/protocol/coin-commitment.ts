/** Signed commitments of the coin toss: what shows that a party said different things to two holders of a key. */
import { createHash } from "node:crypto";
import type { PartyId } from "../math/party.ts";
import type { Signer } from "./signer.ts";

export const COMMITMENT_BYTES = 32;

/** Of a contributor to a key; tells nothing of the contribution. */
export interface SignedCommitment {
  readonly commitment: Uint8Array;
  readonly signature: Uint8Array;
}

/** Hiding by the contribution's own 256 bits of entropy; names key and party, so that nobody can copy another's. */
export function coinCommitment(
  binding: Uint8Array,
  key: PartyId,
  party: PartyId,
  contribution: Uint8Array,
): Uint8Array {
  return coinDigest("commit", binding, [key, party], contribution);
}

export function signCommitment(
  signer: Signer,
  binding: Uint8Array,
  key: PartyId,
  commitment: Uint8Array,
): SignedCommitment {
  return { commitment, signature: signer.sign(coinDigest("signed", binding, [key, signer.party], commitment)) };
}

export function isSignedBy(
  signer: Signer,
  contributor: PartyId,
  binding: Uint8Array,
  key: PartyId,
  { commitment, signature }: SignedCommitment,
): boolean {
  return signer.verify(contributor, coinDigest("signed", binding, [key, contributor], commitment), signature);
}

/** SHA-256 of parts of fixed lengths under a tag. */
export function coinDigest(
  use: "commit" | "signed" | "echo" | "key",
  binding: Uint8Array,
  numbers: number[],
  ...parts: Uint8Array[]
): Uint8Array {
  const hash = createHash("sha256")
    .update(`sharebridge/1/coin/${use}`)
    .update(binding)
    .update(Uint8Array.from(numbers));
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
