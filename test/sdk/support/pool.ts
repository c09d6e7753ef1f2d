import { parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { anyAlgorithm, workers, workersSchema } from "./tables.ts";
import type { World } from "./world.ts";

/** Publishes the workers' first four rows as seller1's and the others as seller2's, to both markets. */
export async function fillPools(world: World): Promise<void> {
  for (const [name, rows] of [
    ["seller1", workers.rows.slice(0, 4)],
    ["seller2", workers.rows.slice(4)],
  ] as const) {
    for (const market of [world.payGapMarket, world.scoreMarket]) {
      await publishDataset({
        signer: world.wallets[name],
        market,
        table: { ...workers, rows },
        schema: workersSchema,
        policy: parsePolicy({ ...policyFor(market), algorithms: anyAlgorithm }),
      });
    }
  }
}
