/** Answers that runs of Chainlink nodes wait for: each is computed, then sent until the node takes it. */
import type { Computations } from "../computation/computations.ts";
import { resumeWithError, resumeWithValue } from "../computation/response.ts";
import { AdapterFault, describeFault } from "../errors.ts";
import { MAXIMUM_ERROR_CHARACTERS } from "../limits.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { patchRun } from "./patch.ts";
import type { Delivery, DeliveryStore } from "./store.ts";

export interface DeliveryQueueOptions {
  readonly queueLimit: number;
  readonly deliveryTimeoutMs: number;
  readonly deliveryBackoffMs: number;
  readonly deliveryBackoffMaxMs: number;
  readonly deliveryRetryForMs: number;
}

export class DeliveryQueue {
  readonly #store: DeliveryStore;
  readonly #computations: Computations;
  readonly #options: DeliveryQueueOptions;
  readonly #log: Log;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

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
    this.#assertRoom();
    this.#computations.assertRoom(requestId);
    this.#add(requestId, responseUrl, null);
  }

  /** Promises an error to a run whose request cannot be served. */
  oweError(responseUrl: string, fault: AdapterFault): void {
    this.#assertRoom();
    this.#add("", responseUrl, errorBody(fault));
  }

  /** Stops sending; what is still owed stays in the store. */
  async close(): Promise<void> {
    this.#closing.abort(new AdapterFault("ShuttingDown", "the adapter is stopping"));
    await Promise.allSettled(this.#underWay);
  }

  #assertRoom(): void {
    if (this.#underWay.size < this.#options.queueLimit) return;
    throw new AdapterFault("QueueFull", `${this.#underWay.size} deliveries are owed; ask again later`);
  }

  #add(requestId: string, responseUrl: string, body: string | null): void {
    const delivery = this.#store.owe(requestId, responseUrl, body, Date.now());
    if (delivery !== null) this.#begin(delivery);
  }

  #begin(delivery: Delivery): void {
    const work = this.#deliver(delivery)
      .catch((error: unknown) => {
        if (this.#closing.signal.aborted) return;
        const detail = error instanceof Error ? String(error.stack) : "unknown failure";
        this.#log.error(
          { requestId: delivery.requestId, detail },
          "delivery stopped; it is taken up at the next start",
        );
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { body, readySinceUnixMs } = delivery;
    if (body !== null && readySinceUnixMs !== null) return this.#send(delivery, body, readySinceUnixMs);
    const computed = await this.#compute(delivery);
    const nowUnixMs = Date.now();
    this.#store.setBody(delivery, computed, nowUnixMs);
    return this.#send(delivery, computed, nowUnixMs);
  }

  /** The body for the run: the answer, or why there is none. */
  async #compute(delivery: Delivery): Promise<string> {
    return this.#computations.answer(delivery.requestId).then(resumeWithValue, (error: unknown) => {
      // A computation that only the stop of the adapter ended is still owed.
      if (error instanceof AdapterFault && error.code === "ShuttingDown") throw error;
      return errorBody(error);
    });
  }

  async #send(delivery: Delivery, body: string, readySinceUnixMs: number): Promise<void> {
    const { deliveryTimeoutMs, deliveryBackoffMs, deliveryBackoffMaxMs, deliveryRetryForMs } = this.#options;
    const fields = { requestId: delivery.requestId, delivery: delivery.id };
    for (let attempt = 1; ; attempt++) {
      const { kind, status } = await patchRun(delivery.responseUrl, body, deliveryTimeoutMs, this.#closing.signal);
      this.#closing.signal.throwIfAborted();
      if (kind === "taken") {
        this.#store.settle(delivery);
        this.#log.info({ ...fields, attempt }, "run resumed");
        return;
      }
      const age = Date.now() - readySinceUnixMs;
      if (kind === "refused" || age > deliveryRetryForMs) {
        this.#store.settle(delivery);
        this.#log.error({ ...fields, attempt, status }, "the node does not take the answer; given up");
        return;
      }
      this.#log.warn({ ...fields, attempt, status }, "the node did not take the answer yet");
      await pause(Math.min(deliveryBackoffMs * 2 ** (attempt - 1), deliveryBackoffMaxMs), this.#closing.signal);
    }
  }
}

const errorBody = (error: unknown): string => resumeWithError(describeFault(error).slice(0, MAXIMUM_ERROR_CHARACTERS));
