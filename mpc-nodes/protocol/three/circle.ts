/**
 * Three seats of the four compute: every seat but `excluded`, in a circle. Share j is the one that seat j lacks, as among four, so each
 * seat holds the shares of the next and of the last seat of the circle that begins with it.
 */
import { type PartyId, partiesExcept } from "../../math/party.ts";
import type { MessageRoles } from "../round.ts";
import type { TwoRoles } from "../tags.ts";

export interface Circle {
  readonly own: PartyId;
  readonly next: PartyId;
  readonly last: PartyId;
  /** The seat that is left out. */
  readonly excluded: PartyId;
  /** All three, ascending. */
  readonly active: readonly [PartyId, PartyId, PartyId];
  /** Every seat says something to the next, in the order of `active`; nobody else knows it. */
  readonly passing: readonly (readonly [MessageRoles, MessageRoles])[];
  /** How each seat is told, jointly, the share that it lacks: by the next, vouched for by the last. */
  readonly tellings: readonly TwoRoles[];
}

export function circleOf(own: PartyId, excluded: PartyId): Circle {
  const active = partiesExcept(excluded) as unknown as Circle["active"];
  const after = (seat: PartyId, steps: number): PartyId => active[(active.indexOf(seat) + steps) % 3]!;
  return {
    own,
    next: after(own, 1),
    last: after(own, 2),
    excluded,
    active,
    passing: active.map((seat) => {
      const roles = untagged(seat, after(seat, 1));
      return [roles, roles];
    }),
    // Always the next: the coin of `triple-check.ts` depends on it.
    tellings: active.map((receiver) => {
      const roles = { sender: after(receiver, 1), checker: after(receiver, 2), receiver };
      return [roles, roles];
    }),
  };
}

export function untagged(sender: PartyId, receiver: PartyId): MessageRoles {
  return { sender, checker: null, receiver };
}
