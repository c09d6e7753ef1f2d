/** An engine's thread as `worker.ts`, in which three parties compute by the stand-in. */
import { parentPort, workerData } from "node:worker_threads";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { defaultOpeners } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { serveTransport } from "@sharebridge/mpc-nodes/engine/worker/serve-transport.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { standInThree } from "../stand-in-three.ts";

if (parentPort === null) throw new Error("this file is run in a thread of its own");

serveTransport(
  parentPort,
  (transport) =>
    new LocalEngine(transport, { heap: new Heap(workerData), openers: { ...defaultOpeners, three: standInThree() } }),
);
