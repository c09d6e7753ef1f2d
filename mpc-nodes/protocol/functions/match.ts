/**
 * Matching the rows of two tables on secret keys, by sorting: the rows of both in one, the right side's first among equal keys, so that the
 * partner of a left row is the last right row before it with its key. (Mohassel, Rindal, Rosulek, ePrint 2019/518, state the operation, with
 * injective keys on one side; they find partners by cuckoo hashing, which needs a key to be hashed in the computation.)
 * Nothing is revealed: what is looked up is as long as the left table, rows without partner are zeros (PROTOCOL 19).
 *
 * Keys may repeat on both sides. Of equal right keys the last row is the partner; of all left rows of the key, or `once`, which is cheaper, of
 * the first alone: it stands directly behind the last right row, and nothing has to be carried to it.
 */
import type { Bits, Mpc, Secret, Vector } from "../mpc.ts";
import { andTree, not } from "./and-tree.ts";
import { toBits } from "./bits-of.ts";
import { compactOrder } from "./compact.ts";
import { applyOrder, type Columns, type MovedColumns, type Order, undoOrder } from "./order.ts";
import { padded, shiftedDown } from "./rows.ts";
import { carry } from "./segments.ts";
import { sortOrder } from "./sort-order.ts";

export type Matching = {
  readonly lefts: number;
  readonly rights: number;
  /** Null if one of the tables is empty: there are no partners then. */
  readonly sorted: Once | Many | null;
};

/** Right rows, then left rows, are sorted by `order`. */
type Once = {
  readonly order: Order;
  /** Sorted row i: whether it is a left row whose partner is row i - 1. */
  readonly pairs: Bits;
};

type Many = {
  readonly order: Order;
  /** Sorted rows from which on something else is carried come first: right rows, and the first of each key. */
  readonly carriers: Order;
  /** Ones for these rows, then zeros. */
  readonly valid: Bits;
};

/**
 * Partners of left rows. One sort of both tables' rows, then five rounds and ⌈log2(planes)⌉, and one more if `once`, else 12.
 * @param left keys, as bits: of one number of planes on both sides, at least one
 */
export async function match(
  mpc: Mpc,
  left: Bits,
  right: Bits,
  { once }: { readonly once: boolean },
): Promise<Matching> {
  const [lefts, rights] = [left.length, right.length];
  if (lefts === 0 || rights === 0) return { lefts, rights, sorted: null };
  const sorted = await mpc.scope(async (scope): Promise<Once | Many> => {
    const keys = scope.concatenateBits([right, left]);
    const side = scope.concatenateBits([scope.constantBits(1n, 1, rights), scope.constantBits(0n, 1, lefts)]);
    const order = await sortOrder(scope, keys);
    const { bits } = await applyOrder(scope, order, { vectors: [], bits: [scope.stack([side, keys])] });
    const isRight = scope.planes(bits[0]!, [0]);
    const continued = await scope.and(not(scope, isRight), await equalToPrevious(scope, bits[0]!));
    if (once) return { order, pairs: await scope.and(continued, shiftedDown(scope, isRight)) };
    const marks = not(scope, continued);
    const carriers = await compactOrder(scope, marks);
    const moved = await applyOrder(scope, carriers, { vectors: [], bits: [marks] });
    return { order, carriers, valid: moved.bits[0]! };
  });
  return { lefts, rights, sorted };
}

/** Which left rows have a partner. Four rounds; as `lookUp` if not `once`. */
export async function matched(mpc: Mpc, matching: Matching): Promise<Bits> {
  const { lefts, rights, sorted } = matching;
  if (sorted === null) return mpc.constantBits(0n, 1, lefts);
  if ("pairs" in sorted) {
    return mpc.scope(async (scope) => {
      const { bits } = await undoOrder(scope, sorted.order, { vectors: [], bits: [sorted.pairs] });
      return scope.sliceBits(bits[0]!, rights, rights + lefts);
    });
  }
  const ones = mpc.constantBits(1n, 1, rights);
  const { bits } = await lookUp(mpc, matching, { vectors: [], bits: [ones] });
  return bits[0]!;
}

/** Columns of the right table, vectors of Z_2^64, in the rows of their partners on the left. Nine rounds; 19 if not `once`, and two more each way for bits. */
export async function lookUp(mpc: Mpc, matching: Matching, columns: Columns): Promise<MovedColumns> {
  const { lefts, rights, sorted } = matching;
  if (sorted === null) {
    return {
      vectors: columns.vectors.map(({ word }) => mpc.constant(0n, lefts, word)),
      bits: columns.bits.map(({ planes }) => mpc.constantBits(0n, planes, lefts)),
    };
  }
  return mpc.scope(async (scope) => {
    const found = await ("pairs" in sorted ? pairedWith(scope, sorted, columns) : carriedTo(scope, sorted, columns));
    return {
      vectors: found.vectors.map((vector) => scope.slice(vector, rights, rights + lefts)),
      bits: found.bits.map((bits) => scope.sliceBits(bits, rights, rights + lefts)),
    };
  });
}

