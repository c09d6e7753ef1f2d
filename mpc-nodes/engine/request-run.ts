/** One request, from the first attempt to its end: what holds its sessions, its memory and its waits. */
import type { Network } from "../protocol/network.ts";
import type { Verdict } from "../protocol/settlement/verdict.ts";
import { TransportError } from "../transport/errors.ts";
import { type Attempt, activeParties, FIRST_ATTEMPT } from "./attempt-plan.ts";
import { runAttempts } from "./attempts.ts";
import type { Certificate, Job, JobHooks, Outcome, SeatSignature } from "./engine.ts";
import { answeredByPeers } from "./errors.ts";
import { evidenceOf, isAboutPeers, type SettledAttempt } from "./failed-attempt.ts";
import { Rendezvous } from "./rendezvous.ts";
import { type AttemptState, newAttempt, outcomeOf, runAttempt, type Signed } from "./run-attempt.ts";
import type { RunMeans } from "./run-means.ts";
import { RequestSessions } from "./run-sessions.ts";
import { settleFirst } from "./run-settlement.ts";

/** Fewer than three parties compute nothing. */
const ENOUGH_PEERS = 2;

export class RequestRun {
  readonly #means: RunMeans;
  readonly #job: Job;
  readonly #hooks: JobHooks;
  readonly #sessions: RequestSessions;
  readonly #rendezvous: Rendezvous;
  /** Aborts when the request is stopped, and when it is over: no wait outlives it. */
  readonly #end = new AbortController();
  #entered = FIRST_ATTEMPT.attempt;
  #begun = false;
  readonly #first = newAttempt(FIRST_ATTEMPT);
  #firstError: unknown = null;
  #settled: SettledAttempt | null = null;
  /** The latest that was persisted here. */
  #signed: Signed | null = null;

  constructor(means: RunMeans, job: Job, hooks: JobHooks) {
    const { transport, times, sleep, onNote } = means;
    const { requestId } = job.terms;
    this.#means = means;
    this.#job = job;
    this.#hooks = hooks;
    this.#sessions = new RequestSessions(transport, requestId, onNote);
    this.#rendezvous = new Rendezvous({ transport, requestId, hooks, times, sleep, signal: this.#end.signal });
  }

  /** The attempt that it has entered, be it that it waits for the peers; one more than the last when that has failed. */
  get entered(): number {
    return this.#entered;
  }

  /** Whether anything of it may have been sent: it is not computed a second time then. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Ends every wait and session at once; `run` rejects with the reason when what is local has ended. */
  stop(reason: Error): void {
    this.#end.abort(reason);
    this.#sessions.closeAll(reason);
  }

  /** Tells peers that come late to a session which is over here. */
  refuseLate(): void {
    this.#sessions.closeBefore(this.#entered);
  }

  /** Once. Throws what `Engine.compute` says. */
  async run(): Promise<Outcome> {
    const { signal } = this.#end;
    try {
      return await runAttempts<Outcome>({
        party: this.#means.transport.party,
        requestId: this.#job.terms.requestId,
        run: (attempt) => this.#attempt(attempt),
        answered: (attempt, isLast) => this.#answered(attempt, isLast),
        settle: (failure) => this.#settle(failure),
        isFailedAttempt: (error) => this.#isFailed(error),
        onFailure: (attempt, error, next) => this.#report(attempt, error, next),
      });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      // A peer had the answer: a settlement in which it took no part has nothing to say.
      if (!signal.aborted && this.#firstError !== null) {
        this.#settled = null;
        this.#report(FIRST_ATTEMPT, this.#firstError, null);
      }
      this.#end.abort(new Error("the request is over here"));
      await this.#free(this.#first);
    }
  }

