import type { PartyId } from "../math/party.ts";
import { TransportError } from "./errors.ts";

interface Waiter {
  readonly peers: readonly PartyId[];
  resolve(): void;
  reject(error: Error): void;
}

/** Which peers are connected, and who waits for some of them. */
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

  /** Whether all of `peers` are connected. */
  isOpen(peers: readonly PartyId[]): boolean {
    return peers.every((peer) => !this.#missing.has(peer));
  }

  enter(peer: PartyId): void {
    this.#missing.delete(peer);
    this.#connected.add(peer);
    for (const waiter of [...this.#waiters]) {
      if (!this.isOpen(waiter.peers)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  leave(peer: PartyId): void {
    this.#connected.delete(peer);
    this.#missing.add(peer);
  }

  /** Resolves when all of `peers` are connected, which may have changed again by the time that the caller runs. */
  wait(peers: readonly PartyId[], timeoutMs: number): Promise<void> {
    if (this.isOpen(peers)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(this.#unreachable(peers, timeoutMs));
      }, timeoutMs);
      const settle = (then: () => void) => {
        clearTimeout(timer);
        then();
      };
      const waiter: Waiter = {
        peers,
        resolve: () => settle(resolve),
        reject: (error) => settle(() => reject(error)),
      };
      this.#waiters.add(waiter);
    });
  }

  /** Rejects everyone who waits. */
  fail(error: Error): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const waiter of waiters) waiter.reject(error);
  }

  #unreachable(peers: readonly PartyId[], timeoutMs: number): TransportError {
    const missing = peers.filter((peer) => this.#missing.has(peer));
    const who = missing.length === 1 ? `party ${missing[0]}` : `parties ${missing.join(", ")}`;
    return new TransportError("PeerUnreachable", `no connection to ${who} within ${timeoutMs} ms`, missing[0]);
  }
}
