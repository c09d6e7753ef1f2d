/** Answers that runs of Chainlink nodes wait for: each is computed, then sent until the node takes it. */
import type { Computations } from "../computation/computations.ts";
import { resumeWithError, resumeWithValue } from "../computation/response.ts";
import { AdapterFault, describeFault } from "../errors.ts";
import { MAXIMUM_ERROR_CHARACTERS, MAXIMUM_RUNS_PER_REQUEST } from "../limits.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { patchRun } from "./patch.ts";
import type { Delivery, DeliveryStore } from "./store.ts";

export interface DeliveryQueueOptions {
  readonly queueLimit: number;
  readonly computationTimeoutMs: number;
  readonly requestLookupMs: number;
  readonly deliveryTimeoutMs: number;
  readonly deliveryBackoffMs: number;
  readonly deliveryBackoffMaxMs: number;
  readonly deliveryRetryForMs: number;
  readonly deliveryNotFoundForMs: number;
}

/** How many times `requestLookupMs` an unknown request is looked for before the run that waits for it is ended. */
const UNKNOWN_PATIENCE = 10;

/** A delivery that is under way. */
interface UnderWay {
  readonly delivery: Delivery;
  /** Aborted when the adapter stops, or when the delivery loses its place. */
  readonly stop: AbortController;
  /** No market is known to have made the request: whoever promised it may be a stranger. */
  isUnknown: boolean;
  work: Promise<void>;
}

export class DeliveryQueue {
  readonly #store: DeliveryStore;
  readonly #computations: Computations;
  readonly #options: DeliveryQueueOptions;
  readonly #log: Log;
  readonly #underWay = new Set<UnderWay>();

  constructor(store: DeliveryStore, computations: Computations, options: DeliveryQueueOptions, log: Log) {
    this.#store = store;
    this.#computations = computations;
    this.#options = options;
    this.#log = log;
  }

  /** Takes up what was owed when the adapter stopped. */
  start(): void {
    const owed = this.#store.owed();
    if (owed.length > 0) this.#log.info({ deliveries: owed.length }, "taking up deliveries that are owed");
    for (const delivery of owed) this.#begin(delivery);
  }

