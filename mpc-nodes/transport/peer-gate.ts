import type { PartyId } from "../math/party.ts";
import { TransportError } from "./errors.ts";

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** Which peers are connected, and who waits until all are. */
export class PeerGate {
  readonly #missing: Set<PartyId>;
  readonly #connected = new Set<PartyId>();
  #waiters = new Set<Waiter>();

  constructor(peers: readonly PartyId[]) {
    this.#missing = new Set(peers);
  }

  get connected(): PartyId[] {
    return [...this.#connected].sort();
  }

  get open(): boolean {
    return this.#missing.size === 0;
  }

  enter(peer: PartyId): void {
    this.#missing.delete(peer);
    this.#connected.add(peer);
    if (this.open) this.#release((waiter) => waiter.resolve());
  }

  leave(peer: PartyId): void {
    this.#connected.delete(peer);
    this.#missing.add(peer);
  }

  /** Resolves when all are connected, which may have changed again by the time that the caller runs. */
  wait(timeoutMs: number): Promise<void> {
    if (this.open) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(this.#unreachable(timeoutMs));
      }, timeoutMs);
      const settle = (then: () => void) => {
        clearTimeout(timer);
        then();
      };
      const waiter: Waiter = {
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      };
      this.#waiters.add(waiter);
    });
  }

  /** Rejects everyone who waits. */
  fail(error: Error): void {
    this.#release((waiter) => waiter.reject(error));
  }

  #release(settle: (waiter: Waiter) => void): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const waiter of waiters) settle(waiter);
  }

  #unreachable(timeoutMs: number): TransportError {
    const missing = [...this.#missing].sort();
    const who = missing.length === 1 ? `party ${missing[0]}` : `parties ${missing.join(", ")}`;
    return new TransportError("PeerUnreachable", `no connection to ${who} within ${timeoutMs} ms`, missing[0]);
  }
}
