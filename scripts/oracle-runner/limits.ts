/** What a Chainlink node allows by default. */

/** Body of a bridge's response and of a PATCH that resumes a run (`JobPipeline.HTTPRequest.MaxSize`). */
export const BODY_LIMIT_BYTES = 32_768;

/** Time of a bridge's call when its task sets no `timeout` (`JobPipeline.HTTPRequest.DefaultTimeout`). */
export const BRIDGE_TIMEOUT_MS = 15_000;

/** Gas of a transaction when neither the job nor its task sets one (`EVM.GasEstimator.LimitDefault`). */
export const DEFAULT_GAS_LIMIT = 500_000n;

/** Confirmations that `ethtx` waits for when it sets no `minConfirmations` (`EVM.FinalityDepth`). */
export const FINALITY_DEPTH = 50;

/** Pauses between repetitions of a task that sets `retries` but no `minBackoff` or `maxBackoff`. */
export const MIN_BACKOFF_MS = 5_000;
export const MAX_BACKOFF_MS = 60_000;
