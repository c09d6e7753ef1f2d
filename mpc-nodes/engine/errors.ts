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
  /** This seat was convicted by the settlement; the others go on without it. */
  | "ExcludedFromAttempt"
  /** This party's part failed, but enough of the others have signed an answer. */
  | "AnsweredByPeers";

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
