/** A market's pool from its events: the hash chain recomputed, link by link (MARKET 2). */
import { nextPoolHash } from "@sharebridge/contracts/typed-data.ts";
import { ZeroHash } from "ethers";
import type { Pool, PoolMember } from "./chain-reader.ts";
import { ChainError } from "./errors.ts";

export type PoolEvent =
  | { readonly kind: "joined"; readonly member: PoolMember }
  | { readonly kind: "left"; readonly datasetId: string };

const JOINED = 1;
const LEFT = 2;

/**
 * Folds events, oldest first, from the empty pool. Throws `PoolMismatch` when a dataset leaves that is not in the pool or
 * joins twice: no market of ours emits that.
 */
export function foldPool(events: Iterable<PoolEvent>): Pool {
  const members = new Map<string, PoolMember>();
  let poolHash = ZeroHash;
  let rows = 0n;
  for (const event of events) {
    const datasetId = event.kind === "joined" ? event.member.datasetId : event.datasetId;
    const member = event.kind === "joined" ? event.member : members.get(datasetId);
    if (member === undefined || (event.kind === "joined" && members.has(datasetId))) {
      throw new ChainError(
        "PoolMismatch",
        `the market's events do not add up: dataset ${datasetId} ${event.kind} out of turn`,
      );
    }
    const validRows = BigInt(member.validRows);
    const link = { datasetId: BigInt(datasetId), commitment: member.commitment, validRows };
    poolHash = nextPoolHash(poolHash, event.kind === "joined" ? JOINED : LEFT, link);
    if (event.kind === "joined") {
      members.set(datasetId, member);
      rows += validRows;
    } else {
      members.delete(datasetId);
      rows -= validRows;
    }
  }
  return { poolHash, rows, members: [...members.values()] };
}
