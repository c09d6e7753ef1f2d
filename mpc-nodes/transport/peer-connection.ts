import type { TLSSocket } from "node:tls";
import type { PartyId } from "../math/party.ts";
import { encodeFrameHeader, type Frame, FrameDecoder, NO_SESSION } from "../wire/frames.ts";
import type { FrameKind } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";

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
  /** The peer has said hello: it takes this side for who it is, frames may be sent. */
  onReady(): void;
  /** Any further frame of the peer. What it throws drops the connection. */
  onFrame(frame: Frame): void;
  /** Once, when the connection is of no use any more; nothing follows. */
  onClose(error: TransportError): void;
}

/**
 * One authenticated connection to a peer. Frames leave in order; the socket gets the next one when it has drained what
 * it had, and at most `sendQueueBytes` wait here. What is not a frame, or a frame out of place, ends the connection.
 */
export class PeerConnection {
  readonly #options: PeerConnectionOptions;
  readonly #decoder = new FrameDecoder();
  #queue: { readonly header: Uint8Array; readonly body: Uint8Array }[] = [];
  #queuedBytes = 0;
  #draining = false;
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
    socket.on("drain", () => {
      this.#draining = false;
      this.#flush();
    });
    socket.on("error", (error) => this.destroy(this.#lost(error.message)));
    socket.on("close", () => this.destroy(this.#lost("the other side closed it")));
    this.#timer = setTimeout(() => {
      this.destroy(this.#violation(`it said no hello within ${handshakeMs} ms`));
    }, handshakeMs);
    this.#enqueue("hello", NO_SESSION, Uint8Array.of(PROTOCOL_VERSION));
  }

  /**
   * Queues a frame. `body` must not be changed afterwards.
   *
   * @throws TransportError `SendOverflow` for a data frame that the queue has no room for. A control frame without
   * room ends the connection instead: a peer that takes nothing for so long is as good as gone.
   */
  send(kind: FrameKind, sessionId: string, body: Uint8Array): void {
    if (this.#closed || this.#ending) return;
    const waiting = this.#queuedBytes + this.#options.socket.writableLength;
    if (waiting + body.length <= this.#options.sendQueueBytes) {
      this.#enqueue(kind, sessionId, body);
      return;
    }
    const { peer, sendQueueBytes } = this.#options;
    const message = `party ${peer} takes its bytes too slowly: ${waiting} wait and ${body.length} more would exceed ${sendQueueBytes}`;
    const error = new TransportError("SendOverflow", message, peer);
    if (kind === "data") throw error;
    this.destroy(error);
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
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#options.socket.destroy();
    this.#options.onClose(error);
  }

  #enqueue(kind: FrameKind, sessionId: string, body: Uint8Array): void {
    this.#queue.push({ header: encodeFrameHeader(kind, sessionId, body.length), body });
    this.#queuedBytes += body.length;
    this.#flush();
  }

  #flush(): void {
    const { socket } = this.#options;
    while (!this.#draining && !this.#closed) {
      const frame = this.#queue.shift();
      if (frame === undefined) {
        if (this.#ending) socket.end();
        return;
      }
      this.#queuedBytes -= frame.body.length;
      socket.cork();
      socket.write(frame.header);
      this.#draining = !socket.write(frame.body);
      socket.uncork();
    }
  }

  #onData(piece: Uint8Array): void {
    try {
      this.#decoder.push(piece, (frame) => this.#accept(frame));
    } catch (error) {
      this.destroy(this.#violation((error as Error).message));
    }
  }

  #accept(frame: Frame): void {
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
