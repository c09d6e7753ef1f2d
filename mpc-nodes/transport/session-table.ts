import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { isPartyId, type PartyId } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import { WireError } from "../wire/errors.ts";
import type { Frame } from "../wire/frames.ts";
import { type FrameKind, MAX_CLOSED_SESSIONS_REMEMBERED, MAX_PENDING_BYTES_PER_SESSION } from "../wire/limits.ts";
import { CloseReason, describeCloseReason, isCloseReason } from "./close-reason.ts";
import { TransportError } from "./errors.ts";
import type { Held } from "./held.ts";
import { type PendingSession, PendingSessions } from "./pending.ts";
import { TransportSession } from "./session.ts";

/** What takes frames to the peers. What is for a peer that is not connected is dropped. */
export interface Carrier {
  /**
   * Queues a frame's body, or bytes that are cut into data frames; `held` is retained while they are referred to.
   * May throw `SendOverflow` for data.
   */
  send(to: PartyId, kind: FrameKind, sessionId: string, body: Uint8Array, held: Held | null): void;
  /** Bytes of the session that wait for the peer. */
  queuedFor(to: PartyId, sessionId: string): number;
  /** Forgets the session's data that waits for the peer. */
  drop(to: PartyId, sessionId: string): void;
}

export interface SessionTableOptions {
  readonly party: PartyId;
  readonly receiveTimeoutMs: number;
  readonly maximumUnreadBytes: number;
  readonly carrier: Carrier;
  onAnnounce(requestId: string, from: PartyId): void;
}

const BYTES32 = /^0x[0-9a-f]{64}$/;

