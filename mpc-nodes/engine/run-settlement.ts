/** The settlement of a request's first attempt, in a session of its own. */
import { type FailedAttempt, type SettledAttempt, settleAttempt } from "./failed-attempt.ts";
import type { RunMeans } from "./run-means.ts";
import type { RequestSessions } from "./run-sessions.ts";
import { roundMsOf, settlementMsOf } from "./times.ts";

/** Null when there is nobody to settle with. Rejects with the signal's reason. */
export async function settleFirst(
  failed: FailedAttempt,
  { transport, times, sleep }: Pick<RunMeans, "transport" | "times" | "sleep">,
  sessions: RequestSessions,
  signal: AbortSignal,
): Promise<SettledAttempt | null> {
  const { connected, receiveMs } = transport;
  if (connected.length === 0) return null;
  const waitMs = settlementMsOf(receiveMs, times);
  const network = await sessions.open(0, "settle", connected, signal, waitMs).catch(() => null);
  signal.throwIfAborted();
  if (network === null) return null;
  const over = new AbortController();
  const until = AbortSignal.any([over.signal, signal]);
  try {
    const roundMs = roundMsOf(receiveMs, times);
    const settled = await settleAttempt(failed, {
      network,
      signer: transport,
      roundMs,
      sleep: (ms) => sleep(ms, until),
    });
    signal.throwIfAborted();
    return settled;
  } finally {
    over.abort();
    // Done, where it was not stopped: what was said there still arrives.
    sessions.close(0, "settle");
  }
}