/** Bits of left rows in the rows of their partners on the right, zeros in rows that are no one's. Of a matching that is `once`. Nine rounds. */
export async function partnersOf(mpc: Mpc, { rights, sorted }: Matching, rows: Bits): Promise<Bits> {
  if (sorted === null) return mpc.constantBits(0n, rows.planes, rights);
  if (!("pairs" in sorted)) throw new TypeError("a right row may be the partner of many");
  const { order, pairs } = sorted;
  return mpc.scope(async (scope) => {
    const column = scope.concatenateBits([scope.constantBits(0n, rows.planes, rights), rows]);
    const moved = await applyOrder(scope, order, { vectors: [], bits: [column] });
    const paired = await scope.andEach(moved.bits[0]!, pairs);
    const up = scope.concatenateBits([
      scope.sliceBits(paired, 1, paired.length),
      scope.constantBits(0n, rows.planes, 1),
    ]);
    const { bits } = await undoOrder(scope, order, { vectors: [], bits: [up] });
    return scope.sliceBits(bits[0]!, 0, rights);
  });
}

/** All that is secret in a matching, to be let go of. */
export function secretsOf({ sorted }: Matching): Secret[] {
  if (sorted === null) return [];
  if ("pairs" in sorted) return [sorted.order.permutation, sorted.pairs];
  return [sorted.order.permutation, sorted.carriers.permutation, sorted.valid];
}

/** Right columns in the rows of both tables, moved from each right row to the left row behind it, where that is its partner's. */
async function pairedWith(mpc: Mpc, { order, pairs }: Once, columns: Columns): Promise<MovedColumns> {
  const both = inBoth(mpc, columns, order.length);
  const [sorted, [factor]] = (await mpc.parallel<MovedColumns | Vector[]>([
    (task) => applyOrder(task, order, both),
    async (task) => (columns.vectors.length === 0 ? [] : task.inject(pairs, 64)),
  ])) as [MovedColumns, Vector[]];
  const behind = await mpc.parallel<Vector | Bits>([
    ...sorted.vectors.map((vector) => (task: Mpc) => task.multiply(shiftedDown(task, vector), factor!)),
    ...sorted.bits.map((bits) => (task: Mpc) => task.andEach(shiftedDown(task, bits), pairs)),
  ]);
  const vectors = behind.slice(0, sorted.vectors.length) as Vector[];
  return undoOrder(mpc, order, { vectors, bits: behind.slice(sorted.vectors.length) as Bits[] });
}

/** Right columns carried to all left rows of their keys. */
async function carriedTo(
  mpc: Mpc,
  { order, carriers, valid }: Many,
  { vectors, bits }: Columns,
): Promise<MovedColumns> {
  const numbers = await mpc.parallel(bits.map((column) => (task: Mpc) => task.inject(column, 64)));
  const columns = [...vectors, ...numbers.flat()];
  const sorted = await applyOrder(mpc, order, inBoth(mpc, { vectors: columns, bits: [] }, order.length));
  const marked = await applyOrder(mpc, carriers, { vectors: sorted.vectors, bits: [] });
  const carried = await carry(mpc, carriers, marked.vectors, valid);
  const back = await undoOrder(mpc, order, { vectors: carried, bits: [] });
  const planes = await mpc.parallel(
    back.vectors.slice(vectors.length).map((vector) => (task: Mpc) => toBits(task, vector, 1)),
  );
  const starts = bits.map((_, column) => bits.slice(0, column).reduce((sum, before) => sum + before.planes, 0));
  return {
    vectors: back.vectors.slice(0, vectors.length),
    bits: bits.map((column, index) => mpc.stack(planes.slice(starts[index], starts[index]! + column.planes))),
  };
}

/** Right columns with zeros in the rows of the left table behind them. */
function inBoth(mpc: Mpc, { vectors, bits }: Columns, length: number): Columns {
  return {
    vectors: vectors.map((vector) => padded(mpc, vector, length)),
    bits: bits.map((column) =>
      mpc.concatenateBits([column, mpc.constantBits(0n, column.planes, length - column.length)]),
    ),
  };
}

/** Row i: whether all planes but the first are as in row i - 1; the first row 0. Two rows at least. */
async function equalToPrevious(mpc: Mpc, rows: Bits): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const keys = scope.planes(
      rows,
      Array.from({ length: rows.planes - 1 }, (_, plane) => plane + 1),
    );
    const differ = scope.xor(scope.sliceBits(keys, 1, keys.length), scope.sliceBits(keys, 0, keys.length - 1));
    const same = await andTree(scope, not(scope, differ));
    return scope.concatenateBits([scope.constantBits(0n, 1, 1), same]);
  });
}
