/** A request's body, taken in pieces: what is not asked for stays with the client, and a client that stalls is let go. */
import type { Readable } from "node:stream";
import { BODY_PROGRESS_BYTES, BODY_PROGRESS_MS } from "../wire/limits.ts";
import { NodeError } from "./errors.ts";

/** A client must send `progressBytes`, or the rest of its body, in each `progressMs` that the node waits for it. */
export interface BodyPace {
  readonly progressMs: number;
  readonly progressBytes: number;
}

export const BODY_PACE: BodyPace = { progressMs: BODY_PROGRESS_MS, progressBytes: BODY_PROGRESS_BYTES };

export class BodyReader {
  /** Length of the body as its sender declared it; undefined when it did not. */
  readonly declaredBytes: number | undefined;
  readonly #source: Readable;
  readonly #pace: BodyPace;
  /** Received and not yet taken. */
  #pending: Uint8Array = new Uint8Array();
  #progressBytes = 0;
  #waitedMs = 0;

  constructor(source: Readable, declaredBytes: number | undefined, pace: BodyPace = BODY_PACE) {
    this.#source = source;
    this.declaredBytes = declaredBytes;
    this.#pace = pace;
    // Errors of the connection show as "close", also when nobody is reading.
    source.on("error", () => {});
  }

  /**
   * Exactly `length` bytes; `onBytes` sees them piece by piece as they come.
   *
   * @throws NodeError Malformed when the body ends before; TooSlow.
   */
  async take(length: number, onBytes: (piece: Uint8Array) => void = () => {}): Promise<Uint8Array> {
    const taken = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const piece = await this.piece(length - filled);
      if (piece === null) throw endedEarly();
      onBytes(piece);
      taken.set(piece, filled);
      filled += piece.length;
    }
    return taken;
  }

  /** The next 1 to `most` bytes; null at the end. Throws as `take`. */
  async piece(most: number): Promise<Uint8Array | null> {
    while (this.#pending.length === 0) {
      const chunk = await this.#next();
      if (chunk === null) return null;
      this.#pending = chunk;
    }
    const piece = this.#pending.subarray(0, most);
    this.#pending = this.#pending.subarray(piece.length);
    return piece;
  }

  async #next(): Promise<Uint8Array | null> {
    const source = this.#source;
    if (source.readableEnded) return null;
    if (source.destroyed) throw endedEarly();
    if (this.#waitedMs >= this.#pace.progressMs) throw tooSlow(this.#pace);
    const startedMs = performance.now();
    const chunk = await new Promise<Uint8Array | null>((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        source.pause();
        source.off("data", onData).off("end", onEnd).off("close", onClose);
        act();
      };
      const onData = (data: Uint8Array) => settle(() => resolve(data));
      const onEnd = () => settle(() => resolve(null));
      const onClose = () => settle(() => reject(endedEarly()));
      const onTime = () => settle(() => reject(tooSlow(this.#pace)));
      let timer = setTimeout(() => {
        // One more turn: bytes that lie ready while this process was busy are not the client's delay.
        timer = setTimeout(onTime, 0);
      }, this.#pace.progressMs - this.#waitedMs);
      source.on("data", onData).once("end", onEnd).once("close", onClose).resume();
    });
    this.#waitedMs += performance.now() - startedMs;
    this.#progressBytes += chunk?.length ?? 0;
    if (this.#progressBytes >= this.#pace.progressBytes) {
      this.#progressBytes = 0;
      this.#waitedMs = 0;
    }
    return chunk;
  }
}

const endedEarly = () => new NodeError("Malformed", "the body ended early");
const tooSlow = ({ progressBytes, progressMs }: BodyPace) =>
  new NodeError("TooSlow", `a body must come with at least ${progressBytes} bytes in ${progressMs} ms, or end`);
