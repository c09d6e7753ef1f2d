/**
 * A table as read: texts only. Row 1 of messages is `rows[0]`, the first row under the header. A cell that is empty, or of white space alone, has
 * no value.
 */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Most rows that the SDK reads by default; a table is held in memory while it is shared. */
export const DEFAULT_MAXIMUM_ROWS = 1_000_000;

/** Most bytes of one row, so that a missing quote does not swallow the file. */
export const MAXIMUM_ROW_BYTES = 1_048_576;

/**
 * The column name that a header stands for: lower case, everything but a-z and 0-9 as one `_`, so that "Wage (USD)" is
 * `wage_usd`. Names that start with a digit get a `c_` in front.
 */
export function columnNameOf(header: string): string {
  const name = header
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return (/^[a-z]/.test(name) ? name : `c_${name}`).slice(0, 63);
}
