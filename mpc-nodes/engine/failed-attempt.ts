/** What follows a failed attempt: the parties settle whom its failure points at, and the operator hears of it. */
import { hexlify } from "ethers";
import { ProtocolError, type ProtocolErrorCode } from "../protocol/errors.ts";
import type { Network } from "../protocol/network.ts";
import type { Progress } from "../protocol/progress.ts";
import type { Session } from "../protocol/session.ts";
import { observationOf } from "../protocol/settlement/observe.ts";
import { settle } from "../protocol/settlement/settle.ts";
import { TransportError } from "../transport/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { type Attempt, activeSetOf } from "./attempt-plan.ts";
import { bindingOf } from "./binding.ts";
import type { Evidence, Job } from "./engine.ts";
import { sessionIdOf } from "./session-id.ts";
import { sleep } from "./sleep.ts";

/** An attempt that ran, and what is left of it. */
export interface FailedAttempt {
  readonly attempt: Attempt;
  readonly terms: Job["terms"];
  readonly error: ProtocolError | TransportError;
  readonly progress: Progress;
  /** Not closed yet: it holds the digests that claims are answered with. Null when the toss failed. */
  readonly session: Session | null;
}

const ABOUT_PEERS: readonly ProtocolErrorCode[] = [
  "BadTag",
  "CoinTossBadSignature",
  "CoinTossOpeningMismatch",
  "CoinTossEchoMismatch",
  "SessionAborted",
];

/** Whether an error is about the peers; any other (a hook's, a cancellation, a program that cannot run) ends the request at once. */
export function isAboutPeers(error: unknown): error is ProtocolError | TransportError {
  if (error instanceof ProtocolError) return ABOUT_PEERS.includes(error.code);
  return error instanceof TransportError && error.peer !== null;
}

/**
 * Settles with whichever peers are connected; takes four receive timeouts at most, once there is a session. Closes nothing: the
 * settlement's session is the caller's to close.
 *
 * @throws TransportError `TransportClosed`
 */
export async function settleAttempt(
  transport: Transport,
  failed: FailedAttempt,
  signal?: AbortSignal,
): Promise<Evidence> {
  const { attempt, terms, error, progress, session } = failed;
  const found = { attempt: attempt.attempt, excluded: attempt.excluded, code: error.code, message: error.message };
  const network = await openSettlement(transport, failed);
  // Nobody to settle with, or cancelled while the session was opened: what this party saw is all there is.
  if (network === null || signal?.aborted) return { ...found, suspects: suspectsOf(error), statements: [] };
  const bound = { ...terms, attempt: attempt.attempt, activeSet: activeSetOf(attempt) };
  const { verdict, statements } = await settle({
    network,
    signer: transport,
    binding: bindingOf(bound, "settle"),
    tossBinding: bindingOf(bound),
    observation: observationOf(error, progress.place),
    digestOf: (roles, round, step) => session?.digestOf(roles, round, step) ?? null,
    roundMs: transport.receiveMs,
    sleep,
    commitmentOf: (key, contributor) => progress.commitmentOf(key, contributor),
  });
  return {
    ...found,
    suspects: verdict ?? [],
    statements: statements.map(({ author, statement, signature }) => ({
      author,
      statement: hexlify(statement),
      signature: hexlify(signature),
    })),
  };
}

async function openSettlement(transport: Transport, { attempt, terms }: FailedAttempt): Promise<Network | null> {
  const { requestId } = terms;
  const { connected } = transport;
  if (connected.length === 0) return null;
  try {
    return await transport.openSession(sessionIdOf(requestId, attempt.attempt, "settle"), requestId, connected);
  } catch (error) {
    if (error instanceof TransportError && error.code === "TransportClosed") throw error;
    return null;
  }
}

function suspectsOf(error: ProtocolError | TransportError): Evidence["suspects"] {
  if (error instanceof ProtocolError) return error.suspects;
  return error.peer === null ? [] : [error.peer];
}
