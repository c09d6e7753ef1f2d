/**
 * Whom to leave out, from what all honest parties know alike (PROTOCOL 4, 5). Every finding is a set of parties of which one
 * deviated if at most one did; the verdict is what the findings have in common.
 */
import { equalBytes } from "../../math/bytes.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import type { DisputedMessage, Observation } from "./observation.ts";

/** One party: convicted. Two: a pair that contains the corrupt one. Null: nothing is shown, or more than one deviated. */
export type Verdict = readonly [PartyId] | readonly [PartyId, PartyId] | null;

/** What the broadcasts delivered, per seat: no entry, one, or (two signed statements that differ) several. */
export interface Statements {
  readonly observations: readonly (readonly Observation[])[];
  /** What each involved seat said of the claim of `receiver`, by receiver. */
  readonly digests: readonly (readonly (readonly (Uint8Array | null)[])[])[];
}

const AFTER_ALL_ROUNDS = 2 ** 32;

export function verdict({ observations, digests }: Statements): Verdict {
  // Missing under bounded delay, or two signed statements that differ, convicts.
  const findings: PartyId[][] = PARTIES.filter((party) => observations[party]!.length !== 1).map((party) => [party]);
  const said = PARTIES.map((party) => (observations[party]!.length === 1 ? observations[party]![0]! : null));
  for (const party of PARTIES) {
    const observation = said[party];
    if (observation) findings.push(...findingsOf(party, observation, said, digests[party] ?? []));
  }
  const common = PARTIES.filter((party) => findings.every((finding) => finding.includes(party)));
  if (common.length === 1) return [common[0]!];
  return common.length === 2 ? [common[0]!, common[1]!] : null;
}

function findingsOf(
  party: PartyId,
  observation: Observation,
  said: readonly (Observation | null)[],
  digests: readonly (readonly (Uint8Array | null)[])[],
): PartyId[][] {
  if (!isPossible(party, observation)) return [[party]];
  switch (observation.kind) {
    case "completed":
      return [];
    case "badTag":
      return badTagFindings(observation, digests);
    case "openingMismatch":
    case "voteMismatch":
      return [[party, observation.peer]];
    default: {
      // An honest party that kept another waiting was stopped itself, earlier: ranks fall along a chain of honest parties. So
      // where the accused shows no earlier cause, it or its accuser deviates: that is the chain's root. The lowest rank
      // of a cycle has no earlier cause, so a cycle has a root too.
      const accused = said[observation.peer];
      const excused = accused != null && rank(accused) < rank(observation);
      return excused ? [] : [[party, observation.peer]];
    }
  }
}

/** PROTOCOL 4. A party that did not answer, or answered twice, is convicted; null says that nothing was sent. */
export function badTagFindings(
  { sender, checker, receiver }: DisputedMessage,
  digests: readonly (readonly (Uint8Array | null)[])[],
): PartyId[][] {
  const faulty = [sender, checker, receiver].filter((party) => digests[party]?.length !== 1);
  if (faulty.length > 0) return faulty.map((party) => [party]);
  const [sent, checked, received] = [sender, checker, receiver].map((party) => digests[party]![0]!);
  if (received == null) return [[receiver]];
  // Honest parties are not all in the same round, so "not sent" contradicts only the receiver, who says it was.
  if (sent == null) return [[sender, receiver]];
  if (checked == null) return [[checker, receiver]];
  if (!equalBytes(sent, checked)) return [[sender, checker]];
  return equalBytes(sent, received) ? [[checker, receiver]] : [[sender, receiver]];
}

function isPossible(party: PartyId, observation: Observation): boolean {
  if (observation.kind === "completed") return true;
  if (observation.kind !== "badTag") return observation.peer !== party;
  const { sender, checker, receiver } = observation;
  return receiver === party && new Set([sender, checker, receiver]).size === 3;
}

/** Where in the run a cause stands; a cause that yields a finding of its own excuses always, "completed" never. */
function rank(observation: Observation): number {
  switch (observation.kind) {
    case "waiting":
      return observation.round;
    case "noSignature":
      return AFTER_ALL_ROUNDS;
    case "stopped":
      return AFTER_ALL_ROUNDS + observation.hops;
    case "completed":
      return Number.POSITIVE_INFINITY;
    default:
      return -1;
  }
}
