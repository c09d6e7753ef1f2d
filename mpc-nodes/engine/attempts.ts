/** Attempts at one request until one gives an answer: four parties, then three without whom the settlement leaves out (PROTOCOL 5, 6). */
import type { PartyId } from "../math/party.ts";
import type { Verdict } from "../protocol/settlement/verdict.ts";
import { type Attempt, attemptsAfter, FIRST_ATTEMPT } from "./attempt-plan.ts";
import { EngineError } from "./errors.ts";

export interface AttemptSteps<T> {
  readonly party: PartyId;
  /** One attempt to its end, votes and signatures included. It has closed its session and freed its memory when it settles. */
  run(attempt: Attempt): Promise<T>;
  /** What the parties make of the first attempt's failure. */
  settle(failure: unknown): Promise<Verdict>;
  /** Whether an error is about the peers; any other (a hook's, a cancellation) ends the request at once. */
  isFailedAttempt(error: unknown): boolean;
  /** Must not throw. */
  onFailure(attempt: Attempt, error: unknown): void;
}

/**
 * A seat that is left out of one attempt for a pair waits for nothing there: it goes to the next attempt, whose session opens
 * when the others come to it, and the wait for them must be long enough for an attempt to fail.
 *
 * @throws EngineError `NoAnswer`, `ExcludedFromAttempt` for a seat that no attempt is left for; what is no failed attempt
 */
export async function runAttempts<T>(steps: AttemptSteps<T>): Promise<T> {
  const first = await tried(steps, FIRST_ATTEMPT);
  if ("answer" in first) return first.answer;
  const verdict = await steps.settle(first.failure);
  let ran = false;
  for (const attempt of attemptsAfter(verdict)) {
    if (attempt.excluded === steps.party) continue;
    ran = true;
    const result = await tried(steps, attempt);
    if ("answer" in result) return result.answer;
  }
  if (verdict !== null && !ran) {
    throw new EngineError("ExcludedFromAttempt", `seat ${steps.party} was left out of the computation`);
  }
  throw new EngineError("NoAnswer", "no attempt came to an answer");
}

async function tried<T>(steps: AttemptSteps<T>, attempt: Attempt): Promise<{ answer: T } | { failure: unknown }> {
  try {
    return { answer: await steps.run(attempt) };
  } catch (error) {
    if (!steps.isFailedAttempt(error)) throw error;
    steps.onFailure(attempt, error);
    return { failure: error };
  }
}
