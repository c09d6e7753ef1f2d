import type { Heap } from "../kernels/heap.ts";
import type { Transport } from "../transport/transport.ts";
import type { Certificates } from "./certificates.ts";
import type { Compute } from "./compute.ts";
import type { EngineNote } from "./engine.ts";
import type { SessionOpeners } from "./sessions.ts";
import type { Sleep } from "./sleep.ts";
import type { EngineTimes } from "./times.ts";

/** What all requests of one engine share. */
export interface RunMeans {
  readonly transport: Transport;
  readonly heap: Heap;
  readonly openers: SessionOpeners;
  readonly compute: Compute;
  readonly times: EngineTimes;
  readonly sleep: Sleep;
  readonly certificates: Certificates;
  readonly onNote: (note: EngineNote) => void;
}
