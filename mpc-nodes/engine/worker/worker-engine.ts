/**
 * The engine in a worker thread, as the node's main thread sees it. A local operation on a large column keeps the worker
 * busy for a while; the main thread's HTTP side, chain reader and store go on.
 */
import { Worker } from "node:worker_threads";
import type { PartyId } from "../../math/party.ts";
import { TransportError } from "../../transport/errors.ts";
import type { TlsTransportOptions } from "../../transport/tls-settings.ts";
import { ENGINE_STOP_GRACE_MS } from "../../wire/limits.ts";
import type { Engine, EngineNote, Job, JobHooks, Outcome } from "../engine.ts";
import { cancelled, EngineError } from "../errors.ts";
import { Channel } from "./channel.ts";
import { decodeError, encodeError } from "./errors.ts";
import type { EngineSide, NodeSide, PeerNotice } from "./messages.ts";
import { ownMemory } from "./own-memory.ts";

export interface WorkerEngineOptions {
  readonly transport: TlsTransportOptions;
  /** The most memory for shares of all computations together; what reaches beyond fails by name. */
  readonly memoryBytes: number;
  /** Hears of connections made, lost and refused, from the start. */
  readonly onPeer?: (event: Omit<PeerNotice, "error"> & { readonly error: Error | null }) => void;
  /** What the thread runs; a test has its own. */
  readonly entry?: URL;
}

const ENTRY = new URL("./worker.ts", import.meta.url);

interface Running {
  readonly hooks: JobHooks;
  /** What a hook threw: `compute` fails with this very error. */
  failure: unknown;
}

export class WorkerEngine implements Engine {
  readonly party: PartyId;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  onNote?: ((note: EngineNote) => void) | undefined;
  onCrash?: ((error: Error) => void) | undefined;
  readonly #worker: Worker;
  readonly #channel: Channel<NodeSide, EngineSide>;
  readonly #exited: Promise<void>;
  readonly #running = new Map<number, Running>();
  #jobs = 0;
  #port = 0;
  #closing: Promise<void> | null = null;

  /** Starts the thread and its transport. Throws what the transport throws; no thread is left then. */
  static async start(options: WorkerEngineOptions): Promise<WorkerEngine> {
    const engine = new WorkerEngine(options);
    try {
      const { port } = await engine.#channel.call("start", options.transport);
      engine.#port = port;
      return engine;
    } catch (error) {
      engine.#closing = Promise.resolve();
      await engine.#worker.terminate();
      throw error;
    }
  }

  private constructor({ transport, memoryBytes, onPeer, entry = ENTRY }: WorkerEngineOptions) {
    this.party = transport.party;
    this.#worker = new Worker(entry, { name: "engine", workerData: memoryBytes });
    this.#channel = new Channel<NodeSide, EngineSide>(this.#worker, {
      calls: {
        begin: ({ id }) => this.#hook(id, async (hooks) => hooks.begin().then(() => null)),
        persistAndSign: ({ id, settlement }) => this.#hook(id, (hooks) => hooks.persistAndSign(settlement)),
        isSignature: ({ id, claim, signed }) => this.#hook(id, (hooks) => hooks.isSignature(claim, signed)),
        answer: async ({ question, from }) => {
          if (this.onQuestion === undefined) throw new Error("nobody answers questions here");
          return this.onQuestion(question, from);
        },
      },
      notices: {
        announced: ({ requestId, from }) => this.onAnnounce?.(requestId, from),
        evidence: ({ id, evidence }) => this.#running.get(id)?.hooks.onEvidence(evidence),
        note: (note) => this.onNote?.(note),
        peer: ({ error, ...notice }) => onPeer?.({ ...notice, error: error === null ? null : decodeError(error) }),
      },
    });
    let cause: Error | null = null;
    this.#worker.on("error", (error) => {
      cause = error instanceof Error ? error : null;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        resolve();
        this.#onExit(cause);
      });
    });
  }

  /** The port that peers above dial; 0 for party 3, whom nobody dials. */
  get port(): number {
    return this.#port;
  }

  async compute(job: Job, hooks: JobHooks, signal?: AbortSignal): Promise<Outcome> {
    if (signal?.aborted) throw cancelled(job.terms.requestId);
    const id = this.#jobs++;
    const running: Running = { hooks, failure: undefined };
    this.#running.set(id, running);
    const cancel = () => this.#channel.notify("cancel", { id });
    try {
      const { inputs, buffers } = ownMemory(job.inputs);
      const outcome = this.#channel.call("compute", { id, job: { ...job, inputs } }, buffers);
      signal?.addEventListener("abort", cancel, { once: true });
      return await outcome;
    } catch (error) {
      throw error instanceof EngineError && error.code === "HookFailed" ? (running.failure ?? error) : error;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#running.delete(id);
    }
  }

  refuse(requestId: string, reason: Error): void {
    this.#channel.notify("refuse", { requestId, reason: encodeError(reason) });
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#channel.call("ask", { peer, question, maximumBytes });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A thread that is still in a local operation after a while is ended: with it end its sockets and timers. */
  async #close(): Promise<void> {
    const grace = setTimeout(() => void this.#worker.terminate(), ENGINE_STOP_GRACE_MS);
    // A thread that is gone already has nothing left to stop.
    await this.#channel.call("stop", null).catch(() => {});
    await this.#exited;
    clearTimeout(grace);
  }

  async #hook<T>(id: number, work: (hooks: JobHooks) => Promise<T>): Promise<T> {
    const running = this.#running.get(id);
    if (running === undefined) throw new Error(`there is no computation ${id}`);
    try {
      return await work(running.hooks);
    } catch (error) {
      running.failure = error;
      throw error;
    }
  }

  #onExit(cause: Error | null): void {
    if (this.#closing !== null) {
      this.#channel.fail(new TransportError("TransportClosed", "the engine was closed"));
      return;
    }
    const why = cause === null ? "" : ` with ${cause.name}`;
    const error = new EngineError("EngineCrashed", `the engine's thread has ended by itself${why}`);
    this.#channel.fail(error);
    this.onCrash?.(cause === null ? error : Object.assign(error, { cause }));
  }
}
