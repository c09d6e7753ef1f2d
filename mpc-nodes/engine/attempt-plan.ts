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
