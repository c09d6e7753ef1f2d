/**
 * Every bound on what comes from outside, on one page, each with its reason. Bytes unless the name says otherwise.
 * Code that reads checks the bound before it allocates or waits for what the bound is about.
 */
import { MAX_COLUMNS, MAX_ROWS } from "@sharebridge/algorithms/language/schema.ts";

// ----- Tables

/** Columns and rows of a table: the language's own bounds, so that nothing is stored that no program could use. */
export { MAX_COLUMNS, MAX_ROWS };

// ----- HTTP

/** A JSON request body: the largest that the API takes is two 32-byte ids in hex; the rest is room for white space. */
export const MAX_REQUEST_BODY_BYTES = 4_096;

/** An upload's manifest: a schema of 256 number columns with long names fits; the seller's signature covers no more. */
export const MAX_MANIFEST_BYTES = 65_536;

/** An upload of private inputs, JSON: 256 words and their secrets in hex fit, with room for names and white space. */
export const MAX_PRIVATE_UPLOAD_BYTES = 8_192;

/** Uploads of private inputs that are verified at once: each takes some milliseconds of a signature and an HPKE opening. */
export const MAX_PRIVATE_UPLOADS_AT_ONCE = 16;

/**
 * What stored private inputs may take, of all buyers and of one uploader, packages and what is known of them: some thirty thousand of the
 * largest, and two hundred. Each is gone within the hour unless a request names it.
 */
export const MAX_PRIVATE_INPUTS_BYTES = 134_217_728;
export const MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER = 1_048_576;

/** What one stored set of private inputs counts for besides its package. */
export const PRIVATE_INPUTS_OVERHEAD_BYTES = 1_024;

/** How long private inputs are kept that no request names, and how often those past their time are looked for. */
export const PRIVATE_INPUTS_KEPT_S = 3_600;
export const PRIVATE_INPUTS_SWEEP_MS = 60_000;

/** Upload magic ("SBU1") and the manifest's length: what is read before anything is believed. */
export const UPLOAD_HEADER_BYTES = 8;

/** The least that HPKE makes: a 32-byte encapsulated key and a 16-byte tag. */
export const MIN_SEALED_BYTES = 48;

/** Sealed shares: 33 million explicit words, e.g. the most rows at two columns; a node holds an upload in memory. */
export const MAX_SEALED_BYTES = 268_435_456;

/** A whole upload body: the largest of each part. */
export const MAX_UPLOAD_BYTES = UPLOAD_HEADER_BYTES + MAX_MANIFEST_BYTES + MAX_SEALED_BYTES;

// ----- Frames between nodes

/** Type (1), session id (32), body length (4): read whole before a byte of the body is kept. */
export const FRAME_HEADER_BYTES = 37;

/**
 * Payload of one data frame: long messages are cut, and sessions share a connection in pieces of this size, so that a short
 * message waits for at most one such piece of each other session.
 */
export const MAX_DATA_FRAME_BYTES = 65_536;

/** What is handed to a peer's socket at once: whole TLS records of 16 KiB (RFC 8446 §5.1), enough of them to hide a turn. */
export const SEND_BATCH_BYTES = 131_072;

/** A question to a peer outside of any session: what the only ones there are (`*-question.ts`) need, and some room. */
export const MAX_QUESTION_BYTES = 256;

/** What one answer carries: no more than a data frame, for the same reason. Whoever wants more asks for the next piece. */
export const MAX_ANSWER_BYTES = 65_536;

/** An answer about the check of a dataset's rows: four signatures and a result in hex, and the names of its members. */
export const MAX_VALIDITY_BYTES = 2_048;

export interface FrameLimit {
  readonly type: number;
  readonly minimumBytes: number;
  readonly maximumBytes: number;
}

/** The only frame types there are, each with the least and the most that its body may be. */
export const FRAME_LIMITS = {
  /** First frame of a connection, both ways: u8 protocol version. Who speaks is known from the TLS key alone. */
  hello: { type: 1, minimumBytes: 1, maximumBytes: 1 },
  /** Opens a session: the 32-byte id of the request it computes. */
  announce: { type: 2, minimumBytes: 32, maximumBytes: 32 },
  /** Bytes of a session; an empty one would cost the receiver work for nothing. */
  data: { type: 3, minimumBytes: 1, maximumBytes: MAX_DATA_FRAME_BYTES },
  /** Ends the sender's side of a session: u8 reason. */
  close: { type: 4, minimumBytes: 1, maximumBytes: 1 },
  /** Asks a peer something outside of any session; in place of a session's id stands the asker's own for this question. */
  question: { type: 16, minimumBytes: 1, maximumBytes: MAX_QUESTION_BYTES },
  /** The answer under the question's id: u8 status (`transport/questions.ts`), then what was asked for. */
  answer: { type: 17, minimumBytes: 1, maximumBytes: 1 + MAX_ANSWER_BYTES },
} as const satisfies Record<string, FrameLimit>;

export type FrameKind = keyof typeof FRAME_LIMITS;

// ----- Memory that a peer can make a node use

/** What a piece kept for a session that is not open counts for on top of its bytes: a thousand tiny ones are not nearly free. */
export const BUFFERED_FRAME_OVERHEAD_BYTES = 256;

