import { generateKeyPairSync } from "node:crypto";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import type { FrameKind } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { IdentityKeys } from "./identity-keys.ts";
import { publicKeyHash } from "./key-hash.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, type TransportLimits, type TransportTimeouts } from "./options.ts";
import { Questions } from "./questions.ts";
import { SessionTable } from "./session-table.ts";
import type { Transport } from "./transport.ts";

export interface MemoryTransportOptions {
  readonly timeouts?: Partial<Pick<TransportTimeouts, "receiveMs">>;
  readonly limits?: Partial<Pick<TransportLimits, "unreadBytesPerPeer">>;
}

/**
 * Four transports of one process, by party: the same sessions, bounds and errors as over TLS, without sockets. A
 * frame arrives in a later microtask, in order, as a copy: payloads are never referred to, and there is always room.
 */
export function createMemoryTransports(options: MemoryTransportOptions = {}): MemoryTransport[] {
  const transports: MemoryTransport[] = [];
  const keys = PARTIES.map(() => generateKeyPairSync("ed25519"));
  const hashes = keys.map(({ publicKey }) => publicKeyHash(publicKey));
  for (const party of PARTIES) {
    const identity = new IdentityKeys(party, keys[party]!.privateKey, hashes);
    transports.push(new MemoryTransport(identity, transports, options));
  }
  return transports;
}

export class MemoryTransport implements Transport {
  readonly party: PartyId;
  readonly receiveMs: number;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  readonly #peers: readonly MemoryTransport[];
  readonly #questions: Questions;
  readonly #table: SessionTable;
  readonly #keys: IdentityKeys;
  #closed = false;

  /** @param peers All four, by party; filled while they are made. See `createMemoryTransports`. */
  constructor(keys: IdentityKeys, peers: readonly MemoryTransport[], options: MemoryTransportOptions) {
    const { party } = keys;
    this.party = party;
    this.#keys = keys;
    this.#peers = peers;
    const receiveTimeoutMs = options.timeouts?.receiveMs ?? DEFAULT_TIMEOUTS.receiveMs;
    this.receiveMs = receiveTimeoutMs;
    const send = (to: PartyId, kind: FrameKind, id: string, body: Uint8Array) => {
      const copy = new Uint8Array(body);
      queueMicrotask(() => this.#peers[to].#accept(party, kind, id, copy));
    };
    this.#questions = new Questions({
      ...{ party, sendFrame: send, timeoutMs: receiveTimeoutMs },
      isConnected: (peer) => !this.#peers[peer].#closed,
      onQuestion: (question, from) => this.onQuestion?.(question, from),
    });
    this.#table = new SessionTable({
      ...{ party, receiveTimeoutMs },
      maximumUnreadBytes: options.limits?.unreadBytesPerPeer ?? DEFAULT_LIMITS.unreadBytesPerPeer,
      carrier: { send, queuedFor: () => 0, drop: () => {} },
      onAnnounce: (requestId, from) => this.onAnnounce?.(requestId, from),
    });
  }

  get connected(): PartyId[] {
    return this.#closed ? [] : partiesExcept(this.party).filter((peer) => !this.#peers[peer].#closed);
  }

  async openSession(
    sessionId: string,
    requestId: string,
    peers: readonly PartyId[] = partiesExcept(this.party),
    receiveMs?: number,
  ): Promise<Network> {
    this.#table.checkOpenable(sessionId, requestId, peers);
    if (this.#closed) throw new TransportError("TransportClosed", "the transport is closed");
    const gone = peers.find((peer) => this.#peers[peer].#closed);
    if (gone !== undefined) throw new TransportError("PeerUnreachable", `party ${gone} has closed its transport`, gone);
    return this.#table.open(sessionId, requestId, peers, receiveMs);
  }

  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
    return this.#questions.ask(peer, question, maximumBytes);
  }

  closeSession(sessionId: string, reason?: Error): void {
    this.#table.close(sessionId, reason);
  }

  sign(bytes: Uint8Array): Uint8Array {
    return this.#keys.sign(bytes);
  }

  verify(party: PartyId, bytes: Uint8Array, signature: Uint8Array): boolean {
    return this.#keys.verify(party, bytes, signature);
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

  #accept(from: PartyId, kind: FrameKind, sessionId: string, body: Uint8Array): void {
    if (this.#closed) return;
    if (kind === "data") this.#table.acceptData(from, sessionId, body);
    else if (!this.#questions.accept(from, { kind, sessionId, body }))
      this.#table.accept(from, { kind, sessionId, body });
  }

  #lose(peer: PartyId, error: TransportError): void {
    this.#table.losePeer(peer, error);
    this.#questions.losePeer(peer, error);
  }
}
