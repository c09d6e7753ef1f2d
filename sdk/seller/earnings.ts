import { Contract } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import type { Market } from "../network/open-market.ts";
import { readEvents } from "../network/read-events.ts";

const ERC721 = ["function ownerOf(uint256 tokenId) view returns (address)"];

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
  /** Of the datasets that the account owns now, whoever joined them: their owner is paid. */
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
  const { contract, terms, address } = market;
  try {
    const datasets = await Promise.all(
      (await ownedDatasets(market, account)).map(async ({ datasetId, validRows }) => ({
        datasetId,
        validRows,
        member: await contract.isMember(datasetId),
        claimable: await contract.earningsOf(datasetId),
      })),
    );
    const withdrawable = await contract.balanceOf(account);
    const total = datasets.reduce((sum, { claimable }) => sum + claimable, withdrawable);
    return { market: address, token: terms.token, datasets, withdrawable, total };
  } catch (error) {
    throw explainError(error);
  }
}

/** Of all datasets that ever joined the market, those that the account owns now: they are tokens, and may have been sold. */
async function ownedDatasets(
  { contract, connection }: Market,
  account: string,
): Promise<{ datasetId: bigint; validRows: bigint }[]> {
  const { provider, datasetRegistry, description } = connection;
  const joins = await readEvents(
    (from, to) => contract.queryFilter(contract.filters.DatasetJoined(), from, to),
    description.fromBlock,
    await provider.getBlockNumber(),
  );
  const rowsOf = new Map(joins.map(({ args }) => [args.datasetId, args.validRows]));
  const token = new Contract(datasetRegistry, ERC721, provider);
  const owned = await Promise.all(
    [...rowsOf].map(async ([datasetId, validRows]) => {
      const owner: string = await token.ownerOf(datasetId);
      return owner.toLowerCase() === account.toLowerCase() ? [{ datasetId, validRows }] : [];
    }),
  );
  return owned.flat();
}
