import type { Bits, Mpc } from "../mpc.ts";
import { applyOrder, type Columns, type MovedColumns, type Order } from "./order.ts";
import { sortOrder } from "./sort-order.ts";

/** The order in which rows of a 1 come first; within both kinds rows stay in their order. A sort by one bit: eight rounds. */
export async function compactOrder(mpc: Mpc, valid: Bits): Promise<Order> {
  return mpc.scope((scope) => sortOrder(scope, scope.xorPublic(valid, 1n)));
}

/**
 * Moves the valid rows to the front, in their order, and the others behind them. How many there are stays secret: columns keep
 * their length, and `valid` comes back as ones, then zeros. Twelve rounds.
 */
export async function compact(mpc: Mpc, valid: Bits, columns: Columns): Promise<MovedColumns & { valid: Bits }> {
  return mpc.scope(async (scope) => {
    const order = await compactOrder(scope, valid);
    const { vectors, bits } = await applyOrder(scope, order, {
      vectors: columns.vectors,
      bits: [valid, ...columns.bits],
    });
    return { vectors, bits: bits.slice(1), valid: bits[0]! };
  });
}
