/** Request bodies: the bound is checked before a byte is kept, and again as the bytes come. */
import type { IncomingMessage } from "node:http";
import { NodeError } from "./errors.ts";

/**
 * The body, at most `maximumBytes`. Throws `TooLarge` at once when the declared length exceeds that, or as soon as the
 * bytes do; `Malformed` when the type is another, the body is compressed, or it ends early.
 */
export async function readBody(
  request: IncomingMessage,
  contentType: string,
  maximumBytes: number,
): Promise<Uint8Array> {
  const [type] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== contentType) throw new NodeError("Malformed", `the body must be ${contentType}`);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new NodeError("Malformed", "the body must not be compressed");
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maximumBytes) throw tooLarge(maximumBytes);
  return collect(request, maximumBytes);
}

function collect(request: IncomingMessage, maximumBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = (error: Error) => {
      request.off("data", onData);
      // What still comes is read away, so that the refusal reaches a client that is still sending.
      request.resume();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > maximumBytes) stop(tooLarge(maximumBytes));
      else chunks.push(chunk);
    };
    request.on("data", onData);
    request.once("end", () => resolve(Buffer.concat(chunks)));
    request.once("error", () => stop(new NodeError("Malformed", "the body ended early")));
    request.once("close", () => stop(new NodeError("Malformed", "the body ended early")));
  });
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
