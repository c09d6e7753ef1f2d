import type { TLSSocket } from "node:tls";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import type { FrameKind } from "../wire/limits.ts";
import { Dialer } from "./dialer.ts";
import { TransportError } from "./errors.ts";
import { IdentityKeys } from "./identity-keys.ts";
import { tlsKeyHash } from "./key-hash.ts";
import { Listener } from "./listener.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, type TransportLimits, type TransportTimeouts } from "./options.ts";
import { PeerConnection } from "./peer-connection.ts";
import { PeerGate } from "./peer-gate.ts";
import { Questions } from "./questions.ts";
import { SessionTable } from "./session-table.ts";
import { checkPeers, secureSettings, type TlsTransportOptions, type TransportEvent } from "./tls-settings.ts";
import type { Transport } from "./transport.ts";

export type { PeerAddress, TlsTransportOptions, TransportEvent } from "./tls-settings.ts";

/**
 * Sessions over one standing TLS 1.3 connection per pair of parties: the higher party dials, the lower listens, so that
 * no two connections ever cross. Both sides know the other by its key alone (`tls-settings.ts`). A connection that is
 * lost fails the sessions that used it and is dialled again; a second one from the same key replaces the first.
 */
export class TlsTransport implements Transport {
  readonly party: PartyId;
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  /** Hears of connections made, lost and refused. Must not throw. */
  onEvent?: ((event: TransportEvent) => void) | undefined;
  readonly #timeouts: TransportTimeouts;
  readonly #limits: TransportLimits;
  readonly #keys: IdentityKeys;
  readonly #table: SessionTable;
  readonly #questions: Questions;
  readonly #gate: PeerGate;
  readonly #listener: Listener | null;
  readonly #dialers = new Map<PartyId, Dialer>();
  readonly #connections = new Map<PartyId, PeerConnection>();
  #closing: Promise<void> | null = null;

  /** @throws TransportError `InvalidSettings`. */
  constructor(options: TlsTransportOptions) {
    checkPeers(options);
    const { party, peers, listen } = options;
    this.party = party;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const hashOf = new Map(peers.map((peer) => [peer.party, peer.tlsKeyHash]));
    const hashes = PARTIES.map((each) => hashOf.get(each) ?? tlsKeyHash(options.certificate));
    this.#keys = new IdentityKeys(party, options.key, hashes);
    this.#gate = new PeerGate(peers.map((peer) => peer.party));
    const sendFrame = (to: PartyId, kind: FrameKind, id: string, body: Uint8Array) =>
      this.#connections.get(to)?.send(kind, id, body, null);
    this.#questions = new Questions({
      ...{ party, sendFrame, timeoutMs: this.#timeouts.receiveMs },
      isConnected: (peer) => this.#gate.connected.includes(peer),
      onQuestion: (question, from) => this.onQuestion?.(question, from),
    });
    this.#table = new SessionTable({
      party,
      receiveTimeoutMs: this.#timeouts.receiveMs,
      maximumUnreadBytes: this.#limits.unreadBytesPerPeer,
      carrier: {
        send: (to, kind, sessionId, body, held) => this.#connections.get(to)?.send(kind, sessionId, body, held),
        queuedFor: (to, sessionId) => this.#connections.get(to)?.queuedFor(sessionId) ?? 0,
        drop: (to, sessionId) => this.#connections.get(to)?.drop(sessionId),
      },
      onAnnounce: (requestId, from) => this.onAnnounce?.(requestId, from),
    });
    const secure = secureSettings(options);
    const callers = peers.filter((peer) => peer.party > party);
    this.#listener =
      callers.length === 0
        ? null
        : new Listener({
            ...listen,
            secure,
            handshakeMs: this.#timeouts.handshakeMs,
            callers: new Map(callers.map((peer) => [peer.tlsKeyHash, peer.party])),
            onPeer: (peer, socket) => this.#attach(peer, socket),
            onRefused: (error) => this.#emit({ kind: "refused", peer: null, error }),
          });
    for (const peer of peers.filter((peer) => peer.party < party)) {
      const dialer = new Dialer({
        peer,
        secure,
        timeouts: this.#timeouts,
        onPeer: (socket) => this.#attach(peer.party, socket),
        onRefused: (error) => this.#emit({ kind: "refused", peer: peer.party, error }),
      });
      this.#dialers.set(peer.party, dialer);
    }
  }

  /** The port that peers above dial; 0 for party 3, whom nobody dials. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  get receiveMs(): number {
    return this.#timeouts.receiveMs;
  }

  /** The peers that are connected now, ascending. */
  get connected(): PartyId[] {
    return this.#gate.connected;
  }

  /** Listens and starts to dial. Resolves when it listens; connections come as the peers come up. */
  async start(): Promise<void> {
    await this.#listener?.listen();
    for (const dialer of this.#dialers.values()) dialer.dial();
  }

  async openSession(
    sessionId: string,
    requestId: string,
    peers: readonly PartyId[] = partiesExcept(this.party),
    receiveMs?: number,
  ): Promise<Network> {
    this.#table.checkOpenable(sessionId, requestId, peers);
    do {
      if (this.#closing !== null) throw transportClosed();
      await this.#gate.wait(peers, this.#timeouts.connectMs);
    } while (!this.#gate.isOpen(peers));
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

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#gate.fail(transportClosed());
    this.#table.closeAll(transportClosed());
    this.#questions.close(transportClosed());
    await Promise.all([
      ...[...this.#dialers.values()].map((dialer) => dialer.stop()),
      ...[...this.#connections.values()].map((connection) => connection.end(this.#timeouts.closeGraceMs)),
    ]);
    await this.#listener?.close();
  }

  #attach(peer: PartyId, socket: TLSSocket): void {
    if (this.#closing !== null) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    const replaced = new TransportError("ConnectionLost", `party ${peer} made a new connection`, peer);
    this.#connections.get(peer)?.destroy(replaced);
    const connection = new PeerConnection({
      peer,
      socket,
      sendQueueBytes: this.#limits.sendQueueBytesPerPeer,
      handshakeMs: this.#timeouts.handshakeMs,
      stallMs: this.#timeouts.receiveMs,
      onReady: () => {
        this.#dialers.get(peer)?.succeeded();
        this.#gate.enter(peer);
        this.#emit({ kind: "connected", peer });
      },
      onFrame: (frame) => {
        if (!this.#questions.accept(peer, frame)) this.#table.accept(peer, frame);
      },
      onData: (sessionId, bytes) => this.#table.acceptData(peer, sessionId, bytes),
      onProgress: () => this.#table.progressed(peer),
      onStall: () => {
        this.#table.stalled(peer);
        connection.dropUnless((sessionId) => this.#table.isOpen(sessionId));
      },
      onClose: (error) => this.#detach(peer, error),
    });
    this.#connections.set(peer, connection);
  }

  #detach(peer: PartyId, error: TransportError): void {
    this.#connections.delete(peer);
    this.#gate.leave(peer);
    this.#table.losePeer(peer, error);
    this.#questions.losePeer(peer, error);
    this.#emit({ kind: "disconnected", peer, error });
    if (this.#closing === null) this.#dialers.get(peer)?.redial();
  }

  #emit(event: TransportEvent): void {
    this.onEvent?.(event);
  }
}

function transportClosed(): TransportError {
  return new TransportError("TransportClosed", "the transport was closed");
}
