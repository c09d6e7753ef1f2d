export type RunnerErrorCode =
  | "BadConfig"
  | "BadJob"
  | "UnknownJobKey"
  | "BadGraph"
  | "UnknownTaskType"
  | "UnknownAttribute"
  | "MissingAttribute"
  | "UnknownVariable"
  | "UnknownBridge"
  | "WrongChain"
  | "BadInput"
  | "BridgeFailed"
  | "ResumedWithError"
  | "NotSent"
  | "TransactionReverted"
  | "RunnerStopped";

/** What is wrong with a job, its configuration or one of its runs. `retryable` runs of a task may be repeated by its `retries`. */
export class RunnerError extends Error {
  readonly code: RunnerErrorCode;
  readonly retryable: boolean;

  constructor(code: RunnerErrorCode, message: string, options: { retryable?: boolean } = {}) {
    super(message);
    this.name = "RunnerError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** A sentence for a log. Of errors of the RPC client only the short one: the long one quotes URL and payload. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown failure";
  const { shortMessage } = error as { shortMessage?: unknown };
  return typeof shortMessage === "string" ? shortMessage : error.message;
}
