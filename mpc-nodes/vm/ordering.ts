/**
 * Orders of rows. The range analysis knows what a key may be, so that keys are sorted by the bits of their distance from one end of
 * the range and no more: a category by a few, a wage in cents by some twenty. Every three bits are a pass over the rows.
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { bitLength } from "@sharebridge/algorithms/language/rational.ts";
import { toBits } from "../protocol/functions/bits-of.ts";
import { applyOrder, type Order } from "../protocol/functions/order.ts";
import { sortOrder } from "../protocol/functions/sort-order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";

/** One of the columns that rows are sorted by: number `value` of the program, within [minimum, minimum + 2^planes). */
export interface SortKey {
  readonly value: number;
  readonly descending: boolean;
  readonly minimum: bigint;
  readonly planes: number;
}

/** By instruction: its keys, the first the one that decides first; undefined for those that sort nothing. */
export function sortKeys(program: Program): (readonly SortKey[] | undefined)[] {
  const { program: flat, values } = analyse(program);
  return flat.instructions.map((instruction) => {
    if (instruction.op !== "order") return undefined;
    return instruction.keys.map(({ value, descending }) => {
      const { minimum, maximum } = values[value].words;
      return { value, descending, minimum, planes: maximum === minimum ? 1 : bitLength(maximum - minimum) };
    });
  });
}

/** The order by all keys at once: their bits one above the other, those of the first at the top. */
export async function orderBy(
  mpc: Mpc,
  keys: readonly { readonly key: SortKey; readonly column: Vector | Bits }[],
): Promise<Order> {
  return mpc.scope(async (scope) => {
    const parts = await scope.parallel(
      keys.map(({ key, column }) => async (task: Mpc) => {
        const distance =
          column.kind === "bits"
            ? task.planes(column, [0])
            : await toBits(task, task.addPublic(column, -key.minimum), key.planes);
        return key.descending ? task.xorPublic(distance, (1n << BigInt(distance.planes)) - 1n) : distance;
      }),
    );
    return sortOrder(scope, scope.stack(parts.reverse()));
  });
}

export async function arranged(mpc: Mpc, order: Order, column: Vector | Bits): Promise<Vector | Bits> {
  if (column.kind === "vector") return (await applyOrder(mpc, order, { vectors: [column], bits: [] })).vectors[0]!;
  return (await applyOrder(mpc, order, { vectors: [], bits: [column] })).bits[0]!;
}

/** Row i: row i − 1; the first row 0. */
export function shiftedDown(mpc: Mpc, column: Vector | Bits): Vector | Bits {
  const { length } = column;
  if (column.kind === "vector") {
    if (length === 0) return mpc.constant(0n, 0, 64);
    return mpc.concatenate([mpc.constant(0n, 1, 64), mpc.slice(column, 0, length - 1)]);
  }
  if (length === 0) return mpc.constantBits(0n, 1, 0);
  return mpc.concatenateBits([mpc.constantBits(0n, 1, 1), mpc.sliceBits(column, 0, length - 1)]);
}
