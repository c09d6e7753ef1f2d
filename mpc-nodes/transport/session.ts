import type { PartyId } from "../math/party.ts";
import type { Network, NetworkStatistics } from "../protocol/network.ts";
import { SEND_ROOM_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { Held } from "./held.ts";
import { IncomingStream } from "./incoming.ts";

export interface SessionOptions {
  readonly party: PartyId;
  readonly peers: readonly PartyId[];
  readonly requestId: string;
  readonly receiveTimeoutMs: number;
  /** Queues bytes; retains `held` while it refers to them. Throws `SendOverflow` when too much is queued. */
  sendData(to: PartyId, body: Uint8Array, held: Held): void;
  /** Bytes of this session that wait for `to`. */
  queuedFor(to: PartyId): number;
  onBuffered(from: PartyId, change: number): void;
}

interface Waiter {
  /** Most bytes that may be queued. */
  readonly bytes: number;
  resolve(): void;
  reject(error: Error): void;
}

const DONE = Promise.resolve();

/** One party's end of a session: a `Network` whose bytes travel in frames. */
export class TransportSession implements Network {
  readonly party: PartyId;
  readonly peers: readonly PartyId[];
  readonly requestId: string;
  readonly statistics: NetworkStatistics = { bytesSent: 0, bytesReceived: 0, messagesSent: 0 };
  /** The peers that have said which request the session computes. */
  readonly announced = new Set<PartyId>();
  readonly #options: SessionOptions;
  readonly #streams = new Map<PartyId, IncomingStream>();
  readonly #roomWaiters = new Map<PartyId, Waiter[]>();
  /** Of peers for whose room something waits in a hurry. */
  readonly #roomTimers = new Map<PartyId, NodeJS.Timeout>();
  /** A peer has ended its side. If its run failed, this one must fail a receive timeout later at most (PROTOCOL 5), however slow another is. */
  #hurried = false;
  /** The peers that have ended their side with success: they have all that they need. */
  readonly #done = new Set<PartyId>();
  readonly #held = new Held();
  #closed: Error | null = null;

  constructor(options: SessionOptions) {
    this.party = options.party;
    this.peers = options.peers;
    this.requestId = options.requestId;
    this.#options = options;
    for (const peer of options.peers) {
      const stream = new IncomingStream({
        peer,
        receiveTimeoutMs: options.receiveTimeoutMs,
        onBuffered: (change) => options.onBuffered(peer, change),
        onRead: (byteLength) => {
          this.statistics.bytesReceived += byteLength;
        },
      });
      this.#streams.set(peer, stream);
      this.#roomWaiters.set(peer, []);
    }
  }

  /** To a peer that has ended its side nothing is sent any more: it does not listen. */
  send(to: PartyId, payload: Uint8Array): void {
    const stream = this.#stream(to);
    if (this.#closed !== null) throw this.#closed;
    this.statistics.messagesSent += 1;
    this.statistics.bytesSent += payload.length;
    if (stream.ended !== null || payload.length === 0) return;
    try {
      this.#options.sendData(to, payload, this.#held);
    } catch (error) {
      this.failPeer(to, error as Error);
      throw error;
    }
  }

  queued(to: PartyId): number {
    return this.#options.queuedFor(to);
  }

  /** Room is each session's own, so that none waits for what another has queued. */
  room(to: PartyId, bytes = SEND_ROOM_BYTES - 1): Promise<void> {
    const waiting = this.#roomWaiters.get(to);
    if (waiting === undefined) return handled(Promise.reject(this.#noStream(to)));
    const error = this.#closed ?? (this.#done.has(to) ? null : this.#stream(to).ended);
    if (error !== null) return handled(Promise.reject(error));
    if (this.queued(to) <= bytes) return DONE;
    return handled(
      new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject });
        if (this.#hurried) this.#hurryRoom(to);
      }),
    );
  }

  receive(from: PartyId, into: Uint8Array): Promise<void> {
    const stream = this.#streams.get(from);
    if (stream === undefined) return handled(Promise.reject(this.#noStream(from)));
    return handled(stream.read(into));
  }

  idle(): Promise<void> {
    return this.#held.idle();
  }

  /** Takes bytes that `peer` sent. */
  push(peer: PartyId, bytes: Uint8Array): void {
    this.#stream(peer).push(bytes);
  }

  /** The peer has taken something that was queued for it. */
  progressed(peer: PartyId): void {
    const waiting = this.#roomWaiters.get(peer);
    if (!waiting?.length) return;
    const queued = this.queued(peer);
    const left = waiting.filter(({ bytes }) => queued > bytes);
    this.#roomWaiters.set(peer, left);
    if (left.length === 0) this.#stopRoomTimer(peer);
    for (const { bytes, resolve } of waiting) if (queued <= bytes) resolve();
  }

  /** The peer has taken nothing for the receive timeout, though something is queued for it. */
  stalled(peer: PartyId): void {
    if (!this.#roomWaiters.get(peer)?.length) return;
    const message = `party ${peer} took nothing for ${this.#options.receiveTimeoutMs} ms while ${this.#options.queuedFor(peer)} bytes waited for it`;
    this.failPeer(peer, new TransportError("PeerSilent", message, peer));
  }

  /** The peer sends nothing more; `done` when that is how its part ends. What it sent can still be read. */
  endPeer(peer: PartyId, error: Error, done: boolean): void {
    if (done && this.#stream(peer).ended === null) this.#done.add(peer);
    this.#stream(peer).end(error);
    this.#settleRoom(peer, done ? null : error);
    this.#hurried = true;
    for (const [other, stream] of this.#streams) {
      stream.hurry();
      this.#hurryRoom(other);
    }
  }

  /** Nothing of the peer is of use any more. */
  failPeer(peer: PartyId, error: Error): void {
    this.#stream(peer).destroy(error);
    this.#settleRoom(peer, error);
  }

  /** Rejects every wait with `error`; frees every buffer. */
  destroy(error: Error): void {
    this.#closed = error;
    for (const peer of this.peers) this.failPeer(peer, error);
  }

  #hurryRoom(peer: PartyId): void {
    if (!this.#roomWaiters.get(peer)?.length || this.#roomTimers.has(peer)) return;
    const { receiveTimeoutMs } = this.#options;
    const timer = setTimeout(() => {
      const message = `party ${peer} took too little for ${receiveTimeoutMs} ms, and another party has ended the session`;
      this.failPeer(peer, new TransportError("PeerSilent", message, peer));
    }, receiveTimeoutMs);
    this.#roomTimers.set(peer, timer);
  }

  #stopRoomTimer(peer: PartyId): void {
    clearTimeout(this.#roomTimers.get(peer));
    this.#roomTimers.delete(peer);
  }

  #settleRoom(peer: PartyId, error: Error | null): void {
    const waiters = this.#roomWaiters.get(peer) ?? [];
    this.#roomWaiters.set(peer, []);
    this.#stopRoomTimer(peer);
    for (const { resolve, reject } of waiters) {
      if (error === null) resolve();
      else reject(error);
    }
  }

  #stream(peer: PartyId): IncomingStream {
    const stream = this.#streams.get(peer);
    if (stream === undefined) throw this.#noStream(peer);
    return stream;
  }

  #noStream(peer: PartyId): TransportError {
    return new TransportError("InvalidArgument", `party ${this.party} has no stream to party ${peer}`);
  }
}

/** Whoever waits for several peers at once looks at the first failure only; the others are no loose ends. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
