/**
 * What a table is stored as. A required column is one column of words. An optional one is two: its values, and its presence,
 * 1 in rows that have a value and 0 where it is missing. Whatever a seller may have shared, programs are proven for words in
 * these ranges and no others, and rely on nothing else: what the value is where it is missing makes no difference.
 *
 * @example
 * storedColumns([wage]).map(({ name }) => name); // ["wage", "wage.present"] if wage is optional
 */
import type { Column } from "./schema.ts";
import { sourceOf, wordRange } from "./words.ts";

export interface StoredColumn {
  readonly name: string;
  /** Least and greatest word, signed, inclusive. */
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/** In the order in which they are shared and committed to. A presence stands behind its values; a derived column has its source's. */
export function storedColumns(columns: readonly Column[]): StoredColumn[] {
  return columns.flatMap((column) => {
    const values = { name: column.name, ...wordRange(column) };
    const hasPresence = column.optional && sourceOf(column) === column.name;
    return hasPresence ? [values, { name: presenceOf(column), minimum: 0n, maximum: 1n }] : [values];
  });
}

/** The name of an optional column's presence; no declared column can have one with a point. */
export function presenceOf(column: Column): string {
  return `${sourceOf(column)}.present`;
}

/** What the SDK stores where an optional column has no value: the word of its range that is nearest to 0. Nothing hangs on it. */
export function absentWord(column: Column): bigint {
  const { minimum, maximum } = wordRange(column);
  return minimum > 0n ? minimum : maximum < 0n ? maximum : 0n;
}
