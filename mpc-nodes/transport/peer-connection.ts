import type { TLSSocket } from "node:tls";
import type { PartyId } from "../math/party.ts";
import { type Frame, FrameDecoder, type FrameSink, NO_SESSION } from "../wire/frames.ts";
import { type FrameKind, SEND_BATCH_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import type { Held } from "./held.ts";
import { OutgoingQueue } from "./outgoing.ts";

/** Version of the frames between nodes; both sides must speak the same. */
export const PROTOCOL_VERSION = 1;

/** Pause before the operating system probes an idle connection. */
const KEEP_ALIVE_MS = 15_000;

export interface PeerConnectionOptions {
  readonly peer: PartyId;
  /** TLS is up and the key on the other side is the peer's. */
  readonly socket: TLSSocket;
  /** Most payload bytes that wait for the socket. */
  readonly sendQueueBytes: number;
  /** How long the peer's hello may take. */
  readonly handshakeMs: number;
  /** How long the peer may take nothing while something is queued for it before that is said. */
  readonly stallMs: number;
  /** The peer has said hello: it takes this side for who it is, frames may be sent. */
  onReady(): void;
  /** Any further frame of the peer but data. What it throws drops the connection. */
  onFrame(frame: Frame): void;
  /** Bytes of a data frame as they come. */
  onData(sessionId: string, bytes: Uint8Array): void;
  /** The socket has taken something; less is queued. */
  onProgress(): void;
  /** The socket has taken nothing for `stallMs`; again after each such time. */
  onStall(): void;
  /** Once, when the connection is of no use any more; nothing follows. */
  onClose(error: TransportError): void;
}

/**
 * One authenticated connection to a peer. What is queued leaves in batches: the socket has one at a time, of whole TLS
 * records where there is enough, copied from payloads and headers into one buffer. (One copy in cache is cheaper than a
 * record, a system call and a turn of the event loop for each header; a payload is free again before the socket is done.)
 * What is not a frame, or a frame out of place, ends the connection.
 */
export class PeerConnection implements FrameSink {
  readonly #options: PeerConnectionOptions;
  readonly #decoder = new FrameDecoder();
  readonly #outgoing = new OutgoingQueue();
  readonly #batch = Buffer.allocUnsafeSlow(SEND_BATCH_BYTES);
  /** The socket has `#batch`. */
  #writing = false;
  #flushSoon = false;
  #stallTimer: NodeJS.Timeout | null = null;
  #ready = false;
  #ending = false;
  #closed = false;
  #timer: NodeJS.Timeout | null;

  constructor(options: PeerConnectionOptions) {
    this.#options = options;
    const { socket, handshakeMs } = options;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on("data", (piece) => this.#onData(piece));
    socket.on("error", (error) => this.destroy(this.#lost(error.message)));
    socket.on("close", () => this.destroy(this.#lost("the other side closed it")));
    this.#timer = setTimeout(() => {
      this.destroy(this.#violation(`it said no hello within ${handshakeMs} ms`));
    }, handshakeMs);
    this.#enqueue("hello", NO_SESSION, Uint8Array.of(PROTOCOL_VERSION), null);
  }

  /**
   * Queues a frame's body, or bytes that are cut into data frames. `held` is retained while they are referred to.
   *
   * @throws TransportError `SendOverflow` for a data frame that the queue has no room for. A control frame without
   * room ends the connection instead: a peer that takes nothing for so long is as good as gone.
   */
  send(kind: FrameKind, sessionId: string, body: Uint8Array, held: Held | null): void {
    if (this.#closed || this.#ending) return;
    const waiting = this.#outgoing.queuedBytes + this.#options.socket.writableLength;
    if (waiting + body.length <= this.#options.sendQueueBytes) {
      this.#enqueue(kind, sessionId, body, held);
      return;
    }
    const { peer, sendQueueBytes } = this.#options;
    const message = `party ${peer} takes its bytes too slowly: ${waiting} wait and ${body.length} more would exceed ${sendQueueBytes}`;
    const error = new TransportError("SendOverflow", message, peer);
    if (kind === "data") throw error;
    this.destroy(error);
  }

  /** Bytes of the session that wait for the peer. */
  queuedFor(sessionId: string): number {
    return this.#outgoing.queuedFor(sessionId);
  }

  /** Forgets what the session has queued. */
  drop(sessionId: string): void {
    this.#outgoing.drop(sessionId);
  }

  /** Forgets what sessions have queued, but for those that `keeps` names. */
  dropUnless(keeps: (sessionId: string) => boolean): void {
    this.#outgoing.dropUnless(keeps);
  }

  /** Sends what is queued, then closes; whatever has not left after `graceMs` is dropped. Resolves when closed. */
  end(graceMs: number): Promise<void> {
    const { socket } = this.#options;
    if (this.#closed) return Promise.resolve();
    this.#ending = true;
    this.#disarm();
    this.#timer = setTimeout(() => this.destroy(this.#lost("it was closed")), graceMs);
    return new Promise((resolve) => {
      socket.once("close", resolve);
      this.#flush();
    });
  }

  /** Closes at once, with `error` as the reason for `onClose`. */
  destroy(error: TransportError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#disarm();
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer);
    this.#outgoing.clear();
    this.#options.socket.destroy();
    this.#options.onClose(error);
  }

  /** Bytes of a data frame. */
  data(sessionId: string, bytes: Uint8Array): void {
    if (this.#closed || this.#ending) return;
    if (this.#ready) this.#options.onData(sessionId, bytes);
    else this.destroy(this.#violation("its first frame was data, not hello"));
  }

  #enqueue(kind: FrameKind, sessionId: string, body: Uint8Array, held: Held | null): void {
    this.#outgoing.push(kind, sessionId, body, held);
    if (this.#outgoing.queuedBytes >= SEND_BATCH_BYTES) this.#flush();
    else if (!this.#flushSoon && !this.#writing) {
      // What a caller sends in one go leaves together.
      this.#flushSoon = true;
      queueMicrotask(() => {
        this.#flushSoon = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#writing || this.#closed) return;
    const byteLength = this.#outgoing.fill(this.#batch);
    if (byteLength === 0) {
      if (this.#ending) this.#options.socket.end();
      return;
    }
    this.#writing = true;
    this.#watchStall();
    this.#options.socket.write(this.#batch.subarray(0, byteLength), (error) => {
      this.#writing = false;
      if (error || this.#closed) return;
      this.#flush();
      this.#options.onProgress();
    });
  }

  /** Runs the clock while the socket has something. */
  #watchStall(): void {
    if (this.#stallTimer === null) this.#stallTimer = setTimeout(() => this.#checkStall(), this.#options.stallMs);
    else this.#stallTimer.refresh();
  }

  #checkStall(): void {
    this.#stallTimer = null;
    if (!this.#writing || this.#closed) return;
    this.#watchStall();
    this.#options.onStall();
  }

  #onData(piece: Uint8Array): void {
    try {
      this.#decoder.push(piece, this);
    } catch (error) {
      this.destroy(this.#violation((error as Error).message));
    }
  }

  /** A frame other than data. */
  frame(frame: Frame): void {
    if (this.#closed || this.#ending) return;
    if (this.#ready) {
      this.#options.onFrame(frame);
    } else if (frame.kind !== "hello") {
      this.destroy(this.#violation(`its first frame was ${frame.kind}, not hello`));
    } else if (frame.body[0] !== PROTOCOL_VERSION) {
      const versions = `version ${frame.body[0]} of the node protocol, this node ${PROTOCOL_VERSION}`;
      this.destroy(this.#violation(`it speaks ${versions}; bring both nodes to one release`));
    } else {
      this.#disarm();
      this.#ready = true;
      this.#options.onReady();
    }
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #lost(why: string): TransportError {
    const { peer } = this.#options;
    return new TransportError("ConnectionLost", `the connection to party ${peer} was lost: ${why}`, peer);
  }

  #violation(why: string): TransportError {
    const { peer } = this.#options;
    return new TransportError("ProtocolViolation", `the connection to party ${peer} was dropped: ${why}`, peer);
  }
}
