/** `PATCH /v2/resume/<UUID>`: where an adapter resumes a suspended run. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BODY_LIMIT_BYTES } from "../limits.ts";
import type { Resumption, Suspensions } from "./suspensions.ts";

const PATH = /^\/v2\/resume\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** The body, or null when it is larger than a Chainlink node reads. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  return length > BODY_LIMIT_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

/** Exactly one of `value` (not null) and `error` (a text); null otherwise. */
export function parseResumption(text: string): Resumption | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  const { value = null, error = null } = body as Record<string, unknown>;
  if ((value === null) === (error === null)) return null;
  if (error === null) return { value };
  return typeof error === "string" ? { error } : null;
}

async function statusFor(request: IncomingMessage, suspensions: Suspensions): Promise<number> {
  const body = await readBody(request);
  const uuid = PATH.exec(request.url ?? "")?.[1];
  if (request.method !== "PATCH") return 405;
  if (uuid === undefined) return 404;
  if (body === null) return 413;
  const resumption = parseResumption(body);
  if (resumption === null) return 422;
  // A PATCH before the run is suspended is an internal error of a Chainlink node; the adapter has to come again.
  return suspensions.resume(uuid, resumption) ? 200 : 500;
}

export interface ResumeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens; the suspensions' URLs point here from now on. */
export async function startResumeServer(host: string, port: number, suspensions: Suspensions): Promise<ResumeServer> {
  const server: Server = createServer((request, response) => {
    statusFor(request, suspensions).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  suspensions.setBaseUrl(url);
  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