  async #attempt(attempt: Attempt): Promise<Outcome> {
    if (attempt.attempt > 0) {
      const certificate = await this.#meet(attempt);
      if (certificate !== null) return this.#endWith(certificate);
    }
    const state = attempt.attempt === 0 ? this.#first : newAttempt(attempt);
    try {
      const network = await this.#open(attempt);
      const { transport, heap, openers, compute } = this.#means;
      const check = () => this.#end.signal.throwIfAborted();
      const own = { signer: transport, heap, openers, compute, job: this.#job, hooks: this.#hooks };
      const signatures = await runAttempt(state, { ...own, network, check });
      this.#sessions.close(attempt.attempt, "compute");
      return this.#outcome(state.signed!, signatures);
    } catch (error) {
      // A failed one without a reason: what was sent still arrives, so that no honest peer misses anything of this party's.
      const failed = this.#isFailed(error);
      this.#sessions.close(attempt.attempt, "compute", failed ? undefined : error);
      if (failed && state === this.#first) this.#firstError = error;
      throw error;
    } finally {
      this.#signed = state.signed ?? this.#signed;
      // The first attempt's is asked for digests in its settlement.
      if (state !== this.#first) await this.#free(state);
    }
  }

  /** Also begins the request, once; a peer that is not there does not keep the others from it. */
  async #open(attempt: Attempt): Promise<Network> {
    const { transport } = this.#means;
    const peers = activeParties(attempt).filter((party) => party !== transport.party);
    const opened = await this.#sessions.open(attempt.attempt, "compute", peers, this.#end.signal).catch((error) => {
      const unreachable = error instanceof TransportError && error.code === "PeerUnreachable";
      if (unreachable && transport.connected.length >= ENOUGH_PEERS) return error;
      throw error;
    });
    if (!this.#begun) {
      await this.#hooks.begin();
      this.#end.signal.throwIfAborted();
      this.#begun = true;
    }
    if (opened instanceof TransportError) throw opened;
    return opened;
  }

  #meet(attempt: Attempt): Promise<Certificate | null> {
    const leftOut = attempt.attempt > this.#entered + 1;
    this.#entered = attempt.attempt;
    this.refuseLate();
    return this.#rendezvous.meet(attempt, leftOut);
  }

  async #answered(attempt: Attempt, isLast: boolean): Promise<Outcome | null> {
    // So that those who wait for the outcome of the last attempt do not wait for each other.
    if (isLast) this.#entered = attempt.attempt + 1;
    const certificate = await (isLast ? this.#rendezvous.outcomeOf(attempt) : this.#rendezvous.certificate());
    return certificate === null ? null : this.#endWith(certificate);
  }

  async #settle(error: unknown): Promise<Verdict> {
    if (!isAboutPeers(error)) return null;
    const failed = { ...this.#first, terms: this.#job.terms, error };
    this.#settled = await settleFirst(failed, this.#means, this.#sessions, this.#end.signal);
    return this.#settled?.verdict ?? null;
  }

  #endWith(certificate: Certificate): Outcome {
    const { attempt, result, signatures } = certificate;
    const { requestId } = this.#job.terms;
    this.#means.certificates.keep(requestId, certificate);
    const signed = this.#signed;
    if (signed?.settlement.attempt === attempt && signed.settlement.result === result) {
      return this.#outcome(signed, signatures);
    }
    throw answeredByPeers(
      requestId,
      attempt,
      signatures.map(({ seat }) => seat),
    );
  }

  #outcome(signed: Signed, others: readonly SeatSignature[]): Outcome {
    const { certificates, transport, onNote } = this.#means;
    const outcome = outcomeOf(signed, others, transport.party);
    const { requestId } = this.#job.terms;
    if (!certificates.keep(requestId, outcome)) {
      onNote({ level: "warn", message: "answer too long to be shown to peers", fields: { requestId } });
    }
    return outcome;
  }

  #isFailed(error: unknown): boolean {
    return !this.#end.signal.aborted && this.#begun && isAboutPeers(error);
  }

  #report(attempt: Attempt, error: unknown, next: Attempt | null): void {
    if (attempt === FIRST_ATTEMPT) this.#firstError = null;
    if (isAboutPeers(error)) {
      const settled = attempt === FIRST_ATTEMPT ? this.#settled : null;
      this.#hooks.onEvidence(evidenceOf(attempt, error, settled, next));
    }
  }

  async #free(state: AttemptState): Promise<void> {
    await state.session?.close();
    state.session = null;
  }
}
