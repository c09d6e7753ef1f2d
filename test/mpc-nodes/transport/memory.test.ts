import { createMemoryTransports } from "../../../mpc-nodes/transport/memory.ts";
import { networkSuite } from "../../suites/network.suite.ts";

networkSuite("in memory", async (options) => createMemoryTransports(options));
