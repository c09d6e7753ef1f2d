/** The HTTP side of a bridge task, with a Chainlink node's reading of status codes. */
import { RunnerError } from "../errors.ts";
import { BODY_LIMIT_BYTES } from "../limits.ts";

export interface BridgeRequest {
  readonly url: string;
  readonly body: Record<string, unknown>;
  readonly headers: readonly [string, string][];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface BridgeResponse {
  /** The body; null for a status that is neither 200 nor an error: a Chainlink node goes on with no result. */
  readonly text: string | null;
  readonly pending: boolean;
}

const OK = 200;

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > BODY_LIMIT_BYTES) {
      throw new RunnerError("BridgeFailed", `the response is larger than ${BODY_LIMIT_BYTES} bytes`, {
        retryable: true,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The status in the body goes before HTTP's: an acknowledgement must be 200 in both. */
function statusOf(httpStatus: number, { statusCode, providerStatusCode, error }: Record<string, unknown>): number {
  if (httpStatus >= 400) return httpStatus;
  if (typeof statusCode !== "number") return httpStatus;
  if (statusCode !== OK) return statusCode;
  if (typeof providerStatusCode === "number" && providerStatusCode !== OK) return providerStatusCode;
  if (error !== undefined && error !== null) return 500;
  return httpStatus === OK ? OK : httpStatus;
}

function errorText({ error, errorMessage }: Record<string, unknown>): string {
  if (typeof error === "string") return error;
  if (typeof error === "object" && error !== null) {
    const { name, message } = error as Record<string, unknown>;
    return `${String(name)}: ${String(message)}`;
  }
  return typeof errorMessage === "string" ? errorMessage : "no reason given";
}

/** Integers of logs are bigints here; JSON has them as numbers of any length. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
const toJson = (body: unknown): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? rawJSON(value.toString()) : value));

/** @throws RunnerError `BridgeFailed`; retryable for 5xx and for transport errors, never for 4xx */
export async function callBridge({ url, body, headers, timeoutMs, signal }: BridgeRequest): Promise<BridgeResponse> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let httpStatus: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: [["content-type", "application/json"], ...headers],
      body: toJson(body),
      signal: AbortSignal.any([signal, timeout]),
    });
    httpStatus = response.status;
    text = await readBounded(response);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunnerError) throw error;
    const what = timeout.aborted ? `did not answer within ${timeoutMs} ms` : "cannot be reached";
    throw new RunnerError("BridgeFailed", `the bridge ${what}`, { retryable: true });
  }
  const parsed = parseObject(text);
  const status = statusOf(httpStatus, parsed);
  if (status >= 400) {
    throw new RunnerError("BridgeFailed", `the bridge answered ${status}: ${errorText(parsed)}`, {
      retryable: status >= 500,
    });
  }
  if (status !== OK) return { text: null, pending: false };
  return { text, pending: parsed.pending === true };
}
