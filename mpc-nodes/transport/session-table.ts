import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { type PartyId, partiesExcept } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import { WireError } from "../wire/errors.ts";
import type { Frame } from "../wire/frames.ts";
import { type FrameKind, MAX_CLOSED_SESSIONS_REMEMBERED, MAX_PENDING_BYTES_PER_SESSION } from "../wire/limits.ts";
import { CloseReason, describeCloseReason, isCloseReason } from "./close-reason.ts";
import { TransportError } from "./errors.ts";
import { type PendingSession, PendingSessions } from "./pending.ts";
import { TransportSession } from "./session.ts";

export interface SessionTableOptions {
  readonly party: PartyId;
  readonly receiveTimeoutMs: number;
  readonly maximumUnreadBytes: number;
  /** Hands a frame to whatever carries it to the peer. May throw `SendOverflow` for data; drops when not connected. */
  sendFrame(to: PartyId, kind: FrameKind, sessionId: string, body: Uint8Array): void;
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
  checkOpenable(sessionId: string, requestId: string): void {
    for (const id of [sessionId, requestId]) {
      if (!BYTES32.test(id)) throw new TransportError("InvalidArgument", `${id} is not 32 bytes in lower-case 0x-hex`);
    }
    if (this.#open.has(sessionId)) throw new TransportError("SessionAlreadyOpen", `session ${sessionId} is open`);
    if (this.#closed.has(sessionId)) throw sessionClosed(sessionId);
  }

  open(sessionId: string, requestId: string): Network {
    this.checkOpenable(sessionId, requestId);
    const { party, receiveTimeoutMs, sendFrame } = this.#options;
    const session = new TransportSession({
      party,
      requestId,
      receiveTimeoutMs,
      sendData: (to, body) => sendFrame(to, "data", sessionId, body),
      onBuffered: (from, change) => {
        this.#unreadBytes[from] += change;
      },
    });
    this.#open.set(sessionId, session);
    for (const peer of partiesExcept(party)) sendFrame(peer, "announce", sessionId, hexToBytes(requestId.slice(2)));
    for (const [peer, pending] of this.#pending.take(sessionId)) this.#takeOver(session, peer, pending);
    return session;
  }

  /** A session that was open is over for good; one that only peers opened is refused: a peer's word must not use its id up. */
  close(sessionId: string, reason?: Error): void {
    const session = this.#open.get(sessionId);
    const listeners = session ? partiesExcept(this.#options.party) : [...this.#pending.take(sessionId).keys()];
    if (listeners.length === 0) return;
    session?.destroy(reason ?? sessionClosed(sessionId));
    this.#open.delete(sessionId);
    if (session !== undefined) this.#remember(sessionId);
    for (const peer of listeners) this.#tell(peer, sessionId, reason ? CloseReason.failed : CloseReason.done);
  }

  closeAll(reason: Error): void {
    for (const sessionId of [...this.#open.keys()]) this.close(sessionId, reason);
  }

  /** Ends every session's stream from a peer whose connection is gone. */
  losePeer(peer: PartyId, error: Error): void {
    this.#pending.removePeer(peer);
    for (const session of this.#open.values()) session.stream(peer).end(error);
  }

  /**
   * Takes a frame of a peer. What concerns one session fails that session alone.
   *
   * @throws WireError for a frame that no party sends: the carrier drops the connection.
   */
  accept(from: PartyId, frame: Frame): void {
    const session = this.#open.get(frame.sessionId);
    if (frame.kind === "announce") this.#acceptAnnounce(from, frame, session);
    else if (frame.kind === "data") this.#acceptData(from, frame, session);
    else if (frame.kind === "close") this.#acceptClose(from, frame, session);
    else throw new WireError("MalformedFrame", `a ${frame.kind} frame stands only at the start of a connection`);
  }

  #acceptAnnounce(from: PartyId, { sessionId, body }: Frame, session: TransportSession | undefined): void {
    const requestId = `0x${bytesToHex(body)}`;
    if (session !== undefined) {
      session.announced.add(from);
      if (requestId === session.requestId) return;
      const message = `party ${from} announced request ${requestId} for the session that computes ${session.requestId}`;
      session.stream(from).destroy(new TransportError("AnnounceMismatch", message, from));
      return;
    }
    if (this.#closed.has(sessionId)) {
      this.#tell(from, sessionId, CloseReason.unknown);
    } else if (this.#pending.get(from, sessionId) === undefined) {
      if (!this.#pending.add(from, sessionId, requestId)) this.#tell(from, sessionId, CloseReason.busy);
      else this.#options.onAnnounce(requestId, from);
    }
  }

  /** Late frames of a closed session are dropped; those of a session that the peer never announced are answered. */
  #acceptData(from: PartyId, { sessionId, body }: Frame, session: TransportSession | undefined): void {
    const pending = this.#pending.get(from, sessionId);
    if (session !== undefined) {
      this.#deliver(session, from, body);
    } else if (pending === undefined) {
      if (!this.#closed.has(sessionId)) this.#tell(from, sessionId, CloseReason.unknown);
    } else if (!pending.overflowed && !this.#pending.keep(pending, body)) {
      this.#tell(from, sessionId, CloseReason.overflow);
    }
  }

  #deliver(session: TransportSession, from: PartyId, body: Uint8Array): void {
    const stream = session.stream(from);
    if (!session.announced.has(from)) {
      const message = `party ${from} sent data before it announced which request the session computes`;
      stream.destroy(new TransportError("ProtocolViolation", message, from));
      return;
    }
    stream.push(body);
    const unread = this.#unreadBytes[from];
    if (unread <= this.#options.maximumUnreadBytes) return;
    const message = `party ${from} has sent ${unread} bytes that nothing asked for yet, more than ${this.#options.maximumUnreadBytes}`;
    stream.destroy(new TransportError("ReceiveOverflow", message, from));
  }

  #acceptClose(from: PartyId, { sessionId, body }: Frame, session: TransportSession | undefined): void {
    const reason = body[0];
    if (!isCloseReason(reason)) throw new WireError("MalformedFrame", `${reason} is not a reason to close a session`);
    this.#pending.remove(from, sessionId);
    const message = `party ${from} ${describeCloseReason(reason)}`;
    session?.stream(from).end(new TransportError("ClosedByPeer", message, from));
  }

  /** Gives a session that opens what a peer sent before. */
  #takeOver(session: TransportSession, from: PartyId, pending: PendingSession): void {
    session.announced.add(from);
    const stream = session.stream(from);
    if (pending.overflowed) {
      const message = `party ${from} sent more than ${MAX_PENDING_BYTES_PER_SESSION} bytes before the session was opened here`;
      stream.destroy(new TransportError("PendingOverflow", message, from));
    } else if (pending.requestId !== session.requestId) {
      const message = `party ${from} announced request ${pending.requestId} for the session that computes ${session.requestId}`;
      stream.destroy(new TransportError("AnnounceMismatch", message, from));
    } else {
      for (const body of pending.bodies) stream.push(body);
    }
  }

  #tell(peer: PartyId, sessionId: string, reason: CloseReason): void {
    this.#options.sendFrame(peer, "close", sessionId, Uint8Array.of(reason));
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
