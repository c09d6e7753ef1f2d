/** Sorting columns of numbers, and what follows from it. */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { toBits } from "./bits-of.ts";
import { applyOrderTo, type Order } from "./order.ts";
import { sortOrder } from "./sort-order.ts";

export interface KeyOptions {
  /** Keys lie in [0, 2^bits), or [−2^(bits−1), 2^(bits−1)) if signed; higher bits are not looked at. */
  readonly bits: number;
  readonly signed?: boolean;
  /** Largest first; rows of equal keys stay in their order all the same. */
  readonly descending?: boolean;
}

/** The order that sorts rows by numbers. */
export async function orderOf(mpc: Mpc, keys: Vector, options: KeyOptions): Promise<Order> {
  return mpc.scope(async (scope) =>
    sortOrder(scope, unsignedKeys(scope, await toBits(scope, keys, options.bits), options)),
  );
}

/** Bits that order as unsigned numbers the way the options ask for: the sign's bit flipped, all flipped to count downwards. */
function unsignedKeys(mpc: Mpc, keys: Bits, { bits, signed = false, descending = false }: KeyOptions): Bits {
  const sign = signed ? 1n << BigInt(bits - 1) : 0n;
  const all = descending ? (1n << BigInt(bits)) - 1n : 0n;
  return mpc.xorPublic(keys, sign ^ all);
}

/**
 * Rows sorted by their keys, rows of equal keys in their order.
 * @example
 * const { keys, columns } = await sort(mpc, wage, [age, region], { bits: 32 });
 */
export async function sort(
  mpc: Mpc,
  keys: Vector,
  columns: readonly Vector[],
  options: KeyOptions,
): Promise<{ keys: Vector; columns: Vector[] }> {
  return mpc.scope(async (scope) => {
    const order = await orderOf(scope, keys, options);
    const [sortedKeys, ...sortedColumns] = await applyOrderTo(scope, order, [keys, ...columns]);
    return { keys: sortedKeys!, columns: sortedColumns };
  });
}

/** The values of the given public ranks: 0 for the least, rows − 1 for the largest. */
export async function quantile(mpc: Mpc, column: Vector, ranks: Uint32Array, options: KeyOptions): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const { keys } = await sort(scope, column, [], options);
    return scope.gather(keys, ranks);
  });
}

/** The value in the middle; of the two in the middle of an even number, the lower. At least one row. */
export async function median(mpc: Mpc, column: Vector, options: KeyOptions): Promise<Vector> {
  return quantile(mpc, column, Uint32Array.of((column.length - 1) >> 1), options);
}
