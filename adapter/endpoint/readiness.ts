import type { ServerInstance } from "@chainlink/external-adapter-framework";
import type { MarketChain } from "../chain/market-chain.ts";
import type { DeliveryStore } from "../delivery/store.ts";
import { AdapterFault } from "../errors.ts";

/**
 * `GET /ready`: 200 when the chain can be read and is the right one, otherwise 503 and the fault's name.
 * (`GET /health` is the framework's: it says only that the adapter listens.)
 */
export function installReadiness(api: ServerInstance, chain: MarketChain, store: DeliveryStore): void {
  api.get("/ready", async (_request, reply) => {
    const deliveriesOwed = store.countOwed();
    try {
      await chain.check();
      return await reply.code(200).send({ ready: true, deliveriesOwed });
    } catch (error) {
      const name = error instanceof AdapterFault ? error.code : "InternalError";
      return reply.code(503).send({ ready: false, deliveriesOwed, error: { name } });
    }
  });
}
