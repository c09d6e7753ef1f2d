import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { defaultOpeners } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { engineSuite } from "../../suites/engine.suite.ts";
import { standInThree } from "./stand-in-three.ts";

const openers = { ...defaultOpeners, three: standInThree() };

engineSuite("in this process", async ({ receiveMs = 20_000 } = {}) =>
  createMemoryTransports({ timeouts: { receiveMs } }).map((transport) => new LocalEngine(transport, { openers })),
);
