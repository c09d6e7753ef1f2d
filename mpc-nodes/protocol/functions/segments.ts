/**
 * Rows in segments that secret marks begin: compaction brings the marks together, so that what happens between one and the next is
 * a difference of neighbours; brought back to their places, the differences add up to it again. No tree of log n rounds is needed.
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { compactOrder } from "./compact.ts";
import { applyOrder, type Order, undoOrderOf } from "./order.ts";
import { differences, maskRows, padded } from "./rows.ts";

export type Marked = {
  /** Row i: what the columns hold in the last marked row up to and including i; zeros before the first. */
  carried: Vector[];
  /** The marked rows at the front, in their order, zeros behind them. */
  marked: Vector[];
  /** Ones for the rows of `marked`, then zeros. */
  valid: Bits;
};

/**
 * Carries the values of marked rows forward, to the next marked row. 19 rounds, whatever the length.
 * @param atMost a public bound on the number of marks: later ones are ignored
 */
export async function carryMarked(mpc: Mpc, marks: Bits, columns: readonly Vector[], atMost: number): Promise<Marked> {
  return mpc.scope(async (scope) => {
    const order = await compactOrder(scope, marks);
    const moved = await applyOrder(scope, order, { vectors: columns, bits: [marks] });
    const valid = scope.sliceBits(moved.bits[0]!, 0, atMost);
    const front = moved.vectors.map((vector) => scope.slice(vector, 0, atMost));
    const masked = await maskRows(scope, valid, [...front.map((vector) => differences(scope, vector)), ...front]);
    const carried = await accumulated(scope, order, masked.slice(0, columns.length));
    return { carried, marked: masked.slice(columns.length), valid };
  });
}

/**
 * Carries forward, to the next of them, what marked rows that `order` brought together have: 7 rounds.
 * @param front these rows, and others behind them
 * @param valid ones for these rows, then zeros
 */
export async function carry(mpc: Mpc, order: Order, front: readonly Vector[], valid: Bits): Promise<Vector[]> {
  return mpc.scope(async (scope) => {
    const steps = front.map((vector) => differences(scope, vector));
    return accumulated(scope, order, await maskRows(scope, valid, steps));
  });
}

/** Steps at the rows that `order` brought together, back in their places and added up from the first row on. */
async function accumulated(mpc: Mpc, order: Order, steps: readonly Vector[]): Promise<Vector[]> {
  const inPlace = await undoOrderOf(
    mpc,
    order,
    steps.map((vector) => padded(mpc, vector, order.length)),
  );
  return inPlace.map((vector) => mpc.prefixSum(vector));
}

/** Row i: the sum of the rows of its segment up to i, where a mark begins a segment, and the first row one in any case. 19 rounds. */
export async function segmentedSum(mpc: Mpc, starts: Bits, columns: readonly Vector[]): Promise<Vector[]> {
  return mpc.scope(async (scope) => {
    const sums = columns.map((column) => scope.prefixSum(column));
    const before = columns.map((column, index) => scope.subtract(sums[index]!, column));
    const { carried } = await carryMarked(scope, starts, before, starts.length);
    return sums.map((sum, index) => scope.subtract(sum, carried[index]!));
  });
}
