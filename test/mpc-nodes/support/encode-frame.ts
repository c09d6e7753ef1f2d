import { FrameWriter } from "@sharebridge/mpc-nodes/wire/frames.ts";
import { FRAME_HEADER_BYTES, type FrameKind } from "@sharebridge/mpc-nodes/wire/limits.ts";

/** A whole frame, as a peer sends it. */
export function encodeFrame(kind: FrameKind, sessionId: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + body.length);
  new FrameWriter(sessionId).write(bytes, 0, kind, body.length);
  bytes.set(body, FRAME_HEADER_BYTES);
  return bytes;
}
