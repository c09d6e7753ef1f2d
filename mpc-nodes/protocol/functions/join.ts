/**
 * Joins of tables by secret keys, by sorting: both tables' rows in one, the right side's first among equal keys, so that the partner
 * of a left row is the last right row before it, if their keys are equal. (Mohassel, Rindal, Rosulek, ePrint 2019/518, state the
 * operation, with injective keys on one side; they find partners by cuckoo hashing, which needs a key to be hashed in the computation.)
 * Nothing is revealed: the result is as long as the left table, rows without partner are zeros (PROTOCOL 19).
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { toBits } from "./bits-of.ts";
import { equal } from "./equal.ts";
import { applyOrder, undoOrderOf } from "./order.ts";
import { equalToNext, maskRows, padded, validOf } from "./rows.ts";
import { carryMarked } from "./segments.ts";
import { orderOf } from "./sort.ts";
import { sortOrder } from "./sort-order.ts";

export interface Keyed {
  /** In [0, 2^bits), elements of Z_2^64. */
  readonly keys: Vector;
  /** Rows that count; all if absent. */
  readonly valid?: Bits;
}

export interface RightSide extends Keyed {
  readonly columns: readonly Vector[];
}

export interface JoinOptions {
  /** 1 to 62. */
  readonly bits: number;
}

export type Joined = {
  /** Row i: whether left row i has a partner. */
  matched: Bits;
  /** Row i: the right side's columns of the partner of left row i, zeros if it has none. */
  columns: Vector[];
  /**
   * One element: how many valid right rows have a successor of the same key. A join of injective keys has none; where there are some,
   * the last of each key is the partner. What to do about it is the program's to say: the number is secret.
   */
  duplicates: Vector;
};

/**
 * Right columns by the keys of the left. Left keys may repeat; right keys should not (`duplicates`). One sort of both tables, one
 * compaction, and 12 elements a row and column for each of four moves.
 */
export async function join(mpc: Mpc, left: Keyed, right: RightSide, { bits }: JoinOptions): Promise<Joined> {
  const [rights, lefts] = [right.keys.length, left.keys.length];
  const length = rights + lefts;
  return mpc.scope(async (scope) => {
    // An odd number, so that it differs from the zero that is carried before the first right row.
    const odd = (keys: Vector) => scope.addPublic(scope.multiplyPublic(keys, 2n), 1n);
    const keys = scope.concatenate([right.keys, left.keys]);
    const marks = scope.concatenateBits([validOf(scope, right), scope.constantBits(0n, 1, lefts)]);
    const order = await orderOf(scope, keys, { bits });
    const sorted = await applyOrder(scope, order, {
      vectors: [odd(keys), ...right.columns.map((column) => padded(scope, column, length))],
      bits: [marks],
    });
    const { carried, marked, valid } = await carryMarked(scope, sorted.bits[0]!, sorted.vectors, rights);
    const [partners, duplicates] = await scope.parallel<Vector[] | Vector>([
      (task) => undoOrderOf(task, order, carried),
      (task) => countRepeated(task, marked[0]!, valid),
    ]);
    const [partnerKeys, ...columns] = (partners as Vector[]).map((column) => scope.slice(column, rights, length));
    const same = await equal(scope, partnerKeys!, odd(left.keys));
    const matched = left.valid === undefined ? same : await scope.and(same, left.valid);
    return { matched, columns: await maskRows(scope, matched, columns), duplicates: duplicates as Vector };
  });
}

/** How many of the valid rows, which come first and sorted, equal the next. */
async function countRepeated(mpc: Mpc, keys: Vector, valid: Bits): Promise<Vector> {
  if (keys.length < 2) return mpc.constant(0n, 1, 64);
  return mpc.scope(async (scope) => {
    const repeated = await scope.and(await equalToNext(scope, keys), scope.sliceBits(valid, 1, keys.length));
    return scope.count(repeated, 64);
  });
}

/**
 * One element: how many different keys both tables have. Repeated keys count once: in the sorted whole, each common key has one place
 * where a row of the one table is followed by one of the other.
 */
export async function intersectionSize(mpc: Mpc, one: Keyed, other: Keyed, { bits }: JoinOptions): Promise<Vector> {
  const length = one.keys.length + other.keys.length;
  if (length < 2) return mpc.constant(0n, 1, 64);
  return mpc.scope(async (scope) => {
    const keys = scope.concatenate([one.keys, other.keys]);
    const valid = scope.concatenateBits([validOf(scope, one), validOf(scope, other)]);
    const side = scope.concatenateBits([
      scope.constantBits(0n, 1, one.keys.length),
      scope.constantBits(1n, 1, other.keys.length),
    ]);
    // Rows that do not count come last, so that they stand between no others.
    const order = await sortOrder(scope, scope.stack([await toBits(scope, keys, bits), scope.xorPublic(valid, 1n)]));
    const sorted = await applyOrder(scope, order, { vectors: [keys], bits: [scope.stack([side, valid])] });
    const [now, next] = [0, 1].map((from) => scope.sliceBits(sorted.bits[0]!, from, from + length - 1)) as [Bits, Bits];
    const [same, crosses] = await scope.parallel([
      (task) => equalToNext(task, sorted.vectors[0]!),
      // Of the two sides, the second row's and not the first's; valid rows come first, so the second's validity says both's.
      async (task) => {
        const otherNext = await task.and(task.planes(next, [0]), task.planes(next, [1]));
        return task.and(otherNext, task.xorPublic(task.planes(now, [0]), 1n));
      },
    ]);
    return scope.count(await scope.and(same!, crosses!), 64);
  });
}
