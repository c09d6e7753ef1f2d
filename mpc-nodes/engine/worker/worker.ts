/** What the engine's thread runs: it owns the sockets to the peers. Started by `worker-engine.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import { Heap } from "../../kernels/heap.ts";
import { LocalEngine } from "../local-engine.ts";
import { serveTransport } from "./serve-transport.ts";

if (parentPort === null) throw new Error("this file is run by worker-engine.ts, in a thread of its own");

const memoryBytes: number = workerData;
serveTransport(parentPort, (transport) => new LocalEngine(transport, { heap: new Heap(memoryBytes) }));
