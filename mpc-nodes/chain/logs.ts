/** Logs of a block range, asked for in pieces that the endpoint accepts. */
import type { Filter, Log, Provider } from "ethers";

export interface LogQuery {
  readonly provider: Provider;
  /** Undefined asks every contract. */
  readonly address?: string;
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
  return logs;
}

/** The pieces newest first, so that a recent log is found without reading the whole chain. Each piece is oldest first. */
export async function* piecesFromNewest(query: LogQuery): AsyncGenerator<Log[]> {
  for (let end = query.toBlock; end >= query.fromBlock; end -= query.maxRange) {
    yield await piece(query, Math.max(end - query.maxRange + 1, query.fromBlock), end);
  }
}

async function piece({ provider, address, topics }: LogQuery, fromBlock: number, toBlock: number): Promise<Log[]> {
  const filter: Filter = { topics, fromBlock, toBlock };
  const logs = await provider.getLogs(address === undefined ? filter : { ...filter, address });
  return logs.sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);
}
