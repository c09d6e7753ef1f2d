/** Seats of a committee: n = 4, at most one corrupt. Party i holds every share but x_i (DESIGN §4). */
export type PartyId = 0 | 1 | 2 | 3;

export const PARTIES: readonly PartyId[] = [0, 1, 2, 3];

/** The parties other than those named, ascending. */
export function partiesExcept(...excluded: PartyId[]): PartyId[] {
  return PARTIES.filter((party) => !excluded.includes(party));
}

/** Checks a number that came from outside before it is used as a party. */
export function isPartyId(value: unknown): value is PartyId {
  return value === 0 || value === 1 || value === 2 || value === 3;
}
