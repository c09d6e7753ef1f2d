/**
 * Whom to leave out, from what all honest parties know alike (PROTOCOL 4, 5). Every finding is a set of parties of which one
 * deviated if at most one did; the verdict is what the findings have in common.
 */
import { equalBytes } from "../../math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../../math/party.ts";
import { COMMITMENT_BYTES } from "../coin-commitment.ts";
import { type DisputedMessage, isPossible, type Observation } from "./observation.ts";

/** One party: convicted. Two: a pair that contains the corrupt one. Null: nothing is shown, or more than one deviated. */
export type Verdict = readonly [PartyId] | readonly [PartyId, PartyId] | null;

/** What one party answered to each claim, by claimant: null for "not there", undefined where it had nothing to answer. */
export type Answers = readonly (Uint8Array | null | undefined)[];

/** What the broadcasts delivered, per party; null for nothing, for what nobody honest says, or for two statements that differ. */
export interface Statements {
  readonly observations: readonly (Observation | null)[];
  readonly answers: readonly (Answers | null)[];
}

const AFTER_ALL_ROUNDS = 2 ** 32;

export function verdict({ observations, answers }: Statements): Verdict {
  // An honest party's statements arrive under bounded delay, and it makes one of each.
  const silent = PARTIES.filter((party) => observations[party] === null || answers[party] === null);
  const findings: PartyId[][] = silent.map((party) => [party]);
  for (const party of PARTIES) {
    const observation = observations[party];
    if (observation) findings.push(...findingsOf(party, observation, observations, answers));
  }
  const common = PARTIES.filter((party) => findings.every((finding) => finding.includes(party)));
  if (common.length === 1) return [common[0]!];
  return common.length === 2 ? [common[0]!, common[1]!] : null;
}

function findingsOf(
  party: PartyId,
  observation: Observation,
  said: readonly (Observation | null)[],
  answers: readonly (Answers | null)[],
): PartyId[][] {
  if (!isPossible(party, observation)) return [[party]];
  const answerOf = (answerer: PartyId) => answers[answerer]?.[party];
  switch (observation.kind) {
    case "completed":
      return [];
    case "failed":
      return [[party]];
    case "badTag":
      return badTagFindings(observation, answerOf);
    case "tossEcho":
      return tossFindings(party, observation.peer, observation.key, answerOf);
    case "openingMismatch":
    case "voteMismatch":
      return [[party, observation.peer]];
    default: {
      // An honest party that kept another waiting was stopped itself, earlier: places fall along a chain of honest parties. So
      // where the accused shows no earlier cause, it or its accuser deviates: that is the chain's root. The lowest rank
      // of a cycle has no earlier cause, so a cycle has a root too.
      const accused = said[observation.peer];
      const excused = accused != null && rank(accused) < rank(observation);
      return excused ? [] : [[party, observation.peer]];
    }
  }
}

type AnswerOf = (answerer: PartyId) => Uint8Array | null | undefined;

/** PROTOCOL 4. The answers are digests; null says that nothing was sent. */
function badTagFindings({ sender, checker, receiver }: DisputedMessage, answerOf: AnswerOf): PartyId[][] {
  const [sent, checked, received] = [answerOf(sender), answerOf(checker), answerOf(receiver)];
  if (received == null) return [[receiver]];
  // Honest parties are not all in the same round, so "not sent" contradicts only the receiver, who says it was.
  if (sent == null) return [[sender, receiver]];
  if (checked == null) return [[checker, receiver]];
  if (!equalBytes(sent, checked)) return [[sender, checker]];
  return equalBytes(sent, received) ? [[checker, receiver]] : [[sender, receiver]];
}

/**
 * PROTOCOL 3. The answers are what the third holder committed to, with its signature, as each of the two saw it. Between two
 * honest holders a toss can differ in nothing else: a commitment fixes the contribution, their own they sent themselves, and keys of the
 * request come of what both have verified.
 */
function tossFindings(claimant: PartyId, peer: PartyId, key: PartyId, answerOf: AnswerOf): PartyId[][] {
  const [claimants, peers] = [answerOf(claimant), answerOf(peer)];
  // Who has seen an echo has seen the commitments.
  if (claimants == null) return [[claimant]];
  if (peers == null) return [[claimant, peer]];
  const same = equalBytes(claimants.subarray(0, COMMITMENT_BYTES), peers.subarray(0, COMMITMENT_BYTES));
  return same ? [[claimant, peer]] : [partiesExcept(claimant, peer, key)];
}

/** Where in the run a cause stands; a cause that yields a finding of its own excuses always, "completed" never. */
function rank(observation: Observation): number {
  switch (observation.kind) {
    case "waiting":
      return observation.round;
    case "noSignature":
      return AFTER_ALL_ROUNDS;
    case "completed":
      return Number.POSITIVE_INFINITY;
    default:
      return -1;
  }
}
