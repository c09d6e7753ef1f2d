/**
 * What an operation does in one round of messages. Operations that run side by side hand in their parts together, and a carrier
 * (`four/joint-round.ts`, `three/…`) sends all of them as one round, cut into steps of bounded size that are pipelined.
 */
import type { PartyId } from "../math/party.ts";

/** Who sends a value, who vouches for it with a tag (nobody among three parties), who learns it. */
export interface MessageRoles {
  readonly sender: PartyId;
  readonly checker: PartyId | null;
  readonly receiver: PartyId;
}

/** Roles in even and in odd steps of a round: who sends changes, so that all send the same amount. */
export type Turn = 0 | 1;

export interface RoundPart {
  /** Rows (or words of bits) that the part runs over. */
  readonly units: number;
  /** Bytes of one unit in each message. */
  readonly unitBytes: number;
  readonly messages: readonly (readonly [MessageRoles, MessageRoles])[];
  /**
   * Makes the messages for units [from, to): in this order, every unit once. `outgoing[k]` points to where message k belongs at a
   * party that knows it, else it is 0.
   */
  produce(from: number, to: number, outgoing: readonly number[], turn: Turn): void;
  /** Takes units [from, to) of the messages to this party, verified; `incoming[k]` is 0 for the others. */
  consume(from: number, to: number, incoming: readonly number[], turn: Turn): void;
}

export interface Carrier {
  /** One round; at every party with the same parts in the same order. Rejects when anything is wrong; it is dead then. */
  round(parts: readonly RoundPart[]): Promise<void>;
}
