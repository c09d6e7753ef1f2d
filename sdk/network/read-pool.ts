import { nextPoolHash } from "@sharebridge/contracts/typed-data.ts";
import { ZeroHash } from "ethers";
import type { Market } from "./open-market.ts";
import { readEvents } from "./read-events.ts";

export interface PoolMember {
  readonly datasetId: bigint;
  readonly commitment: string;
  readonly validRows: bigint;
  /** Who joined it. */
  readonly seller: string;
}

/** A pool as its events tell it. */
export interface Pool {
  readonly poolHash: string;
  readonly rows: bigint;
  /** In the order they joined. */
  readonly members: readonly PoolMember[];
  /** True when the hash in every event is the one that the chain of events gives. */
  readonly consistent: boolean;
}

/**
 * Recomputes a market's pool from its DatasetJoined and DatasetLeft events, up to an event (exclusive) or to now.
 *
 * @example
 * const pool = await readPool(market, { blockNumber, logIndex });
 */
export async function readPool(market: Market, before?: { blockNumber: number; logIndex: number }): Promise<Pool> {
  const { contract, connection } = market;
  const last = before?.blockNumber ?? (await connection.provider.getBlockNumber());
  const first = connection.description.fromBlock;
  const joins = await readEvents(
    (from, to) => contract.queryFilter(contract.filters.DatasetJoined(), from, to),
    first,
    last,
  );
  const leaves = await readEvents(
    (from, to) => contract.queryFilter(contract.filters.DatasetLeft(), from, to),
    first,
    last,
  );

  const steps = [
    ...joins.map((event) => ({ event, kind: 1 as const })),
    ...leaves.map((event) => ({ event, kind: 2 as const })),
  ]
    .filter(
      ({ event }) =>
        before === undefined ||
        event.blockNumber < before.blockNumber ||
        (event.blockNumber === before.blockNumber && event.index < before.logIndex),
    )
    .sort((a, b) => a.event.blockNumber - b.event.blockNumber || a.event.index - b.event.index);

  const members = new Map<bigint, PoolMember>();
  let poolHash: string = ZeroHash;
  let consistent = true;
  for (const step of steps) {
    const { datasetId } = step.event.args;
    const member = step.kind === 1 ? memberOf(step.event.args) : members.get(datasetId);
    if (member === undefined) {
      consistent = false; // Something left that never joined.
      continue;
    }
    poolHash = nextPoolHash(poolHash, step.kind, member);
    consistent &&= poolHash === step.event.args.poolHash;
    if (step.kind === 1) members.set(datasetId, member);
    else members.delete(datasetId);
  }
  const present = [...members.values()];
  return { poolHash, rows: present.reduce((sum, { validRows }) => sum + validRows, 0n), members: present, consistent };
}

function memberOf(args: { datasetId: bigint; commitment: string; validRows: bigint; seller: string }): PoolMember {
  return { datasetId: args.datasetId, commitment: args.commitment, validRows: args.validRows, seller: args.seller };
}
