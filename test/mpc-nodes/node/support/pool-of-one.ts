/** A fake chain whose market sells the pay-gap program on one small dataset, which the node's store holds. */
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { ChainPolicy } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { foldPool } from "@sharebridge/mpc-nodes/chain/pool.ts";
import { Datasets } from "@sharebridge/mpc-nodes/node/datasets.ts";
import { id, Wallet } from "ethers";
import { payGap } from "../../../support/open-pay-gap.ts";
import { bodyOf } from "./body.ts";
import type { TestContext } from "./context.ts";
import { type FakeChain, TOKEN } from "./fake-chain.ts";
import { type Committed, commit, makeUpload, type Workers } from "./seller.ts";

export const SELLER = new Wallet(id("seller"));
export const WORKERS: Workers = [
  ["10.5", "male"],
  ["11.25", "female"],
  ["9", "female"],
  ["12", "male"],
];

/** A policy without any demand beyond these programs. */
export function policyOn(algorithms: readonly string[], changes: Partial<ChainPolicy> = {}): ChainPolicy {
  return {
    ...{ algorithms, token: TOKEN, minPrice: 1n, minRows: 1, cohortRows: 0, cohortSellers: 0 },
    ...{ maxUses: 0, epsilonBudget: 0n, deltaBudget: 0n },
    ...changes,
  };
}

export async function approve({ store }: Pick<TestContext, "store">, program: Program): Promise<void> {
  const text = new TextDecoder().decode(encodeProgram(program));
  await store.putProgram({ hash: programHash(program), text, approvedAtUnixMs: 1 });
}

/** Registers the dataset on the fake chain and makes it the pool of the market. */
export async function registerPool(chain: FakeChain, workers = WORKERS): Promise<Committed> {
  const committed = await commit(id("dataset"), workers);
  const { datasetId, commitment, schemaHash, rows } = committed;
  const dataset = {
    datasetId,
    owner: SELLER.address,
    commitment,
    schemaHash,
    committeeId: 1n,
    epoch: 1n,
    rows,
    scheme: 1,
  };
  const algorithm = programHash(payGap);
  chain.datasets.set(datasetId, dataset);
  chain.policies.set(datasetId, policyOn([algorithm]));
  chain.market = { ...chain.market, algorithm };
  const seller = SELLER.address.toLowerCase();
  chain.currentPool = foldPool([{ kind: "joined", member: { datasetId, seller, commitment, validRows: rows } }]);
  return committed;
}

/** Uploads the dataset to the node of `context`, and has its operator approve the program. */
export async function stock(context: TestContext, committed: Committed): Promise<void> {
  const { chain, keys, seat } = context;
  const target = {
    chainId: chain.chainId,
    registry: chain.deployment.datasets,
    seat,
    sealingKey: keys.sealingPublicKey,
  };
  await new Datasets(context).upload(committed.datasetId, bodyOf(await makeUpload(SELLER, committed, target)));
  await approve(context, payGap);
}
