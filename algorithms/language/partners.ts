/**
 * What `match` gives, in the clear.
 *
 * **Duplicates.** Of right rows with equal keys the last is the partner. Without `once` every left row of these keys has it; with `once` only the
 * first of them has, so that no right row is the partner of two left rows, and as many left rows have partners as there are keys in both tables.
 */

/** For each left row the number of its partner among the right rows, or undefined. `left` and `right`: the columns of keys. */
export function partnersOf<N>(
  left: readonly (readonly N[])[],
  right: readonly (readonly N[])[],
  once: boolean,
): (number | undefined)[] {
  const keyOf = (columns: readonly (readonly N[])[], row: number) => columns.map((column) => column[row]).join();
  const last = new Map(right[0].map((_, row) => [keyOf(right, row), row]));
  return left[0].map((_, row) => {
    const key = keyOf(left, row);
    const partner = last.get(key);
    if (once) last.delete(key);
    return partner;
  });
}
