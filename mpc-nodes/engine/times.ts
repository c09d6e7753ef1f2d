/** How long an engine waits for what, beyond a session's receive timeout; all of it assumes bounded delay (PROTOCOL 5). */
export interface EngineTimes {
  /**
   * What two honest parties' starts into a settlement can differ by besides the receive timeout: an answer that a peer keeps
   * back, what the hooks take, and the way of a message.
   */
  readonly settleAllowanceMs: number;
  /** How long an answer about a request may take. A peer gives it from memory. */
  readonly askMs: number;
  /** Pause between two such questions to a peer: doubles from the first to the second figure. */
  readonly minimumPollMs: number;
  readonly maximumPollMs: number;
}

/** Rounds of a settlement, each as long as `roundMsOf`. */
const SETTLEMENT_ROUNDS = 4;

/** Short receive timeouts need short questions: whoever waits in a session must outlast a peer that is asking first. */
export function defaultTimes(receiveMs: number): EngineTimes {
  return {
    settleAllowanceMs: Math.min(10_000, receiveMs),
    askMs: Math.min(2_000, receiveMs / 4),
    minimumPollMs: Math.min(50, receiveMs / 8),
    maximumPollMs: Math.min(500, receiveMs / 4),
  };
}

export function roundMsOf(receiveMs: number, { settleAllowanceMs }: EngineTimes): number {
  return receiveMs + settleAllowanceMs;
}

/** A settlement's session waits as long as all its rounds: a party that is fast waits for one that a peer holds up to each deadline. */
export function settlementMsOf(receiveMs: number, times: EngineTimes): number {
  return SETTLEMENT_ROUNDS * roundMsOf(receiveMs, times);
}

/**
 * The longest wait for the peers of the next attempt. One honest party can leave a settlement a whole settlement before another, and
 * a rendezvous that failed a whole rendezvous less a receive timeout.
 */
export function rendezvousMsOf(receiveMs: number, times: EngineTimes): number {
  return settlementMsOf(receiveMs, times) + times.settleAllowanceMs;
}
