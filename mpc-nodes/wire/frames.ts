/**
 * Frames between nodes: u8 type ‖ 32-byte session id ‖ u32be body length ‖ body. The header is read whole, and its type
 * and length are checked against `limits.ts`, before a byte of the body is kept.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { ByteReader, ByteWriter, fixedBytes } from "../math/bytes.ts";
import { WireError } from "./errors.ts";
import { FRAME_HEADER_BYTES, FRAME_LIMITS, type FrameKind, type FrameLimit } from "./limits.ts";

export interface Frame {
  readonly kind: FrameKind;
  /** 32 bytes, 0x-hex. */
  readonly sessionId: string;
  /** A fresh array at offset 0 of its buffer; the receiver owns it. */
  readonly body: Uint8Array;
}

interface FrameHeader {
  readonly kind: FrameKind;
  readonly sessionId: string;
  readonly byteLength: number;
}

/** Session id of frames that belong to the connection, not to a session. */
export const NO_SESSION = `0x${"00".repeat(32)}`;

const kinds = new Map<number, FrameKind>(
  (Object.keys(FRAME_LIMITS) as FrameKind[]).map((kind) => [FRAME_LIMITS[kind].type, kind]),
);

/** The 37 bytes before a body of `byteLength` bytes. Throws `FrameLengthOutOfBounds` for one that no peer would take. */
export function encodeFrameHeader(kind: FrameKind, sessionId: string, byteLength: number): Uint8Array {
  checkLength(kind, byteLength);
  return new ByteWriter()
    .u8(FRAME_LIMITS[kind].type)
    .bytes(fixedBytes("session id", sessionId, 32))
    .u32(byteLength)
    .finish();
}

function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
  const reader = new ByteReader(bytes);
  const type = reader.u8();
  const kind = kinds.get(type);
  if (kind === undefined) throw new WireError("UnknownFrameType", `there is no frame of type ${type}`);
  const sessionId = `0x${bytesToHex(reader.bytes(32))}`;
  const byteLength = reader.u32();
  reader.end();
  checkLength(kind, byteLength);
  return { kind, sessionId, byteLength };
}

function checkLength(kind: FrameKind, byteLength: number): void {
  const { minimumBytes, maximumBytes }: FrameLimit = FRAME_LIMITS[kind];
  if (byteLength >= minimumBytes && byteLength <= maximumBytes) return;
  const message = `a ${kind} frame has ${minimumBytes} to ${maximumBytes} bytes, not ${byteLength}`;
  throw new WireError("FrameLengthOutOfBounds", message);
}

/** Cuts a byte stream into frames, however the stream was cut. After an error it takes no more. */
export class FrameDecoder {
  readonly #headerBytes = new Uint8Array(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #header: FrameHeader | null = null;
  #body = new Uint8Array(0);
  #bodyFilled = 0;
  #failed: WireError | null = null;

  /**
   * Takes the next piece and hands over every frame that it completes. The piece's memory is not kept.
   *
   * @throws WireError `UnknownFrameType`, `FrameLengthOutOfBounds`, or what `onFrame` throws. Frames that were complete
   * before have been handed over.
   */
  push(piece: Uint8Array, onFrame: (frame: Frame) => void): void {
    if (this.#failed !== null) throw this.#failed;
    let rest = piece;
    while (rest.length > 0) {
      rest = this.#header === null ? this.#fillHeader(rest) : this.#fillBody(rest, this.#header, onFrame);
    }
  }

  #fillHeader(piece: Uint8Array): Uint8Array {
    const taken = piece.subarray(0, FRAME_HEADER_BYTES - this.#headerFilled);
    this.#headerBytes.set(taken, this.#headerFilled);
    this.#headerFilled += taken.length;
    if (this.#headerFilled === FRAME_HEADER_BYTES) {
      try {
        this.#header = decodeFrameHeader(this.#headerBytes);
      } catch (error) {
        this.#failed = error as WireError;
        throw error;
      }
      this.#headerFilled = 0;
      this.#body = new Uint8Array(this.#header.byteLength);
      this.#bodyFilled = 0;
    }
    return piece.subarray(taken.length);
  }

  /** Every frame type has at least one byte of body, so a body is completed here and nowhere else. */
  #fillBody(piece: Uint8Array, header: FrameHeader, onFrame: (frame: Frame) => void): Uint8Array {
    const taken = piece.subarray(0, header.byteLength - this.#bodyFilled);
    this.#body.set(taken, this.#bodyFilled);
    this.#bodyFilled += taken.length;
    if (this.#bodyFilled === header.byteLength) {
      this.#header = null;
      onFrame({ kind: header.kind, sessionId: header.sessionId, body: this.#body });
    }
    return piece.subarray(taken.length);
  }
}
