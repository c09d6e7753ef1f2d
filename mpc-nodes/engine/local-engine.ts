/** The engine in this process, over any transport: what the worker thread runs, and what tests take as it is. */
import { Heap } from "../kernels/heap.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { openFourSession } from "../protocol/four/session.ts";
import type { Network } from "../protocol/network.ts";
import type { Session } from "../protocol/session.ts";
import { TransportError } from "../transport/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { bindingOf } from "./binding.ts";
import { compute } from "./compute.ts";
import type { Engine, EngineNote, Evidence, Job, JobHooks, Outcome } from "./engine.ts";
import { cancelled } from "./errors.ts";
import { sessionIdOf } from "./session-id.ts";

/** A request is computed in one attempt, by all four seats. */
const ATTEMPT = 0;
const ACTIVE_SET = PARTIES.reduce<number>((set, party) => set | (1 << party), 0);

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

  /**
   * @param transport The engine's own from now on: it listens to it and closes it.
   * @param heap Where shares lie while they are computed on.
   */
  constructor(transport: Transport, heap: Heap = new Heap()) {
    this.party = transport.party;
    this.#transport = transport;
    this.#heap = heap;
    transport.onAnnounce = (requestId, from) => this.onAnnounce?.(requestId, from);
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
    const running = this.#attempt(job, hooks, signal);
    this.#running.set(requestId, running);
    try {
      return await running;
    } finally {
      this.#running.delete(requestId);
    }
  }

  refuse(requestId: string, reason: Error): void {
    if (!this.#running.has(requestId)) this.#closeSession(sessionIdOf(requestId, ATTEMPT), reason);
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#transport.ask(peer, question, maximumBytes);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    await Promise.allSettled(this.#running.values());
  }

  async #attempt(job: Job, hooks: JobHooks, signal: AbortSignal | undefined): Promise<Outcome> {
    const { requestId } = job.terms;
    const sessionId = sessionIdOf(requestId, ATTEMPT);
    const network = await this.#open(sessionId, requestId, signal);
    const cancel = () => this.#closeSession(sessionId, cancelled(requestId));
    signal?.addEventListener("abort", cancel, { once: true });
    const sessions: Session[] = [];
    try {
      const outcome = await this.#run(network, job, hooks, signal, sessions);
      this.#closeSession(sessionId);
      return outcome;
    } catch (error) {
      this.#closeSession(sessionId, error instanceof Error ? error : new Error("the computation failed"));
      if (signal?.aborted) throw cancelled(requestId);
      const evidence = evidenceOf(error);
      if (evidence !== null) hooks.onEvidence(evidence);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
      for (const session of sessions) await session.close();
    }
  }

  async #run(
    network: Network,
    job: Job,
    hooks: JobHooks,
    signal: AbortSignal | undefined,
    sessions: Session[],
  ): Promise<Outcome> {
    const { terms, program, parameters, inputs, rows, sealed } = job;
    const { requestId } = terms;
    await hooks.begin();
    if (signal?.aborted) throw cancelled(requestId);
    const binding = bindingOf({ ...terms, attempt: ATTEMPT, activeSet: ACTIVE_SET });
    const session = await openFourSession({ network, signer: this.#transport, heap: this.#heap, binding });
    sessions.push(session);
    const computation = { requestId, program, parameters, inputs, rows, sealed };
    const { result, opening, statistics } = await compute(session, computation);
    if (signal?.aborted) throw cancelled(requestId);
    const settlement = { attempt: ATTEMPT, activeSet: ACTIVE_SET, result, opening };
    const signature = await hooks.persistAndSign(settlement);
    return { ...settlement, excluded: null, signature, statistics };
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

  /** Whatever goes wrong with it changes nothing about what was or was not computed. */
  #closeSession(sessionId: string, reason?: Error): void {
    try {
      this.#transport.closeSession(sessionId, reason);
    } catch {
      this.onNote?.({ level: "warn", message: "session could not be closed", fields: { sessionId } });
    }
  }
}

/** What an error of a peer, or of a check on peers, says against them; null for others, which accuse nobody. */
function evidenceOf(error: unknown): Evidence | null {
  if (error instanceof ProtocolError) {
    return { attempt: ATTEMPT, suspects: error.suspects, excluded: null, code: error.code, message: error.message };
  }
  if (error instanceof TransportError && error.peer !== null) {
    return { attempt: ATTEMPT, suspects: [error.peer], excluded: null, code: error.code, message: error.message };
  }
  return null;
}
