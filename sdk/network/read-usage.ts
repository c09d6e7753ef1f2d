import { IDataMarket__factory } from "@sharebridge/contracts";
import {
  isBefore,
  type LogPosition,
  type MarketUse,
  type Stay,
  type Usage,
  usageOf,
} from "@sharebridge/contracts/dataset-usage.ts";
import { getAddress, type Log, toBeHex } from "ethers";
import type { Connection } from "./connect.ts";
import { readEvents } from "./read-events.ts";

const marketInterface = IDataMarket__factory.createInterface();
const topicOf = (event: "ComputationRequested" | "DatasetJoined" | "DatasetLeft") =>
  marketInterface.getEvent(event).topicHash;

/** Contracts and datasets that one question to the RPC names. */
const MOST_PER_QUESTION = 100;

/**
 * How much of each dataset was used so far by the requests of all markets of the deployment, as nodes count it.
 *
 * @example
 * const usage = await readUsage(connection, [datasetId]);
 * console.log(usage.get(datasetId)?.uses);
 */
export async function readUsage(
  connection: Connection,
  datasetIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, Usage>> {
  const { factory, provider } = connection;
  const last = await provider.getBlockNumber();
  const created = await readEvents(
    (from, to) => factory.queryFilter(factory.filters.MarketCreated(), from, to),
    connection.description.fromBlock,
    last,
  );
  const markets = created.map(({ args }) => args.market);
  const moves: Log[] = [];
  for (const ids of pieces(datasetIds)) {
    const topics = [[topicOf("DatasetJoined"), topicOf("DatasetLeft")], ids.map((id) => toBeHex(id, 32))];
    moves.push(...(await logsOf(connection, markets, topics, last)));
  }
  const stays = staysFrom(moves);
  const visited = new Set([...stays.values()].flat().map(({ market }) => market));
  const requested = await logsOf(connection, [...visited], [[topicOf("ComputationRequested")]], last);
  const byMarket = Map.groupBy(requested, ({ address }) => getAddress(address));
  const uses = new Map<string, MarketUse>(
    created.map(({ args: { market, terms } }) => {
      const { epsilonPerRequest, deltaPerRequest } = terms;
      return [market, { epsilonPerRequest, deltaPerRequest, requests: (byMarket.get(market) ?? []).map(positionOf) }];
    }),
  );
  return new Map(datasetIds.map((id) => [id, usageOf(stays.get(id) ?? [], uses)]));
}

/** Oldest first. */
async function logsOf(
  { provider, description }: Connection,
  markets: readonly string[],
  topics: string[][],
  last: number,
): Promise<Log[]> {
  const logs: Log[] = [];
  for (const address of pieces(markets)) {
    logs.push(
      ...(await readEvents(
        (fromBlock, toBlock) => provider.getLogs({ address, topics, fromBlock, toBlock }),
        description.fromBlock,
        last,
      )),
    );
  }
  return logs.sort((a, b) => (isBefore(positionOf(a), positionOf(b)) ? -1 : 1));
}

function staysFrom(moves: readonly Log[]): Map<bigint, Stay[]> {
  const stays = new Map<bigint, Stay[]>();
  for (const log of moves) {
    const [market, datasetId, position] = [getAddress(log.address), BigInt(log.topics[1]), positionOf(log)];
    const known = stays.get(datasetId) ?? [];
    const open = known.findIndex((stay) => stay.market === market && stay.left === null);
    if (log.topics[0] === topicOf("DatasetJoined")) known.push({ market, joined: position, left: null });
    else if (open >= 0) known[open] = { ...known[open], left: position };
    stays.set(datasetId, known);
  }
  return stays;
}

const positionOf = ({ blockNumber, index }: Log): LogPosition => ({ blockNumber, logIndex: index });

function pieces<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / MOST_PER_QUESTION);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * MOST_PER_QUESTION, (index + 1) * MOST_PER_QUESTION),
  );
}
