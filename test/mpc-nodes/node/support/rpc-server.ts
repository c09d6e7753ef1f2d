/** Serves the in-process chain over HTTP, for what speaks JSON-RPC through a URL. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface Provider {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}
interface Call {
  readonly id: number;
  readonly method: string;
  readonly params?: unknown[];
}

export interface RpcServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveRpc(provider: Provider): Promise<RpcServer> {
  const answer = async ({ id, method, params = [] }: Call) => {
    try {
      return { jsonrpc: "2.0", id, result: await provider.request({ method, params }) };
    } catch (error) {
      const { message, code, data } = error as { message: string; code?: number; data?: unknown };
      return { jsonrpc: "2.0", id, error: { code: typeof code === "number" ? code : -32_000, message, data } };
    }
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const calls = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    const body = Array.isArray(calls) ? await Promise.all(calls.map(answer)) : await answer(calls);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