/** What is received before it is asked for is kept in blocks of this size, and counted by them: a record of TLS fits. */
export const UNREAD_BLOCK_BYTES = 16_384;

/**
 * Buffered per peer for one session that is announced but not open here yet. A peer that keeps to the protocol needs
 * a few hundred: it sends its part of the coin toss, then waits.
 */
export const MAX_PENDING_BYTES_PER_SESSION = 65_536;

/** Sessions that one peer may have announced and that are not open here: a node's queue of requests is not longer. */
export const MAX_PENDING_SESSIONS_PER_PEER = 256;

/** Certificates of answered requests kept for peers whose part failed; together no more than this, the oldest go first. */
export const MAX_CERTIFICATES_BYTES = 16_777_216;

/** Closed sessions remembered so that their late frames are dropped; older ones are answered as unknown. */
export const MAX_CLOSED_SESSIONS_REMEMBERED = 4_096;

/**
 * Received from one peer and not yet asked for, over all open sessions. Protocols run in step and ask for `room` before they
 * go on, so an honest peer is ahead by a round of what it may queue, `SEND_ROOM_BYTES`, in each session, far below this.
 */
export const MAX_UNREAD_BYTES_PER_PEER = 268_435_456;

/** Queued for one peer whose socket does not drain, over all sessions: one round of the largest column. */
export const MAX_SEND_QUEUE_BYTES_PER_PEER = 268_435_456;

/** A session that has less than this queued for a peer has room to send it more: some milliseconds of a fast network. */
export const SEND_ROOM_BYTES = 4_194_304;

/**
 * Connections accepted at once that have not yet shown a peer's key: strangers cannot exhaust file handles. One more takes
 * the place of the oldest, so that silent strangers do not keep a peer out.
 */
export const MAX_UNIDENTIFIED_CONNECTIONS = 64;

/** Questions of one peer that are being answered at once, and that this node has open to one peer: each may cost an answer's memory. */
export const MAX_OPEN_QUESTIONS_PER_PEER = 16;

/** Of these, how many one dataset that is being fetched takes: a few, so that a long way between two nodes is not walked for each piece. */
export const SHARE_PIECES_AT_ONCE = 4;

/**
 * What one peer may make this node open and send of its shares, and the time in which that much is given again: two of the
 * largest datasets at once, then about two megabytes a second. A peer that lost its disk is whole again in hours.
 */
export const SHARE_BUDGET_BYTES_PER_PEER = 1_073_741_824;
export const SHARE_BUDGET_REFILL_MS = 600_000;

/** What any question counts for besides: it makes this node look into its store and ask the chain. */
export const SHARE_QUESTION_COST_BYTES = 65_536;

// ----- Checks of datasets' rows

/**
 * That one seat may have under way here, those that sellers ask this node for among them: each takes the memory of a dataset. An
 * honest peer starts no more, and what it starts must not wait here for what another did.
 */
export const ROW_CHECKS_PER_SEAT = 2;

/** How far ahead of this node's own count the number of a peer's session may be: it was away for so many. */
export const ROW_CHECK_RUNS_AHEAD = 16;

// ----- Time, in milliseconds (defaults; an operator may set others)

/**
 * What a client must send of a body while the node waits for it: this many bytes, or the rest, in each such time. Ten
 * times slower than a poor mobile line. A JSON body is shorter than the bytes, so the time is its deadline.
 */
export const BODY_PROGRESS_BYTES = 65_536;
export const BODY_PROGRESS_MS = 5_000;

/** How long the rest of a refused body is read away, so that the refusal is seen; a connection is not held by sending on. */
export const BODY_LINGER_MS = 5_000;

/** How often HTTP connections are looked through for requests past their time: well below the shortest of those times. */
export const CONNECTIONS_CHECKING_INTERVAL_MS = 2_000;

/** For the TLS handshake, and then for the peer's hello: a stranger cannot keep a connection open by saying nothing. */
export const HANDSHAKE_TIMEOUT_MS = 3_000;

/** How long opening a session waits for connections to all peers. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** How long a receiver waits for a peer that sends nothing, and a sender for one that takes nothing, before it names that peer. */
export const RECEIVE_TIMEOUT_MS = 30_000;

/** What a peer must send to count as not silent while more is awaited: one byte at a time does not hold a session. */
export const MIN_PROGRESS_BYTES = 65_536;

/** Pause before a lost connection is dialled again: doubles from the first to the second figure. */
export const MIN_RECONNECT_DELAY_MS = 50;
export const MAX_RECONNECT_DELAY_MS = 5_000;

/** How long closing waits for queued frames to leave before sockets are destroyed. */
export const CLOSE_GRACE_MS = 1_000;

/** A dataset that a peer fetches stays open for its next question: no longer than this after the last. */
export const SHARE_IDLE_MS = 10_000;

/** How long a request waits for a dataset that is being fetched before whoever asks is told to come back. */
export const SHARE_FETCH_WAIT_MS = 5_000;

/** How long whoever asks for a receipt waits for the check of the rows before they are told to come back. */
export const ROW_CHECK_WAIT_MS = 5_000;

/** How long closing waits for the engine's thread, which may be in a local operation, before it is ended. */
export const ENGINE_STOP_GRACE_MS = 5_000;
