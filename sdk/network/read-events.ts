import type { EventLog, Log, Provider } from "ethers";

/** Least range that is still split when an RPC refuses to read it. */
const SMALLEST_RANGE = 16;

/**
 * Reads events of a range of blocks, in order; where the RPC refuses (too many blocks or results), in halves.
 *
 * @example
 * const joined = await readEvents((from, to) => market.queryFilter(market.filters.DatasetJoined(), from, to), 0, 1_000);
 */
export async function readEvents<T extends EventLog | Log>(
  query: (fromBlock: number, toBlock: number) => Promise<T[]>,
  fromBlock: number,
  toBlock: number,
): Promise<T[]> {
  if (toBlock < fromBlock) return [];
  try {
    return await query(fromBlock, toBlock);
  } catch (error) {
    if (toBlock - fromBlock < SMALLEST_RANGE) throw error;
    const middle = Math.floor((fromBlock + toBlock) / 2);
    const first = await readEvents(query, fromBlock, middle);
    return [...first, ...(await readEvents(query, middle + 1, toBlock))];
  }
}

/** Time of the latest block, and the local clock where that is ahead (a quiet chain makes no blocks). */
export async function chainTimeUnixS(provider: Provider, nowMs: () => number = Date.now): Promise<bigint> {
  const block = await provider.getBlock("latest");
  const local = BigInt(Math.floor(nowMs() / 1000));
  const chain = BigInt(block?.timestamp ?? 0);
  return chain > local ? chain : local;
}
