/** Attempts at one request until one gives an answer: four parties, then three without whom the settlement leaves out (PROTOCOL 5, 6). */
import type { PartyId } from "../math/party.ts";
import type { Verdict } from "../protocol/settlement/verdict.ts";
import { type Attempt, attemptsAfter, FIRST_ATTEMPT } from "./attempt-plan.ts";
import { EngineError, noAnswer } from "./errors.ts";

export interface AttemptSteps<T> {
  readonly requestId: string;
  readonly party: PartyId;
  /** One attempt to its end, votes and signatures included. Its network session is closed when it rejects. */
  run(attempt: Attempt): Promise<T>;
  /**
   * Whether a peer has the answer though the attempt failed here; asked before and after the settlement, and after each later
   * attempt. After the last one it is waited for. Rejects when there is an answer that this party has no part in.
   */
  answered(attempt: Attempt, isLast: boolean): Promise<T | null>;
  /** What the parties make of the first attempt's failure. */
  settle(failure: unknown): Promise<Verdict>;
  /** Whether an error is about the peers; any other (a hook's, a cancellation) ends the request at once. */
  isFailedAttempt(error: unknown): boolean;
  /** Hears of the first failure once it is settled, and not when a peer had the answer by then. Must not throw. */
  onFailure(attempt: Attempt, error: unknown, next: Attempt | null): void;
}

type Tried<T> = { readonly answer: T } | { readonly failure: unknown };

/**
 * A seat that is left out of one attempt for a pair waits for nothing there: it goes to the next attempt, where it meets the
 * others when that has failed.
 *
 * @throws EngineError `NoAnswer`, `ExcludedFromAttempt` for a seat that no attempt is left for; what is no failed attempt
 */
export async function runAttempts<T>(steps: AttemptSteps<T>): Promise<T> {
  const first = await tried(steps, FIRST_ATTEMPT);
  if ("answer" in first) return first.answer;
  const settled = await unlessAnswered(steps, first.failure);
  if ("answer" in settled) return settled.answer;
  const { verdict } = settled;
  const attempts = attemptsAfter(verdict).filter(({ excluded }) => excluded !== steps.party);
  steps.onFailure(FIRST_ATTEMPT, first.failure, attempts[0] ?? null);
  let cause = first.failure;
  for (const [index, attempt] of attempts.entries()) {
    const result = await tried(steps, attempt);
    if ("answer" in result) return result.answer;
    cause = result.failure;
    const next = attempts[index + 1] ?? null;
    steps.onFailure(attempt, cause, next);
    const answer = await steps.answered(attempt, next === null);
    if (answer !== null) return answer;
  }
  if (verdict !== null && attempts.length === 0) {
    throw new EngineError("ExcludedFromAttempt", `seat ${steps.party} was left out of the computation`);
  }
  throw noAnswer(steps.requestId, cause);
}

/** A settlement in which those that have finished took no part says nothing: so peers are asked again after it. */
async function unlessAnswered<T>(
  steps: AttemptSteps<T>,
  failure: unknown,
): Promise<{ readonly answer: T } | { readonly verdict: Verdict }> {
  const early = await steps.answered(FIRST_ATTEMPT, false);
  if (early !== null) return { answer: early };
  const verdict = await steps.settle(failure);
  const late = await steps.answered(FIRST_ATTEMPT, false);
  return late === null ? { verdict } : { answer: late };
}

async function tried<T>(steps: AttemptSteps<T>, attempt: Attempt): Promise<Tried<T>> {
  try {
    return { answer: await steps.run(attempt) };
  } catch (error) {
    if (!steps.isFailedAttempt(error)) throw error;
    return { failure: error };
  }
}
