/** Which seats compute in which attempt (PROTOCOL 5, 6): a function of the verdict alone, so that equal verdicts give equal attempts. */
import { PARTIES, type PartyId } from "../math/party.ts";
import type { Verdict } from "../protocol/settlement/verdict.ts";

export interface Attempt {
  readonly attempt: number;
  /** The seat that is left out; null in the first attempt. */
  readonly excluded: PartyId | null;
}

export const FIRST_ATTEMPT: Attempt = { attempt: 0, excluded: null };

/** The attempts after the first, in order: none, one after a conviction, two for a pair. */
export function attemptsAfter(verdict: Verdict): readonly Attempt[] {
  return (verdict ?? []).map((excluded, index) => ({ attempt: index + 1, excluded }));
}

export function activeParties({ excluded }: Attempt): readonly PartyId[] {
  return PARTIES.filter((party) => party !== excluded);
}

export function activeSetOf(attempt: Attempt): number {
  return activeParties(attempt).reduce<number>((set, party) => set | (1 << party), 0);
}

/** The seat that is not in an active set; null when all are. */
export function leftOutOf(activeSet: number): PartyId | null {
  return PARTIES.find((party) => !((activeSet >> party) & 1)) ?? null;
}

/** Whether these seats can have computed in this attempt: four in the first, three in the two that can follow. */
export function isActiveSet(attempt: number, activeSet: number): boolean {
  if (attempt === FIRST_ATTEMPT.attempt) return activeSet === activeSetOf(FIRST_ATTEMPT);
  return (
    (attempt === 1 || attempt === 2) && PARTIES.some((excluded) => activeSet === activeSetOf({ attempt, excluded }))
  );
}
