import { PARTIES, type PartyId } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import type { Frame } from "../wire/frames.ts";
import type { FrameKind } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, type TransportLimits, type TransportTimeouts } from "./options.ts";
import { Questions } from "./questions.ts";
import { SessionTable } from "./session-table.ts";
import type { Transport } from "./transport.ts";

export interface MemoryTransportOptions {
  readonly timeouts?: Partial<Pick<TransportTimeouts, "receiveMs">>;
  readonly limits?: Partial<Pick<TransportLimits, "unreadBytesPerPeer">>;
}

/**
 * Four transports of one process, by party: the same sessions, bounds and errors as over TLS, without sockets. A frame
 * arrives in a later microtask, in order, as a copy.
 */
export function createMemoryTransports(options: MemoryTransportOptions = {}): MemoryTransport[] {
  const transports: MemoryTransport[] = [];
  for (const party of PARTIES) transports.push(new MemoryTransport(party, transports, options));
  return transports;
}

export class MemoryTransport implements Transport {
  readonly party: PartyId;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  readonly #peers: readonly MemoryTransport[];
  readonly #questions: Questions;
  readonly #table: SessionTable;
  #closed = false;

  /** @param peers All four, by party; filled while they are made. See `createMemoryTransports`. */
  constructor(party: PartyId, peers: readonly MemoryTransport[], options: MemoryTransportOptions) {
    this.party = party;
    this.#peers = peers;
    const receiveTimeoutMs = options.timeouts?.receiveMs ?? DEFAULT_TIMEOUTS.receiveMs;
    const sendFrame = (to: PartyId, kind: FrameKind, sessionId: string, body: Uint8Array) => {
      const frame: Frame = { kind, sessionId, body: new Uint8Array(body) };
      queueMicrotask(() => this.#peers[to].#accept(party, frame));
    };
    this.#questions = new Questions({
      ...{ party, sendFrame, timeoutMs: receiveTimeoutMs },
      isConnected: (peer) => !this.#peers[peer].#closed,
      onQuestion: (question, from) => this.onQuestion?.(question, from),
    });
    this.#table = new SessionTable({
      ...{ party, receiveTimeoutMs, sendFrame },
      maximumUnreadBytes: options.limits?.unreadBytesPerPeer ?? DEFAULT_LIMITS.unreadBytesPerPeer,
      onAnnounce: (requestId, from) => this.onAnnounce?.(requestId, from),
    });
  }

  async openSession(sessionId: string, requestId: string): Promise<Network> {
    if (this.#closed) throw new TransportError("TransportClosed", "the transport is closed");
    const gone = this.#peers.find((peer) => peer.#closed);
    if (gone) throw new TransportError("PeerUnreachable", `party ${gone.party} has closed its transport`, gone.party);
    return this.#table.open(sessionId, requestId);
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#questions.ask(peer, question, maximumBytes);
  }

  closeSession(sessionId: string, reason?: Error): void {
    this.#table.close(sessionId, reason);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closed = new TransportError("TransportClosed", "the transport was closed");
    this.#table.closeAll(closed);
    this.#questions.close(closed);
    this.#closed = true;
    const lost = new TransportError("ConnectionLost", `party ${this.party} has closed its transport`, this.party);
    for (const peer of this.#peers) {
      if (peer !== this) queueMicrotask(() => peer.#lose(this.party, lost));
    }
  }

  #accept(from: PartyId, frame: Frame): void {
    if (!this.#closed && !this.#questions.accept(from, frame)) this.#table.accept(from, frame);
  }

  #lose(peer: PartyId, error: TransportError): void {
    this.#table.losePeer(peer, error);
    this.#questions.losePeer(peer, error);
  }
}