/**
 * The sessions of one party, whatever carries their frames: opens and closes them, hands incoming frames to the right
 * one, keeps a little for those that are not open here yet.
 */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #open = new Map<string, TransportSession>();
  readonly #pending = new PendingSessions();
  /** Ids of closed sessions, oldest first. */
  readonly #closed = new Set<string>();
  /** Buffered and not asked for, per peer, over all open sessions. */
  readonly #unreadBytes: [number, number, number, number] = [0, 0, 0, 0];

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  /** Throws what `Transport.openSession` says, but for the connections, which are the carrier's. */
  checkOpenable(sessionId: string, requestId: string, peers: readonly PartyId[]): void {
    for (const id of [sessionId, requestId]) {
      if (!BYTES32.test(id)) throw new TransportError("InvalidArgument", `${id} is not 32 bytes in lower-case 0x-hex`);
    }
    const others = peers.every((peer) => isPartyId(peer) && peer !== this.#options.party);
    if (peers.length === 0 || !others || new Set(peers).size !== peers.length) {
      throw new TransportError(
        "InvalidArgument",
        `parties ${peers.join(", ")} are not peers of party ${this.#options.party}`,
      );
    }
    if (this.#open.has(sessionId)) throw new TransportError("SessionAlreadyOpen", `session ${sessionId} is open`);
    if (this.#closed.has(sessionId)) throw sessionClosed(sessionId);
  }

  /** @param receiveTimeoutMs this session's own, in place of the table's */
  open(
    sessionId: string,
    requestId: string,
    peers: readonly PartyId[],
    receiveTimeoutMs = this.#options.receiveTimeoutMs,
  ): Network {
    this.checkOpenable(sessionId, requestId, peers);
    const { party, carrier } = this.#options;
    const session = new TransportSession({
      party,
      peers: [...peers].sort(),
      requestId,
      receiveTimeoutMs,
      sendData: (to, body, held) => carrier.send(to, "data", sessionId, body, held),
      queuedFor: (to) => carrier.queuedFor(to, sessionId),
      onBuffered: (from, change) => {
        this.#unreadBytes[from] += change;
      },
    });
    this.#open.set(sessionId, session);
    for (const peer of session.peers) carrier.send(peer, "announce", sessionId, hexToBytes(requestId.slice(2)), null);
    for (const [peer, pending] of this.#pending.take(sessionId)) {
      if (session.peers.includes(peer)) this.#takeOver(session, peer, pending);
      else this.#tell(peer, sessionId, CloseReason.unknown);
    }
    return session;
  }

  /** A session that was open is over for good; one that only peers opened is refused: a peer's word must not use its id up. */
  close(sessionId: string, reason?: Error): void {
    const session = this.#open.get(sessionId);
    if (reason !== undefined) for (const peer of session?.peers ?? []) this.#options.carrier.drop(peer, sessionId);
    this.#end(sessionId, session, reason);
  }

  /** What was sent before still leaves, as far as the carrier takes it. */
  closeAll(reason: Error): void {
    for (const [sessionId, session] of [...this.#open]) this.#end(sessionId, session, reason);
  }

  #end(sessionId: string, session: TransportSession | undefined, reason?: Error): void {
    const listeners = session?.peers ?? [...this.#pending.take(sessionId).keys()];
    if (listeners.length === 0) return;
    session?.destroy(reason ?? sessionClosed(sessionId));
    this.#open.delete(sessionId);
    if (session !== undefined) this.#remember(sessionId);
    for (const peer of listeners) this.#tell(peer, sessionId, reason ? CloseReason.failed : CloseReason.done);
  }

  /** Ends every session's stream from a peer whose connection is gone. */
  losePeer(peer: PartyId, error: Error): void {
    this.#pending.removePeer(peer);
    for (const session of this.#open.values()) if (session.peers.includes(peer)) session.endPeer(peer, error, false);
  }

  /** The peer has taken something that was queued for it. */
  progressed(peer: PartyId): void {
    for (const session of this.#open.values()) session.progressed(peer);
  }

  /** The peer has taken nothing for the receive timeout, though something is queued for it. */
  stalled(peer: PartyId): void {
    for (const session of this.#open.values()) session.stalled(peer);
  }

  /** Whether anything is to be sent for the session, but what it left behind when it was closed. */
  isOpen(sessionId: string): boolean {
    return this.#open.has(sessionId);
  }

  /**
   * Takes a frame of a peer, other than data. What concerns one session fails that session alone.
   *
   * @throws WireError for a frame that no party sends: the carrier drops the connection.
   */
  accept(from: PartyId, frame: Frame): void {
    const session = this.#open.get(frame.sessionId);
    if (frame.kind === "hello") {
      throw new WireError("MalformedFrame", "a hello frame stands only at the start of a connection");
    }
    if (frame.kind === "close") this.#acceptClose(from, frame, session);
    else this.#acceptAnnounce(from, frame, session);
  }

  /**
   * Takes bytes of a data frame, and keeps nothing of their memory. Late ones of a closed session are dropped; those of a
   * session that the peer never announced are answered.
   */
  acceptData(from: PartyId, sessionId: string, bytes: Uint8Array): void {
    const session = this.#open.get(sessionId);
    if (session !== undefined) {
      if (session.peers.includes(from)) this.#deliver(session, from, bytes);
      return;
    }
    const pending = this.#pending.get(from, sessionId);
    if (pending === undefined) {
      if (!this.#closed.has(sessionId)) this.#tell(from, sessionId, CloseReason.unknown);
    } else if (!pending.overflowed && !this.#pending.keep(pending, bytes)) {
      this.#tell(from, sessionId, CloseReason.overflow);
    }
  }

  #acceptAnnounce(from: PartyId, { sessionId, body }: Frame, session: TransportSession | undefined): void {
    const requestId = `0x${bytesToHex(body)}`;
    if (session !== undefined) {
      if (!session.peers.includes(from)) {
        this.#tell(from, sessionId, CloseReason.unknown);
        return;
      }
      session.announced.add(from);
      if (requestId === session.requestId) return;
      const message = `party ${from} announced request ${requestId} for the session that computes ${session.requestId}`;
      session.failPeer(from, new TransportError("AnnounceMismatch", message, from));
      return;
    }
    if (this.#closed.has(sessionId)) {
      this.#tell(from, sessionId, CloseReason.unknown);
    } else if (this.#pending.get(from, sessionId) === undefined) {
      if (!this.#pending.add(from, sessionId, requestId)) this.#tell(from, sessionId, CloseReason.busy);
      else this.#options.onAnnounce(requestId, from);
    }
  }

  #deliver(session: TransportSession, from: PartyId, bytes: Uint8Array): void {
    if (!session.announced.has(from)) {
      const message = `party ${from} sent data before it announced which request the session computes`;
      session.failPeer(from, new TransportError("ProtocolViolation", message, from));
      return;
    }
    session.push(from, bytes);
    const unread = this.#unreadBytes[from];
    if (unread <= this.#options.maximumUnreadBytes) return;
    const message = `party ${from} has sent ${unread} bytes that nothing asked for yet, more than ${this.#options.maximumUnreadBytes}`;
    session.failPeer(from, new TransportError("ReceiveOverflow", message, from));
  }

  #acceptClose(from: PartyId, { sessionId, body }: Frame, session: TransportSession | undefined): void {
    const reason = body[0];
    if (!isCloseReason(reason)) throw new WireError("MalformedFrame", `${reason} is not a reason to close a session`);
    this.#pending.remove(from, sessionId);
    const message = `party ${from} ${describeCloseReason(reason)}`;
    this.#options.carrier.drop(from, sessionId);
    if (!session?.peers.includes(from)) return;
    session.endPeer(from, new TransportError("ClosedByPeer", message, from), reason === CloseReason.done);
  }

  /** Gives a session that opens what a peer sent before. */
  #takeOver(session: TransportSession, from: PartyId, pending: PendingSession): void {
    session.announced.add(from);
    if (pending.overflowed) {
      const message = `party ${from} sent more than ${MAX_PENDING_BYTES_PER_SESSION} bytes before the session was opened here`;
      session.failPeer(from, new TransportError("PendingOverflow", message, from));
    } else if (pending.requestId !== session.requestId) {
      const message = `party ${from} announced request ${pending.requestId} for the session that computes ${session.requestId}`;
      session.failPeer(from, new TransportError("AnnounceMismatch", message, from));
    } else {
      for (const bytes of pending.bodies) session.push(from, bytes);
    }
  }

  #tell(peer: PartyId, sessionId: string, reason: CloseReason): void {
    this.#options.carrier.send(peer, "close", sessionId, Uint8Array.of(reason), null);
  }

  #remember(sessionId: string): void {
    this.#closed.add(sessionId);
    if (this.#closed.size <= MAX_CLOSED_SESSIONS_REMEMBERED) return;
    const [oldest] = this.#closed;
    this.#closed.delete(oldest);
  }
}

function sessionClosed(sessionId: string): TransportError {
  const message = `session ${sessionId} was closed; a retry takes the id of the next attempt`;
  return new TransportError("SessionClosed", message);
}
