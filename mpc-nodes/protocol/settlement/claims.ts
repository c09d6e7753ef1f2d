/**
 * What the parties that a claim is about say of it, each in one statement for all claims: the digest of the message whose tag was
 * bad, or the third holder's signed commitment in a toss whose echo differed.
 */
import { ByteReader, ByteWriter, equalBytes } from "../../math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../../math/party.ts";
import { COMMITMENT_BYTES, type SignedCommitment } from "../coin-commitment.ts";
import { DIGEST_BYTES } from "../evidence.ts";
import { SIGNATURE_BYTES } from "../signer.ts";
import type { Roles } from "../tags.ts";
import { isPossible, type Observation } from "./observation.ts";
import { encodeObservation, OBSERVATION_BYTES } from "./observation-bytes.ts";
import type { Answers } from "./verdict.ts";

/** An observation that others must answer. */
export type Claim = { readonly claimant: PartyId } & Extract<Observation, { kind: "badTag" | "tossEcho" }>;

/** What this party knows. Null: it never got there. */
export interface Knowledge {
  readonly digestOf: (roles: Roles, round: number, step: number) => Uint8Array | null;
  readonly commitmentOf: (key: PartyId, contributor: PartyId) => SignedCommitment | null;
}

export function claimsOf(said: readonly (Observation | null)[]): Claim[] {
  return PARTIES.flatMap((claimant) => {
    const observation = said[claimant];
    if (observation?.kind !== "badTag" && observation?.kind !== "tossEcho") return [];
    return isPossible(claimant, observation) ? [{ claimant, ...observation }] : [];
  });
}

/** Who must answer, the claimant last. */
function partiesTo(claim: Claim): PartyId[] {
  return claim.kind === "badTag" ? [claim.sender, claim.checker, claim.receiver] : [claim.peer, claim.claimant];
}

/** Who else holds the key whose toss is disputed. */
function thirdHolder({ key, peer, claimant }: Extract<Claim, { kind: "tossEcho" }>): PartyId {
  return partiesExcept(key, peer, claimant)[0]!;
}

/** This party's statement: its answers to the claims that it is a party to, by claimant. */
export function encodeAnswers(
  party: PartyId,
  claims: readonly Claim[],
  { digestOf, commitmentOf }: Knowledge,
): Uint8Array {
  const writer = new ByteWriter();
  for (const claim of claims.filter((each) => partiesTo(each).includes(party))) {
    writer.bytes(encodeObservation(claim));
    let answer: Uint8Array | null = null;
    if (claim.kind === "badTag") answer = digestOf(claim, claim.round, claim.step);
    else {
      const shown = commitmentOf(claim.key, thirdHolder(claim));
      if (shown) answer = new ByteWriter().bytes(shown.commitment).bytes(shown.signature).finish();
    }
    writer.u8(answer ? 1 : 0).bytes(answer ?? new Uint8Array(0));
  }
  return writer.finish();
}

/** Whether it is a commitment that `contributor` signed for k_`key` in this attempt. */
export type IsCommitment = (contributor: PartyId, key: PartyId, shown: SignedCommitment) => boolean;

/** Null unless the statement answers exactly the claims that `party` is a party to. */
export function decodeAnswers(
  party: PartyId,
  claims: readonly Claim[],
  statement: Uint8Array,
  isCommitment: IsCommitment,
): Answers | null {
  const answers: (Uint8Array | null | undefined)[] = PARTIES.map(() => undefined);
  try {
    const reader = new ByteReader(statement);
    for (const claim of claims.filter((each) => partiesTo(each).includes(party))) {
      if (!equalBytes(reader.bytes(OBSERVATION_BYTES), encodeObservation(claim))) return null;
      const present = reader.u8();
      if (present > 1) return null;
      const answerBytes = claim.kind === "badTag" ? DIGEST_BYTES : COMMITMENT_BYTES + SIGNATURE_BYTES;
      const answer = present === 1 ? reader.bytes(answerBytes) : null;
      if (answer && claim.kind === "tossEcho") {
        const shown = {
          commitment: answer.subarray(0, COMMITMENT_BYTES),
          signature: answer.subarray(COMMITMENT_BYTES),
        };
        if (!isCommitment(thirdHolder(claim), claim.key, shown)) return null;
      }
      answers[claim.claimant] = answer;
    }
    reader.end();
  } catch {
    return null;
  }
  return answers;
}
