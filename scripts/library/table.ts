/** Tables of a case, as sellers bring them. */

/** Columns by their header. */
export type Table = Readonly<Record<string, readonly (string | number)[]>>;

export function rowsOf(table: Table): number {
  return Object.values(table)[0]?.length ?? 0;
}

/** Rows dealt in turn, as cards are: so that every group has rows of every seller. */
export function dealt(table: Table, sellers: number): Table[] {
  return Array.from({ length: sellers }, (_, seller) =>
    Object.fromEntries(
      Object.entries(table).map(([header, cells]) => [header, cells.filter((__, row) => row % sellers === seller)]),
    ),
  );
}

/** None of the cases' cells needs quotes. */
export function csvOf(table: Table): string {
  const columns = Object.values(table);
  const lines = Array.from({ length: rowsOf(table) }, (_, row) => columns.map((cells) => cells[row]).join(","));
  return [Object.keys(table).join(","), ...lines, ""].join("\n");
}
