/** Logs of a block range, asked for in pieces that the endpoint accepts. */
import { isError, type Log, type Provider } from "ethers";

export interface LogQuery {
  readonly provider: Provider;
  /** The contracts asked; never all of them: anyone can emit anything from a contract of their own. */
  readonly address: string | string[];
  readonly topics: (string | string[] | null)[];
  readonly fromBlock: number;
  readonly toBlock: number;
  /** Most blocks per question. */
  readonly maxRange: number;
}

/** Oldest first. */
export async function allLogs(query: LogQuery): Promise<Log[]> {
  const logs: Log[] = [];
  for (let start = query.fromBlock; start <= query.toBlock; start += query.maxRange) {
    logs.push(...(await piece(query, start, Math.min(start + query.maxRange - 1, query.toBlock))));
  }
  return logs.sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);
}

/** Where the endpoint answers with a refusal (too many results, too wide a range), the halves are asked for instead. */
async function piece(query: LogQuery, fromBlock: number, toBlock: number): Promise<Log[]> {
  const { provider, address, topics } = query;
  try {
    return await provider.getLogs({ address, topics, fromBlock, toBlock });
  } catch (error) {
    const refused = isError(error, "UNKNOWN_ERROR") || isError(error, "SERVER_ERROR");
    if (!refused || fromBlock === toBlock) throw error;
    const middle = Math.floor((fromBlock + toBlock) / 2);
    return [...(await piece(query, fromBlock, middle)), ...(await piece(query, middle + 1, toBlock))];
  }
}
