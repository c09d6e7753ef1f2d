/** Which of the committee's four seats this node has. */
import { isPartyId, type PartyId } from "../math/party.ts";
import type { ChainSeat } from "./chain-reader.ts";
import { ChainError } from "./errors.ts";
import { lower } from "./hex.ts";

/** The public half of a node's keys, as the committee registry shows it. */
export interface PublicIdentity {
  /** Address of the signing key. */
  readonly signer: string;
  /** X25519 public key, bytes32 hex. */
  readonly sealingKey: string;
  /** SHA-256 of the TLS certificate's SubjectPublicKeyInfo, bytes32 hex. */
  readonly tlsKeyHash: string;
}

/** Throws `NotSeated` when no seat has this signer, `SeatKeysDiffer` when the seat shows other keys. */
export function ownSeat(seats: readonly ChainSeat[], identity: PublicIdentity): PartyId {
  const seat = seats.findIndex(({ signer }) => lower(signer) === lower(identity.signer));
  if (!isPartyId(seat)) {
    throw new ChainError(
      "NotSeated",
      `signer ${identity.signer} has no seat in this committee: register this node's public identity, or correct committeeId`,
    );
  }
  for (const key of ["sealingKey", "tlsKeyHash"] as const) {
    if (lower(seats[seat][key]) !== lower(identity[key])) {
      throw new ChainError(
        "SeatKeysDiffer",
        `seat ${seat} shows ${key} ${seats[seat][key]} on chain, this node's is ${identity[key]}: use the keys that were registered`,
      );
    }
  }
  return seat;
}
