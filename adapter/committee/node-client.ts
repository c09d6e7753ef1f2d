/** HTTP with one node. Nothing that a node says is trusted: bodies are bounded, redirects refused, texts not repeated. */
import { z } from "zod";
import { MAXIMUM_NODE_RESPONSE_BYTES } from "../limits.ts";

export type NodeErrorCode = "Unreachable" | "Refused" | "ResponseTooLarge" | "NotJson";

export class NodeError extends Error {
  readonly code: NodeErrorCode;
  /** True when asking again later may help. */
  readonly retryable: boolean;

  constructor(code: NodeErrorCode, message: string, retryable: boolean) {
    super(message);
    this.name = "NodeError";
    this.code = code;
    this.retryable = retryable;
  }
}

/** 404: the node's own view of the chain may lag. 429 and 5xx: it is busy or restarting. */
const mayPass = (status: number) => status === 404 || status === 408 || status === 429 || status >= 500;

/** Error codes of nodes are names; anything else is left out. */
const errorBody = z.object({ error: z.object({ code: z.string().regex(/^[A-Za-z]{1,64}$/) }) });

async function readBounded(response: Response, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maximumBytes) {
      // Leaving the loop cancels the body, and with it the connection.
      throw new NodeError("ResponseTooLarge", `its response is larger than ${maximumBytes} bytes`, false);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NodeError("NotJson", "its response is not JSON", false);
  }
}

export class NodeClient {
  readonly #base: string;
  readonly #timeoutMs: number;

  /** @param endpoint the seat's endpoint from the committee registry, e.g. `http://127.0.0.1:7001` */
  constructor(endpoint: string, timeoutMs: number) {
    this.#base = endpoint.replace(/\/+$/, "");
    this.#timeoutMs = timeoutMs;
  }

  /** Asks the node to compute the request; idempotent. */
  async submit(requestId: string, signal: AbortSignal): Promise<void> {
    await this.#call("/v1/requests", { method: "POST", body: JSON.stringify({ requestId }) }, signal);
  }

  /** What the node says about the request: parsed JSON of any shape. */
  async read(requestId: string, signal: AbortSignal): Promise<unknown> {
    return this.#call(`/v1/requests/${requestId}`, { method: "GET" }, signal);
  }

  async #call(path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await fetch(this.#base + path, {
        ...init,
        headers: { "content-type": "application/json", accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await readBounded(response, MAXIMUM_NODE_RESPONSE_BYTES);
      if (response.ok) return parseJson(text);
      throw new NodeError("Refused", `it answered HTTP ${response.status}${codeIn(text)}`, mayPass(response.status));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NodeError) throw error;
      if (timeout.aborted) throw new NodeError("Unreachable", `it did not answer within ${this.#timeoutMs} ms`, true);
      throw new NodeError("Unreachable", "it cannot be reached", true);
    }
  }
}

function codeIn(text: string): string {
  try {
    const body = errorBody.safeParse(JSON.parse(text));
    return body.success ? ` ${body.data.error.code}` : "";
  } catch {
    return "";
  }
}
