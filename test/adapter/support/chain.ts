import { network } from "hardhat";
import { reply, serve } from "./http.ts";

/** How far the door lags behind when it hides logs. */
const LAG_BLOCKS = 3;

/** A simulated chain of its own, and an HTTP door to it that can be made to fail as RPC providers do. */
export async function startChain() {
  const connection = await network.create();
  const door = { hidesLogs: false, fails: false, calls: 0, mostLogs: Number.POSITIVE_INFINITY };
  const server = await serve(async (_request, response, body) => {
    door.calls += 1;
    if (door.fails) return reply(response, 403, { error: "forbidden" });
    const calls = [JSON.parse(body)].flat() as { id: number; method: string; params: unknown[] }[];
    const answers = await Promise.all(
      calls.map(async ({ id, method, params }) => {
        try {
          const result = await connection.provider.request({ method, params });
          if (method !== "eth_getLogs") return { jsonrpc: "2.0", id, result };
          const logs = result as { blockNumber: string }[];
          if (logs.length > door.mostLogs) throw Object.assign(new Error("too many results"), { code: -32_005 });
          const served = (await connection.ethers.provider.getBlockNumber()) - (door.hidesLogs ? LAG_BLOCKS : 0);
          return { jsonrpc: "2.0", id, result: logs.filter(({ blockNumber }) => Number(blockNumber) <= served) };
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
