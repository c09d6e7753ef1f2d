import type { PartyId } from "../math/party.ts";

/** Why a transport, a session or a wait on a peer failed. */
export type TransportErrorCode =
  /** A caller's mistake: a malformed id, an impossible peer or length. Fix the call. */
  | "InvalidArgument"
  /** Settings with which no transport can run. */
  | "InvalidSettings"
  /** The session is open here already. */
  | "SessionAlreadyOpen"
  /** The session was closed here; its id is spent. A retry takes the next attempt's id. */
  | "SessionClosed"
  /** The transport was closed. */
  | "TransportClosed"
  /** No connection to a peer in time. A retry later can succeed. */
  | "PeerUnreachable"
  /** A peer sent nothing for as long as the session waits. */
  | "PeerSilent"
  /** The connection to a peer broke while the session was open. A retry under a new session id can succeed. */
  | "ConnectionLost"
  /** A peer ended its side of the session before it sent what was awaited. */
  | "ClosedByPeer"
  /** A peer announced another request under this session's id. */
  | "AnnounceMismatch"
  /** A peer sent more before the session was opened here than is kept. */
  | "PendingOverflow"
  /** A peer sent more than is kept unread. */
  | "ReceiveOverflow"
  /** A peer takes its bytes too slowly: more is queued for it than is kept. */
  | "SendOverflow"
  /** A peer does not answer a question: it does not have what was asked for, or does not give it to this party. */
  | "QuestionRefused"
  /** Too many questions are open to the peer. A retry later can succeed. */
  | "QuestionsBusy"
  /** Who answered or called does not hold the key registered for the seat. */
  | "WrongPeer"
  /** A peer sent bytes that are not frames, or frames out of place; the connection was dropped. */
  | "ProtocolViolation";

/** Thrown and rejected with by everything in `transport/`; `peer` is the party that it is about, where there is one. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;
  readonly peer: PartyId | null;

  constructor(code: TransportErrorCode, message: string, peer: PartyId | null = null) {
    super(message);
    this.code = code;
    this.peer = peer;
  }
}
