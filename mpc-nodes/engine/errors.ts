/** What can go wrong with the engine itself; what goes wrong in a computation keeps its own name. */
export type EngineErrorCode =
  /** The caller has cancelled the computation. */
  | "Cancelled"
  /** The engine's thread has ended by itself. The node has to be started again. */
  | "EngineCrashed"
  /** The node's side of a computation failed; where the node is, its own error stands in the place of this one. */
  | "HookFailed"
  /** No attempt came to an answer. */
  | "NoAnswer"
  /** Enough peers have signed an answer; this party's part in it failed. The request is answered, without this party. */
  | "AnsweredByPeers"
  /** This seat was convicted by the settlement; the others go on without it. */
  | "ExcludedFromAttempt";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const cancelled = (requestId: string): EngineError =>
  new EngineError("Cancelled", `the computation of request ${requestId} was cancelled`);

/** Clients read it, so it accuses nobody: what the settlement found is for the operators' logs. */
export function noAnswer(requestId: string, cause: unknown): EngineError {
  const message = `request ${requestId} came to no answer: a node failed or deviated; the nodes' logs say whom they suspect`;
  return Object.assign(new EngineError("NoAnswer", message), { cause });
}

export function answeredByPeers(requestId: string, attempt: number, seats: readonly number[]): EngineError {
  const message = `request ${requestId} was answered in attempt ${attempt} by seats ${seats.join(", ")}; this node's part in it failed`;
  return new EngineError("AnsweredByPeers", message);
}
