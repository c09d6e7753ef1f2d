/** Every bound on what the adapter reads and sends, in bytes unless the name says otherwise. */

/** Largest result that a node may give (an answer of more goes by hash, which is for the market to define). */
export const MAXIMUM_RESULT_BYTES = 32_768;

/** Largest HTTP body of a node: a result in hex and the answer around it. */
export const MAXIMUM_NODE_RESPONSE_BYTES = 2 * MAXIMUM_RESULT_BYTES + 4_096;

/** A Chainlink node's limit for the body of a bridge's response and of a PATCH: it must stay below. */
export const CHAINLINK_BODY_LIMIT_BYTES = 32_768;

/** Longest error text that is sent to a Chainlink node. */
export const MAXIMUM_ERROR_CHARACTERS = 1_000;

/** Runs of Chainlink nodes that may wait for the same request: a job makes one, a repeated or second job some more. */
export const MAXIMUM_RUNS_PER_REQUEST = 4;

/** Longest responseURL. */
export const MAXIMUM_RESPONSE_URL_CHARACTERS = 2_048;

/** How long the RPC endpoint may take for one call. */
export const RPC_TIMEOUT_MS = 10_000;
