/** One attempt in its session: the program, the votes, the signatures. */
import type { Heap } from "../kernels/heap.ts";
import type { PartyId } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import { Progress } from "../protocol/progress.ts";
import type { Session } from "../protocol/session.ts";
import type { Signer } from "../protocol/signer.ts";
import { type Attempt, activeSetOf, leftOutOf } from "./attempt-plan.ts";
import { bindingOf } from "./binding.ts";
import { withOwn } from "./certificates.ts";
import { checkRows } from "./check-rows.ts";
import type { Compute } from "./compute.ts";
import { endAttempt } from "./ending.ts";
import type { Job, JobHooks, Outcome, SeatSignature, Settlement } from "./engine.ts";
import type { SessionOpeners } from "./sessions.ts";

/** What an attempt has come to, also when it fails. */
export interface AttemptState {
  readonly attempt: Attempt;
  /** Its memory is the caller's to free. */
  session: Session | null;
  readonly progress: Progress;
  /** What this party has persisted and signed in it. */
  signed: Signed | null;
}

export interface Signed {
  readonly settlement: Settlement;
  readonly signature: string;
  readonly statistics: Outcome["statistics"];
}

export interface AttemptMeans {
  readonly network: Network;
  readonly signer: Signer;
  readonly heap: Heap;
  readonly openers: SessionOpeners;
  readonly compute: Compute;
  readonly job: Job;
  readonly hooks: JobHooks;
  /** Throws when the request was stopped meanwhile. */
  readonly check: () => void;
}

export const newAttempt = (attempt: Attempt): AttemptState => ({
  attempt,
  session: null,
  progress: new Progress(),
  signed: null,
});

/** @returns enough signatures, this party's own among them. Closes nothing. */
export async function runAttempt(state: AttemptState, means: AttemptMeans): Promise<readonly SeatSignature[]> {
  const { network, signer, heap, openers, compute, job, hooks, check } = means;
  const { attempt, progress } = state;
  const { terms } = job;
  const requestKeys = ("program" in job && job.requestKeys) || null;
  const place = { attempt: attempt.attempt, activeSet: activeSetOf(attempt) };
  const binding = bindingOf({ ...terms, ...place });
  const open = attempt.excluded === null ? openers.four : openers.three;
  const session = await open({ network, signer, heap, binding, requestKeys, progress });
  state.session = session;
  check();
  const { result, opening, statistics } = await ("program" in job
    ? compute(session, { requestId: terms.requestId, ...job })
    : checkRows(session, job));
  check();
  const { signatures } = await endAttempt({
    ...{ network, binding, result, progress },
    async sign() {
      check();
      const settlement = { ...place, result, opening };
      const signature = await hooks.persistAndSign(settlement);
      state.signed = { settlement, signature, statistics };
      check();
      return signature;
    },
    isSignature: (signed) => hooks.isSignature({ ...place, result }, signed),
  });
  return signatures;
}

/** @param others Enough signatures over the same settlement, this party's own among them or not. */
export function outcomeOf(
  { settlement, signature, statistics }: Signed,
  others: readonly SeatSignature[],
  seat: PartyId,
): Outcome {
  const signatures = withOwn(others, { seat, signature });
  return { ...settlement, signatures, excluded: leftOutOf(settlement.activeSet), signature, statistics };
}