  /**
   * Promises an answer to a run. Durable when it returns, so the run can be acknowledged.
   * The same promise twice is kept once.
   *
   * @throws AdapterFault `QueueFull`
   */
  owe(requestId: string, responseUrl: string): void {
    if (this.#store.isOwed(requestId, responseUrl)) return;
    this.#computations.assertRoom(requestId);
    this.#makeRoom(requestId);
    const delivery = this.#store.owe(requestId, responseUrl);
    if (delivery !== null) this.#begin(delivery);
  }

  /** Stops sending; what is still owed stays in the store. */
  async close(): Promise<void> {
    const underWay = [...this.#underWay];
    for (const { stop } of underWay) stop.abort(new AdapterFault("ShuttingDown", "the adapter is stopping"));
    await Promise.allSettled(underWay.map(({ work }) => work));
  }

  /** Finds a place for one more: when there is none, the oldest delivery of an unknown request gives up its own. */
  #makeRoom(requestId: string): void {
    const sameRequest = [...this.#underWay].filter(({ delivery }) => delivery.requestId === requestId);
    if (sameRequest.length >= MAXIMUM_RUNS_PER_REQUEST) {
      throw new AdapterFault("QueueFull", `${sameRequest.length} runs wait for the request ${requestId} already`);
    }
    if (this.#underWay.size < this.#options.queueLimit) return;
    const unknown = [...this.#underWay].find(
      ({ isUnknown, delivery }) => isUnknown || this.#computations.isUnknown(delivery.requestId),
    );
    if (unknown === undefined) {
      throw new AdapterFault("QueueFull", `${this.#underWay.size} deliveries are owed; ask again later`);
    }
    const { delivery, stop } = unknown;
    this.#store.settle(delivery);
    this.#underWay.delete(unknown);
    stop.abort(new AdapterFault("QueueFull", "the place was needed"));
    this.#log.warn({ requestId: delivery.requestId, delivery: delivery.id }, "an unknown request lost its place");
  }

  #begin(delivery: Delivery): void {
    const entry: UnderWay = { delivery, stop: new AbortController(), isUnknown: false, work: Promise.resolve() };
    this.#underWay.add(entry);
    entry.work = this.#deliver(entry)
      .catch((error: unknown) => {
        if (entry.stop.signal.aborted || isStop(error)) return;
        const detail = error instanceof Error ? String(error.stack) : "unknown failure";
        this.#log.error(
          { requestId: delivery.requestId, detail },
          "delivery stopped; it is taken up at the next start",
        );
      })
      .finally(() => this.#underWay.delete(entry));
  }

  async #deliver(entry: UnderWay): Promise<void> {
    const { body, readySinceUnixMs } = entry.delivery;
    if (body !== null && readySinceUnixMs !== null) return this.#send(entry, body, readySinceUnixMs);
    const computed = await this.#compute(entry);
    entry.stop.signal.throwIfAborted();
    const nowUnixMs = Date.now();
    this.#store.setBody(entry.delivery, computed, nowUnixMs);
    return this.#send(entry, computed, nowUnixMs);
  }

  /** The body for the run: the answer, or why there is none. Faults that may pass are waited out, for a bounded time. */
  async #compute(entry: UnderWay): Promise<string> {
    const { requestId } = entry.delivery;
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#computations.answer(requestId);
        entry.isUnknown = false;
        return resumeWithValue(answer);
      } catch (error) {
        // A computation that only the stop of the adapter ended is still owed.
        if (isStop(error)) throw error;
        if (!(error instanceof AdapterFault)) return errorBody(error);
        entry.isUnknown = error.code === "UnknownRequest";
        const leftMs = startedAt + this.#patienceMs(error) - performance.now();
        if (leftMs <= 0) return errorBody(error);
        this.#log.warn({ requestId, attempt, code: error.code }, "no answer yet; asking again");
        await pause(Math.min(this.#backoffMs(attempt), leftMs), entry.stop.signal);
      }
    }
  }

  #patienceMs(fault: AdapterFault): number {
    if (!fault.mayPass) return 0;
    const { computationTimeoutMs, requestLookupMs } = this.#options;
    if (fault.code !== "UnknownRequest") return computationTimeoutMs;
    return Math.min(UNKNOWN_PATIENCE * requestLookupMs, computationTimeoutMs);
  }

  #backoffMs(attempt: number): number {
    return Math.min(this.#options.deliveryBackoffMs * 2 ** (attempt - 1), this.#options.deliveryBackoffMaxMs);
  }

  async #send({ delivery, stop }: UnderWay, body: string, readySinceUnixMs: number): Promise<void> {
    const { deliveryTimeoutMs, deliveryRetryForMs, deliveryNotFoundForMs } = this.#options;
    const fields = { requestId: delivery.requestId, delivery: delivery.id };
    let notFoundSince: number | null = null;
    for (let attempt = 1; ; attempt++) {
      const { kind, status } = await patchRun(delivery.responseUrl, body, deliveryTimeoutMs, stop.signal);
      stop.signal.throwIfAborted();
      if (kind === "taken") {
        this.#store.settle(delivery);
        this.#log.info({ ...fields, attempt }, "run resumed");
        return;
      }
      notFoundSince = kind === "notFound" ? (notFoundSince ?? performance.now()) : null;
      const isNobodys = notFoundSince !== null && performance.now() - notFoundSince > deliveryNotFoundForMs;
      if (kind === "refused" || isNobodys || Date.now() - readySinceUnixMs > deliveryRetryForMs) {
        this.#store.settle(delivery);
        this.#log.error({ ...fields, attempt, status }, "the node does not take the answer; given up");
        return;
      }
      this.#log.warn({ ...fields, attempt, status }, "the node did not take the answer yet");
      await pause(this.#backoffMs(attempt), stop.signal);
    }
  }
}

const isStop = (error: unknown): boolean => error instanceof AdapterFault && error.code === "ShuttingDown";

const errorBody = (error: unknown): string => resumeWithError(describeFault(error).slice(0, MAXIMUM_ERROR_CHARACTERS));
