import { network } from "hardhat";
import { reply, serve } from "./http.ts";

/** A simulated chain of its own, and an HTTP door to it that can be made to fail as RPC providers do. */
export async function startChain() {
  const connection = await network.create();
  const door = { hidesLogs: false, fails: false, calls: 0 };
  const server = await serve(async (_request, response, body) => {
    door.calls += 1;
    if (door.fails) return reply(response, 403, { error: "forbidden" });
    const calls = [JSON.parse(body)].flat() as { id: number; method: string; params: unknown[] }[];
    const answers = await Promise.all(
      calls.map(async ({ id, method, params }) => {
        if (door.hidesLogs && method === "eth_getLogs") return { jsonrpc: "2.0", id, result: [] };
        try {
          return { jsonrpc: "2.0", id, result: await connection.provider.request({ method, params }) };
        } catch (error) {
          const { code = -32_603, message, data } = error as { code?: number; message: string; data?: unknown };
          return { jsonrpc: "2.0", id, error: { code, message, data } };
        }
      }),
    );
    return reply(response, 200, body.trimStart().startsWith("[") ? answers : answers[0]);
  });
  return {
    rpcUrl: server.url,
    door,
    ethers: connection.ethers,
    helpers: connection.networkHelpers,
    close: async () => {
      await server.close();
      await connection.close();
    },
  };
}

export type TestChain = Awaited<ReturnType<typeof startChain>>;
