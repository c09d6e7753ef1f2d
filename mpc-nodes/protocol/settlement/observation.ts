import type { PartyId } from "../../math/party.ts";

/** A message whose tag its receiver rejected. The fourth party is the bystander. */
export interface DisputedMessage {
  readonly sender: PartyId;
  readonly checker: PartyId;
  readonly receiver: PartyId;
  readonly round: number;
  readonly step: number;
}

/** What a party says that it saw when an attempt failed. It says one thing: the first that stopped it. */
export type Observation =
  | ({ readonly kind: "badTag" } & DisputedMessage)
  /** Blocked: all of its own messages up to and including `round` are sent; that of `peer` in `round` is not there. */
  | { readonly kind: "waiting"; readonly peer: PartyId; readonly round: number }
  /** Not blocked, but `peer` said that it had stopped, itself `hops` - 1 announcements away from a first cause. */
  | { readonly kind: "stopped"; readonly peer: PartyId; readonly hops: number }
  | { readonly kind: "openingMismatch" | "voteMismatch" | "noSignature"; readonly peer: PartyId }
  | { readonly kind: "completed" };
