/** The engine in this process, over any transport: what the worker thread runs, and what tests take as it is. */
import { Heap } from "../kernels/heap.ts";
import type { PartyId } from "../math/party.ts";
import { openFourSession } from "../protocol/four/session.ts";
import type { Network } from "../protocol/network.ts";
import { Progress } from "../protocol/progress.ts";
import type { Session } from "../protocol/session.ts";
import { TransportError } from "../transport/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { MAX_CLOSED_SESSIONS_REMEMBERED } from "../wire/limits.ts";
import { activeSetOf, FIRST_ATTEMPT } from "./attempt-plan.ts";
import { bindingOf } from "./binding.ts";
import { compute } from "./compute.ts";
import type { Engine, EngineNote, Job, JobHooks, Outcome } from "./engine.ts";
import { cancelled, EngineError } from "./errors.ts";
import { isAboutPeers, settleAttempt } from "./failed-attempt.ts";
import { sessionIdOf } from "./session-id.ts";

/** A request is computed in one attempt, by all four seats; when it fails, whom to suspect is settled. */
const ATTEMPT = FIRST_ATTEMPT.attempt;
const ACTIVE_SET = activeSetOf(FIRST_ATTEMPT);

/** What an attempt has come to, kept for its settlement. */
interface Run {
  begun: boolean;
  session: Session | null;
  readonly progress: Progress;
}

export class LocalEngine implements Engine {
  readonly party: PartyId;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  onNote?: ((note: EngineNote) => void) | undefined;
  onCrash?: ((error: Error) => void) | undefined;
  readonly #transport: Transport;
  readonly #heap: Heap;
  /** Computations under way, by request. */
  readonly #running = new Map<string, Promise<unknown>>();
  /** Requests that are over or refused here, oldest first: who wants to settle one is told so, and need not wait. */
  readonly #over = new Set<string>();
  #closed = false;

