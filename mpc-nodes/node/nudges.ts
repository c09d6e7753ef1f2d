/**
 * Requests, and checks of rows, that peers announced. A peer's chain endpoint may be ahead of this node's, so what may pass is tried again while
 * the peer waits; what will not pass is refused at once, so that no peer waits in vain.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { PartyId } from "../math/party.ts";
import type { RequestState } from "../store/store.ts";
import { failureOf, isWorthRetrying } from "./failure.ts";
import type { Log } from "./log.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;

export interface NudgesOptions {
  /** How long a peer waits for this node. */
  readonly timeoutMs: number;
  /** Requests that are looked at for one peer at once. */
  readonly maximumPerPeer: number;
  readonly log: Log;
  consider(requestId: string, from: PartyId): Promise<{ readonly state: RequestState }>;
  /** Tells the peers that this node does not compute the request, not now. */
  refuse(requestId: string, reason: Error): void;
}

interface Waiting {
  /** Who announced it first: it counts as this peer's. */
  readonly from: PartyId;
  untilMs: number;
}

export class Nudges {
  readonly #options: NudgesOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(options: NudgesOptions) {
    this.#options = options;
  }

  /** Another peer's announcement of the same request gives that peer its full wait too. More than a peer's share is ignored. */
  hear(requestId: string, from: PartyId): void {
    if (this.#stopping.signal.aborted) return;
    const untilMs = performance.now() + this.#options.timeoutMs;
    const known = this.#waiting.get(requestId);
    if (known !== undefined) {
      known.untilMs = untilMs;
      return;
    }
    const own = [...this.#waiting.values()].filter((waiting) => waiting.from === from).length;
    if (own >= this.#options.maximumPerPeer) {
      this.#options.log.warn({ requestId, from }, "a peer announces more requests than are looked at for it");
      return;
    }
    const waiting = { from, untilMs };
    this.#waiting.set(requestId, waiting);
    const underWay = this.#pursue(requestId, waiting).finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }

  /** Resolves when nothing is under way and no timer is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#underWay);
  }

  /** Never throws. */
  async #pursue(requestId: string, waiting: Waiting): Promise<void> {
    const { log, refuse } = this.#options;
    let refusal: Error | null = null;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      refusal = await this.#refusal(requestId, waiting.from);
      if (refusal === null || !isWorthRetrying(failureOf(refusal).code)) break;
      if (performance.now() + pauseMs > waiting.untilMs) break;
      await pause(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) break;
    }
    this.#waiting.delete(requestId);
    if (refusal === null) return;
    log.info({ requestId, error: refusal }, "a peer announced a request that is not computed here");
    refuse(requestId, refusal);
  }

  /** Null when the request is taken on, by this nudge or before. */
  async #refusal(requestId: string, from: PartyId): Promise<Error | null> {
    try {
      const { state } = await this.#options.consider(requestId, from);
      const ended = state === "signed" || state === "failed";
      return ended ? new Error(`the request is ${state} here and is not computed a second time`) : null;
    } catch (error) {
      return error instanceof Error ? error : new Error("the request could not be looked at");
    }
  }
}
