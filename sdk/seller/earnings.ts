import type { Market } from "../network/open-market.ts";
import { readEvents } from "../network/read-events.ts";

export interface DatasetEarnings {
  readonly datasetId: bigint;
  readonly validRows: bigint;
  /** False when it has left the pool; what it earned before can still be claimed. */
  readonly member: boolean;
  /** What `claim` would pay now, in the token's smallest unit. */
  readonly claimable: bigint;
}

export interface MarketEarnings {
  readonly market: string;
  readonly token: string;
  /** Of the datasets that the account joined. */
  readonly datasets: readonly DatasetEarnings[];
  /** What `withdraw` would pay now: earned as author, node operator or market owner. */
  readonly withdrawable: bigint;
  readonly total: bigint;
}

/**
 * What an account has earned in a market and not yet taken.
 *
 * @example
 * const { total } = await earningsIn(market, await signer.getAddress());
 */
export async function earningsIn(market: Market, account: string): Promise<MarketEarnings> {
  const { contract, connection } = market;
  const joins = await readEvents(
    (from, to) => contract.queryFilter(contract.filters.DatasetJoined(undefined, account), from, to),
    connection.description.fromBlock,
    await connection.provider.getBlockNumber(),
  );
  const rowsOf = new Map(joins.map(({ args }) => [args.datasetId, args.validRows]));
  const datasets = await Promise.all(
    [...rowsOf].map(async ([datasetId, validRows]) => ({
      datasetId,
      validRows,
      member: await contract.isMember(datasetId),
      claimable: await contract.earningsOf(datasetId),
    })),
  );
  const withdrawable = await contract.balanceOf(account);
  const total = datasets.reduce((sum, { claimable }) => sum + claimable, withdrawable);
  return { market: market.address, token: market.terms.token, datasets, withdrawable, total };
}
