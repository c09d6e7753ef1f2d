/**
 * Who says what in pass e of a shuffle. The three that know π_e hold x_e all, and each other share x_j in twos. π_e(x_e) stays in share e,
 * which e lacks. π_e(x_j) must leave share j, which e holds: it is shared jointly by the two that know it, between shares e and j, so
 * that what e sees of it is a mask of k_j or a value under a mask of k_e. Three messages: each value is one that some of the three
 * lacks, no two of the values are known to the same two, and a message needs two that know it.
 */

import { type PartyId, partiesExcept } from "../../math/party.ts";
import type { TwoRoles } from "../tags.ts";

export interface PassSharing {
  /** The share of x whose rows, in the order π_e, are shared. */
  readonly of: PartyId;
  readonly roles: TwoRoles;
}

/** Of the three that know π_e each sends one of the three messages. */
export function passSharings(e: PartyId): PassSharing[] {
  const known = partiesExcept(e);
  return known.map((of, place) => {
    const [one, two] = [known[(place + 1) % 3]!, known[(place + 2) % 3]!];
    return {
      of,
      roles: [
        { sender: one, checker: two, receiver: e },
        { sender: two, checker: one, receiver: of },
      ],
    };
  });
}
