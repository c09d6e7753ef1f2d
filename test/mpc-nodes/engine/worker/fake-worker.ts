/** A thread that opens no socket: by the number of rows it crashes, blocks, or waits for ever. */
import { parentPort } from "node:worker_threads";
import type { Engine, Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { serveEngine } from "@sharebridge/mpc-nodes/engine/worker/host.ts";
import { BLOCK_MS, BLOCK_ROWS, CRASH_ROWS } from "./fake-rows.ts";

const engine: Engine = {
  party: 0,
  async compute({ rows }, hooks): Promise<Outcome> {
    await hooks.begin();
    if (rows === CRASH_ROWS) setImmediate(() => Promise.reject(new Error("a defect")));
    // One long local operation: nothing else runs in this thread meanwhile, and no processor is kept busy for it.
    if (rows === BLOCK_ROWS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK_MS);
    return new Promise(() => {});
  },
  refuse() {},
  ask: () => Promise.reject(new Error("nobody is there")),
  async close() {},
};

if (parentPort === null) throw new Error("this file is run in a thread of its own");
const port = parentPort;
serveEngine(
  port,
  async () => ({ engine, port: 0 }),
  () => port.close(),
);
