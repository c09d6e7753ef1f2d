/**
 * Frames between nodes: u8 type ‖ 32-byte session id ‖ u32be body length ‖ body. The header is read whole, and its type
 * and length are checked against `limits.ts`, before a byte of the body is looked at.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { fixedBytes } from "../math/bytes.ts";
import { WireError } from "./errors.ts";
import { FRAME_HEADER_BYTES, FRAME_LIMITS, type FrameKind, type FrameLimit } from "./limits.ts";

const ID_START = 1;
const LENGTH_START = 33;

/** A frame that was read whole: any but data. */
export interface Frame {
  readonly kind: Exclude<FrameKind, "data">;
  /** 32 bytes, 0x-hex. */
  readonly sessionId: string;
  /** A fresh array at offset 0 of its buffer; the receiver owns it. */
  readonly body: Uint8Array;
}

/** Who takes what a decoder reads. */
export interface FrameSink {
  frame(frame: Frame): void;
  /** Bytes of a data frame as they arrive, a view of the piece that was pushed; a frame's body may come in many. */
  data(sessionId: string, bytes: Uint8Array): void;
}

/** Session id of frames that belong to the connection, not to a session. */
export const NO_SESSION = `0x${"00".repeat(32)}`;

const kinds: readonly (FrameKind | undefined)[] = Array.from({ length: 256 }, (_, type) =>
  (Object.keys(FRAME_LIMITS) as FrameKind[]).find((kind) => FRAME_LIMITS[kind].type === type),
);

/** Writes the headers of one session's frames. */
export class FrameWriter {
  readonly #id: Uint8Array;

  constructor(sessionId: string) {
    this.#id = fixedBytes("session id", sessionId, 32);
  }

  /** Puts the 37 bytes before a body of `byteLength` bytes. Throws `FrameLengthOutOfBounds` where no peer would take it. */
  write(target: Uint8Array, start: number, kind: FrameKind, byteLength: number): void {
    checkLength(kind, byteLength);
    target[start] = FRAME_LIMITS[kind].type;
    target.set(this.#id, start + ID_START);
    const at = start + LENGTH_START;
    target[at] = byteLength >>> 24;
    target[at + 1] = byteLength >>> 16;
    target[at + 2] = byteLength >>> 8;
    target[at + 3] = byteLength;
  }
}

function checkLength(kind: FrameKind, byteLength: number): void {
  const { minimumBytes, maximumBytes }: FrameLimit = FRAME_LIMITS[kind];
  if (byteLength >= minimumBytes && byteLength <= maximumBytes) return;
  const message = `a ${kind} frame has ${minimumBytes} to ${maximumBytes} bytes, not ${byteLength}`;
  throw new WireError("FrameLengthOutOfBounds", message);
}

/**
 * Cuts a byte stream into frames, however the stream was cut. Data is handed on as it arrives, so that a frame is never
 * collected. After an error it takes no more.
 */
export class FrameDecoder {
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  /** The frame whose body is being read; null between frames. */
  #kind: FrameKind | null = null;
  /** The session of the last header, as bytes and as text: most often the next one's too. */
  readonly #id = new Uint8Array(32);
  #sessionId = NO_SESSION;
  /** Bytes of the body still to come. */
  #missing = 0;
  /** A control frame's body so far. */
  #body = new Uint8Array(0);
  #failed: WireError | null = null;

  /**
   * Takes the next piece and hands on all that it completes. The decoder keeps nothing of the piece's memory.
   *
   * @throws WireError `UnknownFrameType`, `FrameLengthOutOfBounds`, or what the sink throws. Frames that were complete
   * before have been handed over.
   */
  push(piece: Uint8Array, sink: FrameSink): void {
    if (this.#failed !== null) throw this.#failed;
    let start = 0;
    while (start < piece.length) {
      if (this.#kind === null) start = this.#readHeader(piece, start);
      else if (this.#kind === "data") start = this.#passData(piece, start, sink);
      else start = this.#readBody(piece, start, this.#kind, sink);
    }
  }

  #readHeader(piece: Uint8Array, start: number): number {
    const end = Math.min(piece.length, start + FRAME_HEADER_BYTES - this.#headerFilled);
    this.#header.set(piece.subarray(start, end), this.#headerFilled);
    this.#headerFilled += end - start;
    if (this.#headerFilled < FRAME_HEADER_BYTES) return end;
    this.#headerFilled = 0;
    try {
      this.#startFrame(this.#header);
    } catch (error) {
      this.#failed = error as WireError;
      throw error;
    }
    return end;
  }

  #startFrame(header: Uint8Array): void {
    const kind = kinds[header[0]];
    if (kind === undefined) throw new WireError("UnknownFrameType", `there is no frame of type ${header[0]}`);
    const byteLength = new DataView(header.buffer).getUint32(LENGTH_START);
    checkLength(kind, byteLength);
    this.#readId(header);
    this.#kind = kind;
    this.#missing = byteLength;
    if (kind !== "data") this.#body = new Uint8Array(byteLength);
  }

  #readId(header: Uint8Array): void {
    let same = true;
    for (let i = 0; i < 32; i++) same = same && this.#id[i] === header[ID_START + i];
    if (same) return;
    this.#id.set(header.subarray(ID_START, LENGTH_START));
    this.#sessionId = `0x${bytesToHex(this.#id)}`;
  }

  #passData(piece: Uint8Array, start: number, sink: FrameSink): number {
    const end = Math.min(piece.length, start + this.#missing);
    this.#missing -= end - start;
    if (this.#missing === 0) this.#kind = null;
    sink.data(this.#sessionId, piece.subarray(start, end));
    return end;
  }

  /** Every frame type has at least one byte of body, so a body is completed here and nowhere else. */
  #readBody(piece: Uint8Array, start: number, kind: Frame["kind"], sink: FrameSink): number {
    const end = Math.min(piece.length, start + this.#missing);
    this.#body.set(piece.subarray(start, end), this.#body.length - this.#missing);
    this.#missing -= end - start;
    if (this.#missing > 0) return end;
    this.#kind = null;
    sink.frame({ kind, sessionId: this.#sessionId, body: this.#body });
    return end;
  }
}
