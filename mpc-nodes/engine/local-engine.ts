/** The engine in this process, over any transport: what the worker thread runs, and what tests take as it is. */
import { Heap } from "../kernels/heap.ts";
import type { PartyId } from "../math/party.ts";
import { TransportError } from "../transport/errors.ts";
import type { Transport } from "../transport/transport.ts";
import { MAX_CLOSED_SESSIONS_REMEMBERED } from "../wire/limits.ts";
import { decodeStatusQuestion, encodeStatus, isStatusQuestion } from "../wire/status-question.ts";
import { Certificates } from "./certificates.ts";
import { type Compute, compute as computeProgram } from "./compute.ts";
import type { Engine, EngineNote, Job, JobHooks, Outcome } from "./engine.ts";
import { cancelled } from "./errors.ts";
import { RequestRun } from "./request-run.ts";
import type { RunMeans } from "./run-means.ts";
import { RequestSessions } from "./run-sessions.ts";
import { defaultOpeners, type SessionOpeners } from "./sessions.ts";
import { type Sleep, sleep } from "./sleep.ts";
import { defaultTimes, type EngineTimes } from "./times.ts";

export interface LocalEngineOptions {
  /** Where shares lie while they are computed on. */
  readonly heap?: Heap;
  readonly openers?: SessionOpeners;
  /** What is run in them; programs, unless a test says otherwise. */
  readonly compute?: Compute;
  readonly times?: Partial<EngineTimes>;
  readonly sleep?: Sleep;
}

/** A request that is over or refused here. */
interface Over {
  /** Its sessions are spent: it cannot be computed again. */
  readonly begun: boolean;
}

export class LocalEngine implements Engine {
  readonly party: PartyId;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  onNote?: ((note: EngineNote) => void) | undefined;
  onCrash?: ((error: Error) => void) | undefined;
  readonly #means: RunMeans;
  /** Computations under way, by request. */
  readonly #running = new Map<string, { readonly run: RequestRun; readonly ended: Promise<unknown> }>();
  /** Oldest first: who wants to settle one of these, or to go on with it, is told so, and need not wait. */
  readonly #over = new Map<string, Over>();
  #closed = false;

  /** @param transport The engine's own from now on: it listens to it and closes it. */
  constructor(transport: Transport, options: LocalEngineOptions = {}) {
    const { heap = new Heap(), openers = defaultOpeners, compute = computeProgram, times } = options;
    this.party = transport.party;
    this.#means = {
      ...{ transport, heap, openers, compute, sleep: options.sleep ?? sleep },
      times: { ...defaultTimes(transport.receiveMs), ...times },
      certificates: new Certificates(),
      onNote: (note) => this.onNote?.(note),
    };
    transport.onAnnounce = (requestId, from) => {
      this.#running.get(requestId)?.run.refuseLate();
      const over = this.#over.get(requestId);
      if (over !== undefined) this.#closeSessions(requestId, over, new Error("the request is over here"));
      this.onAnnounce?.(requestId, from);
    };
    transport.onQuestion = async (question, from) => {
      if (isStatusQuestion(question)) return this.#statusOf(decodeStatusQuestion(question));
      if (this.onQuestion === undefined) throw new Error("nobody answers questions here");
      return this.onQuestion(question, from);
    };
  }

  async compute(job: Job, hooks: JobHooks, signal?: AbortSignal): Promise<Outcome> {
    const { requestId } = job.terms;
    if (signal?.aborted) throw cancelled(requestId);
    if (this.#closed) throw transportClosed();
    if (this.#running.has(requestId)) {
      throw new TransportError("SessionAlreadyOpen", `request ${requestId} is computed already`);
    }
    if (this.#over.get(requestId)?.begun) {
      throw new TransportError("SessionClosed", `request ${requestId} was computed before; an attempt is run once`);
    }
    this.#over.delete(requestId);
    const run = new RequestRun(this.#means, job, hooks);
    const cancel = () => run.stop(cancelled(requestId));
    signal?.addEventListener("abort", cancel, { once: true });
    const ended = run.run();
    this.#running.set(requestId, { run, ended });
    try {
      return await ended;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#running.delete(requestId);
      this.#end(requestId, { begun: run.begun }, new Error("the request is over here"));
    }
  }

  refuse(requestId: string, reason: Error): void {
    if (this.#running.has(requestId)) return;
    const begun = this.#over.get(requestId)?.begun ?? false;
    new RequestSessions(this.#means.transport, requestId, this.#means.onNote).closeAll(reason);
    this.#end(requestId, { begun }, reason);
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#means.transport.ask(peer, question, maximumBytes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#running.values()];
    for (const { run } of running) run.stop(transportClosed());
    await this.#means.transport.close();
    await Promise.allSettled(running.map(({ ended }) => ended));
  }

  /** From memory: a peer that waits for it waits in a protocol. */
  #statusOf(requestId: string): Uint8Array {
    const answered = this.#means.certificates.answerFor(requestId);
    if (answered !== undefined) return answered;
    const running = this.#running.get(requestId);
    if (running !== undefined) return encodeStatus({ kind: "running", attempt: running.run.entered });
    return encodeStatus({ kind: this.#over.has(requestId) ? "over" : "unknown" });
  }

  #end(requestId: string, over: Over, reason: Error): void {
    this.#closeSessions(requestId, over, reason);
    this.#over.set(requestId, over);
    if (this.#over.size <= MAX_CLOSED_SESSIONS_REMEMBERED) return;
    const [oldest] = this.#over.keys();
    this.#over.delete(oldest!);
  }

  /** What has not begun may still be computed: the first attempt's session is the node's to refuse. */
  #closeSessions(requestId: string, { begun }: Over, reason: Error): void {
    const sessions = new RequestSessions(this.#means.transport, requestId, this.#means.onNote);
    if (begun) sessions.closeAll(reason);
    else sessions.closeLater(reason);
  }
}

const transportClosed = () => new TransportError("TransportClosed", "the engine was closed");
