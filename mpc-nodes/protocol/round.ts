/**
 * What an operation does in one round of messages. Operations that run side by side hand in their parts together, and a carrier
 * (`joint-round.ts`) sends all of them as one round, cut into steps of bounded size that are pipelined.
 */
import type { PartyId } from "../math/party.ts";

/** Who sends a value, who vouches for it with a tag (nobody among three parties), who learns it. */
export interface MessageRoles {
  readonly sender: PartyId;
  readonly checker: PartyId | null;
  readonly receiver: PartyId;
}

/** Who sends changes from step to step, so that all send the same amount. */
export type Turn = 0 | 1;

/**
 * The turn of a round's first step is the parity of the ones in the round's number (Thue 1906, Morse 1921), and changes with each
 * step. Most rounds have one step: if each began alike, a party would never hear from some of its peers, and never learn what they
 * have verified (`evidence.ts`). As this sequence has no period, no loop of a program keeps step with it; even and odd rounds would
 * do for operations of one round, while those of two would still leave a party without a message.
 * @param round counts the carrier's rounds from 0
 */
export function turnOf(round: number, step: number): Turn {
  let turn = step & 1;
  for (let rest = round; rest > 0; rest >>>= 1) turn ^= rest & 1;
  return turn as Turn;
}

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
