import type { Bits, Mpc, Vector } from "../mpc.ts";
import { toBits } from "./bits-of.ts";
import { applyOrder } from "./order.ts";
import { differences, equalToNext, type Keyed, maskRows, validOf } from "./rows.ts";
import { carryMarked } from "./segments.ts";
import { sortOrder } from "./sort-order.ts";

export type Groups = {
  /** Keys in ascending order, one row a group; zeros behind them. */
  keys: Vector;
  /** How many rows, zeros behind them. */
  counts: Vector;
  /** The sums of each column, zeros behind them. */
  sums: Vector[];
  /** Ones for the groups, then zeros. */
  valid: Bits;
};

/**
 * Counts and sums for each secret key. The result has as many rows as the table, so that the number of groups stays secret
 * (PROTOCOL 19): rows are sorted by key, running sums are taken at the last row of each key, these rows are brought together, and each
 * less the one before is its group's sum.
 */
export async function groupSums(
  mpc: Mpc,
  table: Keyed & { readonly columns: readonly Vector[] },
  { bits }: { readonly bits: number },
): Promise<Groups> {
  const { length } = table.keys;
  return mpc.scope(async (scope) => {
    const counted = validOf(scope, table);
    const planes = await toBits(scope, table.keys, bits);
    const order = await sortOrder(scope, scope.stack([planes, scope.xorPublic(counted, 1n)]));
    const { vectors, bits: moved } = await applyOrder(scope, order, {
      vectors: [table.keys, ...table.columns],
      bits: [counted],
    });
    const [keys, ...columns] = vectors as [Vector, ...Vector[]];
    const last = await lastOfKey(scope, keys, moved[0]!);
    // Valid rows come first: what is summed up to one of them is of valid rows only, and its number is its position.
    const positions = BigUint64Array.from({ length }, (_, row) => BigInt(row + 1));
    const running = [scope.constants(positions, 64), ...columns.map((column) => scope.prefixSum(column))];
    const { marked, valid } = await carryMarked(scope, last, [keys, ...running], length);
    const [groupKeys, ...totals] = marked as [Vector, ...Vector[]];
    if (length === 0) return { keys: groupKeys, counts: totals[0]!, sums: totals.slice(1), valid };
    const [counts, ...sums] = await maskRows(
      scope,
      valid,
      totals.map((total) => differences(scope, total)),
    );
    return { keys: groupKeys, counts: counts!, sums, valid };
  });
}

/** Valid rows that no valid row of the same key follows; valid rows come first. */
async function lastOfKey(mpc: Mpc, keys: Vector, valid: Bits): Promise<Bits> {
  const { length } = keys;
  if (length < 2) return valid;
  return mpc.scope(async (scope) => {
    const continued = await scope.and(await equalToNext(scope, keys), scope.sliceBits(valid, 1, length));
    // Where a row is continued it is valid, as the next one is.
    return scope.xor(valid, scope.concatenateBits([continued, scope.constantBits(0n, 1, 1)]));
  });
}
