/** What follows a failed attempt: the parties settle whom its failure points at, and the operator hears of it. */
import { hexlify } from "ethers";
import { ProtocolError, type ProtocolErrorCode } from "../protocol/errors.ts";
import type { Network } from "../protocol/network.ts";
import type { Progress } from "../protocol/progress.ts";
import type { Session } from "../protocol/session.ts";
import type { Observation } from "../protocol/settlement/observation.ts";
import { observationOf } from "../protocol/settlement/observe.ts";
import { settle } from "../protocol/settlement/settle.ts";
import type { Verdict } from "../protocol/settlement/verdict.ts";
import type { Signer } from "../protocol/signer.ts";
import { TransportError } from "../transport/errors.ts";
import { type Attempt, activeSetOf, FIRST_ATTEMPT } from "./attempt-plan.ts";
import { bindingOf } from "./binding.ts";
import { EndingError } from "./ending-error.ts";
import type { Evidence, EvidenceStatement, Job } from "./engine.ts";

/** What stops an attempt and is about the peers. */
export type FailedAttemptError = ProtocolError | TransportError | EndingError;

/** The first attempt, when it has failed, and what is left of it. */
export interface FailedAttempt {
  readonly terms: Job["terms"];
  readonly error: FailedAttemptError;
  readonly progress: Progress;
  /** Not closed yet: it holds the digests that claims are answered with. Null when the toss failed. */
  readonly session: Session | null;
}

export interface SettledAttempt {
  readonly verdict: Verdict;
  readonly statements: readonly EvidenceStatement[];
}

const ABOUT_PEERS: readonly ProtocolErrorCode[] = [
  "BadTag",
  "CoinTossBadSignature",
  "CoinTossOpeningMismatch",
  "CoinTossEchoMismatch",
  "CheckFailed",
  "SessionAborted",
];

/** Whether an error is about the peers; any other (a hook's, a cancellation, a program that cannot run) ends the request at once. */
export function isAboutPeers(error: unknown): error is FailedAttemptError {
  if (error instanceof ProtocolError) return ABOUT_PEERS.includes(error.code);
  return error instanceof EndingError || (error instanceof TransportError && error.peer !== null);
}

/** @param network the settlement's own session, with whichever peers are connected; it waits for four times `roundMs` */
export async function settleAttempt(
  failed: FailedAttempt,
  means: {
    readonly network: Network;
    readonly signer: Signer;
    readonly roundMs: number;
    readonly sleep: (ms: number) => Promise<void>;
  },
): Promise<SettledAttempt> {
  const { terms, error, progress, session } = failed;
  const bound = { ...terms, attempt: FIRST_ATTEMPT.attempt, activeSet: activeSetOf(FIRST_ATTEMPT) };
  const { verdict, statements } = await settle({
    ...means,
    binding: bindingOf(bound, "settle"),
    tossBinding: bindingOf(bound),
    observation: observationIn(error, progress.place),
    digestOf: (roles, round, step) => session?.digestOf(roles, round, step) ?? null,
    commitmentOf: (key, contributor) => progress.commitmentOf(key, contributor),
  });
  return {
    verdict,
    statements: statements.map(({ author, statement, signature }) => ({
      author,
      statement: hexlify(statement),
      signature: hexlify(signature),
    })),
  };
}

/**
 * An honest party that comes to the votes votes for what all honest parties compute, and what it signs is valid. One that does not come
 * there, or not to the signatures, was stopped at an earlier place: that is silence like any other.
 */
function observationIn(error: FailedAttemptError, place: number): Observation {
  if (!(error instanceof EndingError)) return observationOf(error, place);
  return { kind: error.code === "VoteMismatch" ? "voteMismatch" : "noSignature", peer: error.peer };
}

/** Whom a failure points at where nothing was settled. */
function suspectsOf(error: FailedAttemptError): Evidence["suspects"] {
  if (error instanceof ProtocolError) return error.suspects;
  return error.peer === null ? [] : [error.peer];
}

/** @param settled null when nothing was settled, or when it says nothing; `next` is this party's next attempt */
export function evidenceOf(
  attempt: Attempt,
  error: FailedAttemptError,
  settled: SettledAttempt | null,
  next: Attempt | null,
): Evidence {
  return {
    attempt: attempt.attempt,
    suspects: settled === null ? suspectsOf(error) : (settled.verdict ?? []),
    excluded: settled === null ? (next ?? attempt).excluded : (settled.verdict?.[0] ?? null),
    code: error.code,
    message: error.message,
    statements: settled?.statements ?? [],
  };
}