  /**
   * @param transport The engine's own from now on: it listens to it and closes it.
   * @param heap Where shares lie while they are computed on.
   */
  constructor(transport: Transport, heap: Heap = new Heap()) {
    this.party = transport.party;
    this.#transport = transport;
    this.#heap = heap;
    transport.onAnnounce = (requestId, from) => {
      if (this.#over.has(requestId)) this.#closeSession(settlementOf(requestId), new Error("the request is over here"));
      this.onAnnounce?.(requestId, from);
    };
    transport.onQuestion = (question, from) => {
      if (this.onQuestion === undefined) return Promise.reject(new Error("nobody answers questions here"));
      return this.onQuestion(question, from);
    };
  }

  async compute(job: Job, hooks: JobHooks, signal?: AbortSignal): Promise<Outcome> {
    const { requestId } = job.terms;
    if (this.#running.has(requestId)) {
      throw new TransportError("SessionAlreadyOpen", `request ${requestId} is computed already`);
    }
    this.#over.delete(requestId);
    const running = this.#attempt(job, hooks, signal);
    this.#running.set(requestId, running);
    try {
      return await running;
    } finally {
      this.#running.delete(requestId);
      this.#end(requestId, new Error("the request is over here"));
    }
  }

  refuse(requestId: string, reason: Error): void {
    if (this.#running.has(requestId)) return;
    this.#closeSession(sessionIdOf(requestId, ATTEMPT), reason);
    this.#end(requestId, reason);
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#transport.ask(peer, question, maximumBytes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#transport.close();
    await Promise.allSettled(this.#running.values());
  }

  async #attempt(job: Job, hooks: JobHooks, signal: AbortSignal | undefined): Promise<Outcome> {
    const { requestId } = job.terms;
    const sessionId = sessionIdOf(requestId, ATTEMPT);
    const network = await this.#open(sessionId, requestId, signal);
    const cancel = () => {
      for (const id of [sessionId, settlementOf(requestId)]) this.#closeSession(id, cancelled(requestId));
    };
    signal?.addEventListener("abort", cancel, { once: true });
    const run: Run = { begun: false, session: null, progress: new Progress() };
    try {
      const outcome = await this.#run(network, job, hooks, signal, run);
      this.#closeSession(sessionId);
      return outcome;
    } catch (error) {
      if (signal?.aborted) {
        cancel();
        throw cancelled(requestId);
      }
      if (!run.begun || !isAboutPeers(error)) {
        this.#closeSession(sessionId, error instanceof Error ? error : new Error("the computation failed"));
        throw error;
      }
      // Without a reason: what was sent still arrives, so that no honest peer misses anything of this party's.
      this.#closeSession(sessionId);
      const { session, progress } = run;
      const failed = { attempt: FIRST_ATTEMPT, terms: job.terms, error, progress, session };
      const evidence = await settleAttempt(this.#transport, failed, signal);
      if (signal?.aborted) throw cancelled(requestId);
      if (this.#closed) throw new TransportError("TransportClosed", "the engine was closed");
      hooks.onEvidence(evidence);
      throw noAnswer(requestId, error);
    } finally {
      signal?.removeEventListener("abort", cancel);
      // Done, where it is open: what was said there still arrives.
      this.#closeSession(settlementOf(requestId));
      await run.session?.close();
    }
  }

  async #run(network: Network, job: Job, hooks: JobHooks, signal: AbortSignal | undefined, run: Run): Promise<Outcome> {
    const { terms, program, parameters, inputs, rows, sealed } = job;
    const { requestId } = terms;
    await hooks.begin();
    if (signal?.aborted) throw cancelled(requestId);
    run.begun = true;
    const binding = bindingOf({ ...terms, attempt: ATTEMPT, activeSet: ACTIVE_SET });
    const { progress } = run;
    const session = await openFourSession({ network, signer: this.#transport, heap: this.#heap, binding, progress });
    run.session = session;
    const computation = { requestId, program, parameters, inputs, rows, sealed };
    const { result, opening, statistics } = await compute(session, computation);
    if (signal?.aborted) throw cancelled(requestId);
    const settlement = { attempt: ATTEMPT, activeSet: ACTIVE_SET, result, opening };
    const signature = await hooks.persistAndSign(settlement);
    return { ...settlement, excluded: null, signature, signatures: [], statistics };
  }

  /** Waiting for the peers holds nothing: cancelled, it is left behind, and a session that still comes about is closed. */
  #open(sessionId: string, requestId: string, signal: AbortSignal | undefined): Promise<Network> {
    if (signal?.aborted) return Promise.reject(cancelled(requestId));
    const opening = this.#transport.openSession(sessionId, requestId);
    if (signal === undefined) return opening;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        reject(cancelled(requestId));
        opening.then(
          () => this.#closeSession(sessionId, cancelled(requestId)),
          () => {},
        );
      };
      signal.addEventListener("abort", cancel, { once: true });
      opening.then(resolve, reject).finally(() => signal.removeEventListener("abort", cancel));
    });
  }

  #end(requestId: string, reason: Error): void {
    this.#closeSession(settlementOf(requestId), reason);
    this.#over.add(requestId);
    if (this.#over.size <= MAX_CLOSED_SESSIONS_REMEMBERED) return;
    const [oldest] = this.#over;
    this.#over.delete(oldest);
  }

  /** Whatever goes wrong with it changes nothing about what was or was not computed. */
  #closeSession(sessionId: string, reason?: Error): void {
    try {
      this.#transport.closeSession(sessionId, reason);
    } catch {
      this.onNote?.({ level: "warn", message: "session could not be closed", fields: { sessionId } });
    }
  }
}

function settlementOf(requestId: string): string {
  return sessionIdOf(requestId, ATTEMPT, "settle");
}

/** Clients read it, so it accuses nobody: what the settlement found is for the operators' logs. */
function noAnswer(requestId: string, cause: Error): EngineError {
  const message = `request ${requestId} came to no answer: a node failed or deviated; the nodes' logs say whom they suspect`;
  return Object.assign(new EngineError("NoAnswer", message), { cause });
}
