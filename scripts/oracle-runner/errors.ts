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

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "unknown failure");
