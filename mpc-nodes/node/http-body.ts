/** Request bodies: the bound is checked before a byte is kept, and again as the bytes come. */
import type { IncomingMessage } from "node:http";
import { type BodyPace, BodyReader } from "./body-reader.ts";
import { NodeError } from "./errors.ts";

/**
 * A body that may be read, of at most `maximumBytes` as declared. Throws `TooLarge` at once when the declared length exceeds
 * that; `Malformed` when the type is another or the body is compressed.
 */
export function openBody(
  request: IncomingMessage,
  contentType: string,
  maximumBytes: number,
  pace?: BodyPace,
): BodyReader {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== contentType) throw new NodeError("Malformed", `the body must be ${contentType}`);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new NodeError("Malformed", "the body must not be compressed");
  const header = request.headers["content-length"];
  const declared = header === undefined ? undefined : Number(header);
  if (declared !== undefined && declared > maximumBytes) throw tooLarge(maximumBytes);
  return new BodyReader(request, declared, pace);
}

/** The whole body, at most `maximumBytes`. Throws as `openBody`, and `TooLarge` as soon as more bytes come; `TooSlow`. */
export async function readBody(
  request: IncomingMessage,
  contentType: string,
  maximumBytes: number,
  pace?: BodyPace,
): Promise<Uint8Array> {
  const body = openBody(request, contentType, maximumBytes, pace);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = await body.piece(maximumBytes + 1);
    if (piece === null) return Buffer.concat(pieces);
    length += piece.length;
    if (length > maximumBytes) throw tooLarge(maximumBytes);
    pieces.push(piece);
  }
}

/**
 * What still comes of a refused body is read away, so that the refusal reaches a client that is still sending; one that
 * goes on for `lingerMs` is cut off.
 */
export function discardRest(request: IncomingMessage, lingerMs: number): void {
  const { socket } = request;
  if (request.readableEnded || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  const stop = () => {
    clearTimeout(timer);
    request.off("end", stop);
    socket.off("close", stop);
  };
  request.on("end", stop);
  socket.on("close", stop);
  request.resume();
}

const tooLarge = (maximumBytes: number) => new NodeError("TooLarge", `the body is larger than ${maximumBytes} bytes`);

/** A JSON object of exactly one string member. Throws `Malformed`. */
export function singleMember(body: Uint8Array, name: string): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new NodeError("Malformed", "the body is not JSON");
  }
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [[member, text] = [undefined, undefined]] = members;
  if (members.length !== 1 || member !== name || typeof text !== "string") {
    throw new NodeError("Malformed", `the body must be {"${name}": "…"} and nothing else`);
  }
  return text;
}
