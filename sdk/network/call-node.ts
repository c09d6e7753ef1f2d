import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { serviceSentence } from "../errors/service-sentences.ts";

/** How the SDK talks to nodes; the defaults suit a wide-area network. */
export interface NodeCallOptions {
  /** Longest wait for one answer. */
  timeoutMs?: number;
  /** Tries in all, for what may pass by itself: no connection, 5xx, 429. */
  attempts?: number;
  /** Wait before the second try; it doubles every time. */
  retryDelayMs?: number;
  signal?: AbortSignal;
  fetch?: typeof globalThis.fetch;
}

export interface NodeCall {
  seat: number;
  endpoint: string;
  method: "GET" | "POST" | "PUT";
  path: string;
  /** Bytes go as application/octet-stream, anything else as JSON. */
  body?: Uint8Array | object;
}

/** A node that answered with an error: its code decides whether that matters. */
export class NodeRefusal extends SdkError {
  readonly seat: number;
  readonly nodeCode: string;
  readonly status: number;

  constructor(seat: number, status: number, nodeCode: string, message: string) {
    super("NodeRefused", `Node ${seat} refuses: ${serviceSentence(nodeCode, message)}`);
    this.seat = seat;
    this.status = status;
    this.nodeCode = nodeCode;
  }
}

/** Largest answer that the SDK reads from a node. */
export const MAXIMUM_ANSWER_BYTES = 4_194_304;

const errorBody = z.object({ error: z.object({ code: z.string().max(100), message: z.string().max(2_000) }) });

/**
 * Calls a node's HTTP side and checks the shape of its answer. Nothing that a node says is believed beyond its shape:
 * callers verify signatures and commitments.
 *
 * @example
 * const info = await callNode({ seat: 0, endpoint, method: "GET", path: "/v1/info" }, z.object({ signer: z.string() }));
 *
 * @throws SdkError NodeUnreachable, NodeAnswerInvalid, Aborted; NodeRefusal with the node's code.
 */
export async function callNode<T>(call: NodeCall, shape: z.ZodType<T>, options: NodeCallOptions = {}): Promise<T> {
  const attempts = options.attempts ?? 4;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(call, shape, options);
    } catch (error) {
      const mayPass =
        error instanceof SdkError &&
        (error.code === "NodeUnreachable" ||
          (error instanceof NodeRefusal && (error.status >= 500 || error.status === 429)));
      if (!mayPass || attempt >= attempts) throw error;
      await pause((options.retryDelayMs ?? 500) * 2 ** (attempt - 1), options.signal);
    }
  }
}

async function callOnce<T>(call: NodeCall, shape: z.ZodType<T>, options: NodeCallOptions): Promise<T> {
  const { seat, endpoint, method, path, body } = call;
  if (!/^https?:\/\//.test(endpoint)) {
    throw new SdkError("NodeUnreachable", `Node ${seat} has no http address on chain ("${endpoint.slice(0, 80)}").`);
  }
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  const bytes = body instanceof Uint8Array;
  let response: Response;
  let text: string;
  try {
    response = await (options.fetch ?? globalThis.fetch)(`${endpoint}${path}`, {
      method,
      redirect: "error",
      signal,
      ...(body === undefined
        ? {}
        : {
            headers: { "content-type": bytes ? "application/octet-stream" : "application/json" },
            body: bytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
          }),
    });
    text = await boundedText(response, seat);
  } catch (error) {
    if (error instanceof SdkError) throw error;
    if (options.signal?.aborted) throw new SdkError("Aborted", "Stopped on request.", { cause: error });
    const why = timeout.aborted ? "does not answer in time" : "cannot be reached";
    throw new SdkError("NodeUnreachable", `Node ${seat} (${endpoint}) ${why}.`, { cause: error });
  }
  const value = parseJson(text);
  if (!response.ok) {
    const refusal = errorBody.safeParse(value);
    if (refusal.success)
      throw new NodeRefusal(seat, response.status, refusal.data.error.code, refusal.data.error.message);
    throw new NodeRefusal(
      seat,
      response.status,
      `Http${response.status}`,
      `it answers with HTTP status ${response.status}.`,
    );
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    throw new SdkError("NodeAnswerInvalid", `Node ${seat} answers ${method} ${path} with something unexpected.`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

async function boundedText(response: Response, seat: number): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  const decoder = new TextDecoder();
  let text = "";
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    total += value.byteLength;
    if (total > MAXIMUM_ANSWER_BYTES) {
      await reader.cancel();
      throw new SdkError("NodeAnswerInvalid", `Node ${seat} answers with more than ${MAXIMUM_ANSWER_BYTES} bytes.`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Waits; rejects with Aborted when the signal says so. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new SdkError("Aborted", "Stopped on request."));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
