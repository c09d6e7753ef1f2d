import type { PartyId } from "../math/party.ts";
import { SHARE_BUDGET_BYTES_PER_PEER, SHARE_BUDGET_REFILL_MS } from "../wire/limits.ts";
import { NodeError } from "./errors.ts";

/** How many bytes of work a peer may cause: so many at once, and they come back over time. */
export class ByteBudget {
  readonly #capacity: number;
  readonly #refillMs: number;
  readonly #nowMs: () => number;
  #left: number;
  #atMs: number;

  /** @param refillMs In this time an empty budget is full again. */
  constructor(capacity: number, refillMs: number, nowMs: () => number = () => performance.now()) {
    this.#capacity = capacity;
    this.#refillMs = refillMs;
    this.#nowMs = nowMs;
    this.#left = capacity;
    this.#atMs = nowMs();
  }

  /** False, and nothing is taken, when fewer are left. */
  take(bytes: number): boolean {
    const now = this.#nowMs();
    const back = ((now - this.#atMs) / this.#refillMs) * this.#capacity;
    this.#left = Math.min(this.#capacity, this.#left + back);
    this.#atMs = now;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** What each peer may cause by its questions about shares. */
export class PeerBudgets {
  readonly #budgets = new Map<PartyId, ByteBudget>();

  /** Throws `PeerQuotaExceeded`. */
  charge(from: PartyId, bytes: number): void {
    const budget = this.#budgets.get(from) ?? new ByteBudget(SHARE_BUDGET_BYTES_PER_PEER, SHARE_BUDGET_REFILL_MS);
    this.#budgets.set(from, budget);
    if (!budget.take(bytes)) throw new NodeError("PeerQuotaExceeded", `seat ${from} has asked for too much in a while`);
  }
}
