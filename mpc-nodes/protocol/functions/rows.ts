/** Small things that are done to rows of tables. */
import type { Bits, Mpc, Vector, WordBits } from "../mpc.ts";
import { equal } from "./equal.ts";

/** The rows where `keep` is 1, zeros elsewhere. Three rounds. */
export async function maskRows(mpc: Mpc, keep: Bits, columns: readonly Vector[]): Promise<Vector[]> {
  if (columns.length === 0) return [];
  return mpc.scope(async (scope) => {
    const words = [...new Set(columns.map(({ word }) => word))];
    const factors = await scope.parallel(words.map((word) => async (task: Mpc) => (await task.inject(keep, word))[0]!));
    const factorOf = (word: WordBits) => factors[words.indexOf(word)]!;
    return scope.parallel(columns.map((column) => (task: Mpc) => task.multiply(column, factorOf(column.word))));
  });
}

/** Row i: whether rows i and i + 1 are equal; one row fewer than there were. At least one row. */
export async function equalToNext(mpc: Mpc, keys: Vector): Promise<Bits> {
  return mpc.scope((scope) => equal(scope, scope.slice(keys, 0, keys.length - 1), scope.slice(keys, 1, keys.length)));
}

/** Row 0, then each row less the one before. */
export function differences(mpc: Mpc, column: Vector): Vector {
  return mpc.subtract(column, shiftedDown(mpc, column));
}

/** The column and zeros behind it, `length` rows in all. */
export function padded(mpc: Mpc, column: Vector, length: number): Vector {
  return mpc.concatenate([column, mpc.constant(0n, length - column.length, column.word)]);
}

/** Row i: row i − 1; the first row 0. */
export function shiftedDown<C extends Vector | Bits>(mpc: Mpc, column: C): C;
export function shiftedDown(mpc: Mpc, column: Vector | Bits): Vector | Bits {
  const { length } = column;
  if (column.kind === "vector") {
    if (length === 0) return mpc.constant(0n, 0, column.word);
    return mpc.concatenate([mpc.constant(0n, 1, column.word), mpc.slice(column, 0, length - 1)]);
  }
  const { planes } = column;
  if (length === 0) return mpc.constantBits(0n, planes, 0);
  return mpc.concatenateBits([mpc.constantBits(0n, planes, 1), mpc.sliceBits(column, 0, length - 1)]);
}

export interface Keyed {
  /** In [0, 2^bits), elements of Z_2^64. */
  readonly keys: Vector;
  /** Rows that count; all if absent. */
  readonly valid?: Bits;
}

/** The table's own column of valid rows, or ones. */
export function validOf(mpc: Mpc, { keys, valid }: Keyed): Bits {
  return valid ?? mpc.constantBits(1n, 1, keys.length);
}
