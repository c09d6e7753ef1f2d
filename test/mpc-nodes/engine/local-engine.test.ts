import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { engineSuite } from "../../suites/engine.suite.ts";

engineSuite("in this process", async ({ receiveMs = 20_000 } = {}) =>
  createMemoryTransports({ timeouts: { receiveMs } }).map((transport) => new LocalEngine(transport)),
);
