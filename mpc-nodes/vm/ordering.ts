/**
 * Orders of rows. The range analysis knows what a key may be, so that keys are sorted by the bits of their distance from one end of
 * the range and no more: a category by a few, a wage in cents by some twenty. Every three bits are a pass over the rows.
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Interval, larger, smaller } from "@sharebridge/algorithms/language/interval.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { bitLength } from "@sharebridge/algorithms/language/rational.ts";
import { toBits } from "../protocol/functions/bits-of.ts";
import { applyOrder, type Order } from "../protocol/functions/order.ts";
import { sortOrder } from "../protocol/functions/sort-order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";

/** What a key is within: [minimum, minimum + 2^planes). */
export interface KeyRange {
  readonly minimum: bigint;
  readonly planes: number;
}

/** One of the columns that rows are sorted by: number `value` of the program. */
export interface SortKey extends KeyRange {
  readonly value: number;
  readonly descending: boolean;
}

/** By instruction: its keys, the first the one that decides first; undefined for those that sort nothing. */
export function sortKeys(program: Program): (readonly SortKey[] | undefined)[] {
  const { program: flat, values } = analyse(program);
  return flat.instructions.map((instruction) => {
    if (instruction.op !== "order") return undefined;
    return instruction.keys.map(({ value, descending }) => {
      return { value, descending, ...keyRange([values[value].words]) };
    });
  });
}

/** The range of keys that are compared, of one side or of both. */
export function keyRange(words: readonly Interval[]): KeyRange {
  const minimum = words.map((interval) => interval.minimum).reduce(smaller);
  const maximum = words.map((interval) => interval.maximum).reduce(larger);
  return { minimum, planes: maximum === minimum ? 1 : bitLength(maximum - minimum) };
}

/** A key's distance from the least that it can be. */
export async function keyBits(mpc: Mpc, column: Vector | Bits, { minimum, planes }: KeyRange): Promise<Bits> {
  if (column.kind === "bits") return mpc.planes(column, [0]);
  return mpc.scope(async (scope) => toBits(scope, scope.addPublic(column, -minimum), planes));
}

/** The order by all keys at once: their bits one above the other, those of the first at the top. */
export async function orderBy(
  mpc: Mpc,
  keys: readonly { readonly key: SortKey; readonly column: Vector | Bits }[],
): Promise<Order> {
  return mpc.scope(async (scope) => {
    const parts = await scope.parallel(
      keys.map(({ key, column }) => async (task: Mpc) => {
        const distance = await keyBits(task, column, key);
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
