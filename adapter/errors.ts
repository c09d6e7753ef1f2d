/** What can go wrong in the adapter: a closed set of names, each with the HTTP status that a Chainlink node gets. */

/**
 * HTTP status per fault. A Chainlink node never retries a 4xx and retries a 5xx if the task sets `retries`:
 * what a repetition cannot mend is a 4xx.
 */
export const faultStatus = {
  MalformedBody: 400,
  MalformedRequestId: 400,
  ResponseUrlNotAllowed: 400,
  NotAuthorized: 401,
  CommitteeNotServed: 403,
  UnknownRequest: 404,
  RequestNotOpen: 409,
  DeadlinePassed: 409,
  AnswerTooLarge: 422,
  NoAgreement: 502,
  RpcUnavailable: 502,
  WrongChain: 502,
  QueueFull: 503,
  ShuttingDown: 503,
  NotReady: 504,
  ComputationTimeout: 504,
} as const;

export type FaultCode = keyof typeof faultStatus;

/**
 * Faults that may be over in a moment, so that a run which was promised an answer is not ended by them: a provider that
 * fails, one that serves another chain for a while, one that lags behind, an adapter with too much to do.
 */
const PASSING: ReadonlySet<FaultCode> = new Set(["RpcUnavailable", "WrongChain", "UnknownRequest", "QueueFull"]);

/** A fault with a sentence for whoever reads the failed job run. Never holds an RPC URL or a resume UUID. */
export class AdapterFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, message: string) {
    super(message);
    this.name = code;
    this.code = code;
  }

  get statusCode(): number {
    return faultStatus[this.code];
  }

  /** Whether the same may succeed a little later. */
  get mayPass(): boolean {
    return PASSING.has(this.code);
  }
}

/** The one line that a job run shows: `Code: sentence`. Unknown errors are named by their class only. */
export function describeFault(error: unknown): string {
  if (error instanceof AdapterFault) return `${error.code}: ${error.message}`;
  return `InternalError: ${error instanceof Error ? error.name : "unknown"}; see the adapter's log`;
}
