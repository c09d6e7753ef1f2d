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
  /** `peer` echoed another toss of k_`key`, which both hold. */
  | { readonly kind: "tossEcho"; readonly peer: PartyId; readonly key: PartyId }
  /** Blocked at this place of the run (`Progress`): all of its own messages up to there are sent, that of `peer` is not there. */
  | { readonly kind: "waiting"; readonly peer: PartyId; readonly round: number }
  | { readonly kind: "openingMismatch" | "voteMismatch" | "noSignature"; readonly peer: PartyId }
  /** It failed by itself, for want of memory say: it blames nobody and is left out. */
  | { readonly kind: "failed" }
  | { readonly kind: "completed" };

/** Whether `party` can say so at all. */
export function isPossible(party: PartyId, observation: Observation): boolean {
  switch (observation.kind) {
    case "completed":
    case "failed":
      return true;
    case "badTag": {
      const { sender, checker, receiver } = observation;
      return receiver === party && new Set([sender, checker, receiver]).size === 3;
    }
    case "tossEcho":
      return new Set([party, observation.peer, observation.key]).size === 3;
    default:
      return observation.peer !== party;
  }
}
