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
