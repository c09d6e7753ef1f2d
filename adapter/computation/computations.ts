/** One computation per request id: a repeat joins the one under way, a finished answer is remembered. */
import type { FoundRequest, MarketChain } from "../chain/market-chain.ts";
import { type AgreeOptions, agree } from "../committee/agree.ts";
import { proveAnswer } from "../committee/proof.ts";
import type { DeliveryStore } from "../delivery/store.ts";
import { AdapterFault } from "../errors.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { type AnswerResponse, answerResponse } from "./response.ts";

export interface ComputationsOptions extends AgreeOptions {
  readonly requestLookupMs: number;
  readonly queueLimit: number;
}

/** Pause between two searches for a request that the RPC endpoint does not know yet. */
const LOOKUP_PAUSE_MS = 500;

/** How many unknown requests are looked for at once, in multiples of `queueLimit`: each costs a search now and then. */
const UNKNOWN_PLACES = 10;

export class Computations {
  readonly #chain: MarketChain;
  readonly #store: DeliveryStore;
  readonly #options: ComputationsOptions;
  readonly #log: Log;
  readonly #underWay = new Map<string, Promise<AnswerResponse>>();
  /** Those under way that no market is known to have asked for: they are looked for again. */
  readonly #unknown = new Set<string>();
  readonly #closing = new AbortController();

  constructor(chain: MarketChain, store: DeliveryStore, options: ComputationsOptions, log: Log) {
    this.#chain = chain;
    this.#store = store;
    this.#options = options;
    this.#log = log;
  }

  /** Whether the request was looked for, not found, and is looked for again. */
  isUnknown(requestId: string): boolean {
    return this.#unknown.has(requestId);
  }

  /**
   * Unknown requests take places of their own, so that made-up ids do not take those of real ones.
   *
   * @throws AdapterFault `QueueFull` when the request would be one computation too many
   */
  assertRoom(requestId: string): void {
    const { queueLimit } = this.#options;
    const unknown = this.#unknown.size;
    const isRoom = this.#underWay.size - unknown < queueLimit && unknown < UNKNOWN_PLACES * queueLimit;
    if (this.#underWay.has(requestId) || isRoom) return;
    if (this.#store.answerTo(requestId) !== null) return;
    throw new AdapterFault("QueueFull", `${this.#underWay.size} computations are under way; ask again later`);
  }

  /**
   * The answer to a request: remembered, or from the computation under way, or from a new one.
   * Faults are not remembered: the next call tries again.
   */
  answer(requestId: string): Promise<AnswerResponse> {
    const underWay = this.#underWay.get(requestId);
    if (underWay !== undefined) return underWay;
    const remembered = this.#store.answerTo(requestId);
    if (remembered !== null) return Promise.resolve(remembered);
    const computation = this.#compute(requestId).finally(() => this.#underWay.delete(requestId));
    this.#underWay.set(requestId, computation);
    return computation;
  }

  /** Ends what is under way with `ShuttingDown` and waits for it. */
  async close(): Promise<void> {
    this.#closing.abort(new AdapterFault("ShuttingDown", "the adapter is stopping; ask again when it is back"));
    await Promise.allSettled(this.#underWay.values());
  }

  async #compute(requestId: string): Promise<AnswerResponse> {
    const requestedUnixMs = Date.now();
    try {
      const found = await this.#find(requestId).finally(() => this.#unknown.delete(requestId));
      this.#log.info({ requestId, market: found.market }, "asking the committee");
      const agreed = await agree(found, this.#options, this.#closing.signal);
      const response = answerResponse(proveAnswer(found, agreed), requestedUnixMs, Date.now());
      this.#store.remember(requestId, response);
      this.#log.info({ requestId, seats: agreed.map(({ seat }) => seat) }, "three nodes agree");
      return response;
    } catch (error) {
      const code = error instanceof AdapterFault ? error.code : "InternalError";
      // The message of an unforeseen error may quote anything: its stack goes to no one but the operator's log.
      const detail = error instanceof AdapterFault ? error.message : String((error as Error).stack);
      this.#log.warn({ requestId, code, detail }, "no answer");
      throw error;
    }
  }

  /** Looks again for a short while: the RPC endpoint may be some blocks behind the Chainlink node's. */
  async #find(requestId: string): Promise<FoundRequest> {
    const giveUpAt = performance.now() + this.#options.requestLookupMs;
    for (;;) {
      try {
        this.#closing.signal.throwIfAborted();
        return await this.#chain.find(requestId);
      } catch (error) {
        const isUnknown = error instanceof AdapterFault && error.code === "UnknownRequest";
        if (!isUnknown || performance.now() + LOOKUP_PAUSE_MS > giveUpAt) throw error;
        this.#unknown.add(requestId);
      }
      await pause(LOOKUP_PAUSE_MS, this.#closing.signal);
    }
  }
}
