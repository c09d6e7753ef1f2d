/**
 * A dataset that is used up stops its markets: nodes refuse every request on a pool with it. Three nodes' word that it is so takes it
 * out (`IDataMarket.removeExhausted`). Uses and costs only ever add up, so that the word stays true.
 */
import { exhaustionTypes, marketDomain } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "../math/party.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireAddress, requireBytes32 } from "./ids.ts";
import { checkCommittee, checkMarket } from "./market-checks.ts";
import { limitError } from "./policy-checks.ts";

export interface SignedExhaustion {
  readonly seat: PartyId;
  readonly datasetId: string;
  /** 65 bytes, hex. */
  readonly signature: string;
}

/** Throws `UnknownMarket`, `WrongCommittee`, `UnknownDataset`, and `NotExhausted` while one more request of the market would fit. */
export async function confirmExhaustion(
  context: NodeContext,
  datasetIdText: unknown,
  marketText: unknown,
): Promise<SignedExhaustion> {
  const datasetId = requireBytes32("a dataset id", datasetIdText);
  const market = requireAddress("market", marketText);
  const { chain, keys, seat, log } = context;

  const view = await chain.view();
  await checkMarket(view, market);
  const terms = await view.terms(market);
  checkCommittee(context, market, terms);
  if ((await view.dataset(datasetId)) === null) {
    throw new NodeError(
      "UnknownDataset",
      `no dataset ${datasetId} is registered on this chain (yet): register it first`,
    );
  }
  // All that is confirmed counts: a request that may yet be dropped takes nobody out.
  const end = { blockNumber: view.blockNumber + 1, logIndex: 0 };
  const used = (await view.usage([datasetId], end)).get(datasetId);
  const refusal =
    used === undefined
      ? null
      : limitError(await view.policy(datasetId), used, terms, `the seller of dataset ${datasetId}`);
  if (refusal === null) {
    throw new NodeError(
      "NotExhausted",
      `the policy of dataset ${datasetId} still allows a request of market ${market}`,
    );
  }
  const domain = marketDomain(chain.chainId, market);
  const signature = await keys.signer.signTypedData(domain, exhaustionTypes, { datasetId: BigInt(datasetId) });
  log.info({ datasetId, market, reason: refusal.code }, "a dataset is used up");
  return { seat, datasetId, signature };
}
