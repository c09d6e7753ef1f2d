import { ValueError } from "@sharebridge/algorithms/language/errors.ts";
import type { Column, TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { absentWord, presenceOf, storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { encodeColumn, sourceOf, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { SdkError, type SdkErrorCode } from "../errors/sdk-error.ts";
import { columnNameOf, type Table } from "./table.ts";

/** A table as ring words: `columns[k]` is stored column k of the schema (`storedColumns`), one word per row. */
export interface EncodedTable {
  readonly schema: TableSchema;
  readonly rows: number;
  readonly columns: BigUint64Array[];
}

/**
 * Encodes a table by a schema; derived columns (logarithms) are computed here, before anything is shared. In an optional column an empty
 * cell is a missing value, and so is what derives from it; elsewhere it is refused. A header
 * matches a column when it is its name, or becomes it by `columnNameOf` ("Wage (USD)" is `wage_usd`). Columns of the
 * file that the schema does not name are left at home.
 *
 * @example
 * const { columns, rows } = encodeTable(await readCsv(text), schema);
 *
 * @throws SdkError MissingColumn, MissingValue, NotANumber, OutOfRange, UnknownCategory, LogarithmUndefined, with row
 * and column. The offending text is only in `privateText`.
 */
export function encodeTable(table: Table, schema: TableSchema): EncodedTable {
  if (table.rows.length === 0) {
    throw new SdkError("EmptyFile", "The table has no rows. A dataset needs at least one row.");
  }
  const words = new Map<string, BigUint64Array>();
  for (const column of schema.columns) {
    const index = indexOfColumn(table, schema, column);
    const texts = table.rows.map((row) => (row[index] ?? "").trim());
    if (!column.optional) words.set(column.name, encodeEvery(column, texts));
    else {
      const presence = BigUint64Array.from(texts, (text) => (text === "" ? 0n : 1n));
      words.set(column.name, encodePresent(column, texts)).set(presenceOf(column), presence);
    }
  }
  const columns = storedColumns(schema.columns).map(({ name }) => words.get(name) as BigUint64Array);
  return { schema, rows: table.rows.length, columns };
}

function encodeEvery(column: Column, texts: readonly string[]): BigUint64Array {
  const empty = texts.indexOf("");
  if (empty < 0) return encode(column, texts, (row) => row);
  throw new SdkError(
    "MissingValue",
    `${place(empty, column)} the cell is empty. Fill it or take the row out, or declare the column optional in the schema.`,
    { row: empty + 1, column: column.name },
  );
}

/** The values that there are, each in its row; elsewhere what is stored for a missing one. */
function encodePresent(column: Column, texts: readonly string[]): BigUint64Array {
  const rows = [...texts.keys()].filter((row) => texts[row] !== "");
  const encoded = encode(
    column,
    rows.map((row) => texts[row]),
    (position) => rows[position],
  );
  const words = new BigUint64Array(texts.length).fill(toUnsigned(absentWord(column)));
  for (const [position, row] of rows.entries()) words[row] = encoded[position];
  return words;
}

/** @param rowOf in which row of the table the text at a position stands */
function encode(column: Column, texts: readonly string[], rowOf: (position: number) => number): BigUint64Array {
  try {
    return encodeColumn(column, texts);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const position = error.row ?? 0;
    throw valueError(error, column, rowOf(position), texts[position]);
  }
}

/** Where a table has a column of the schema. @throws SdkError MissingColumn, AmbiguousColumn */
export function indexOfColumn(table: Table, schema: TableSchema, column: Column): number {
  const name = sourceOf(column);
  const exact = table.header.indexOf(name);
  if (exact >= 0) return exact;
  const matches = table.header.flatMap((header, index) => (columnNameOf(header) === name ? [index] : []));
  if (matches.length === 1) return matches[0];
  const derived = name === column.name ? "" : ` (from which ${column.name} is derived)`;
  if (matches.length > 1) {
    const headers = matches.map((index) => `"${table.header[index]}"`).join(" and ");
    throw new SdkError("AmbiguousColumn", `Column ${name}${derived}: ${headers} both match. Rename one of them.`, {
      column: name,
    });
  }
  const free = table.header.filter((header) => !schema.columns.some((other) => other.name === columnNameOf(header)));
  throw new SdkError(
    "MissingColumn",
    `The file has no column ${name}${derived}. Its columns that the schema does not use: ${free.slice(0, 20).join(", ") || "none"}. ` +
      `Rename one of them, or correct the schema.`,
    { column: name },
  );
}

function valueError(error: ValueError, column: Column, row: number, text: string): SdkError {
  const [code, sentence] = describe(error, column);
  return new SdkError(code, `${place(row, column)} ${sentence}`, {
    row: row + 1,
    column: column.name,
    privateText: text,
    cause: error,
  });
}

function describe(error: ValueError, column: Column): [SdkErrorCode, string] {
  if (column.kind === "category") {
    const known = column.categories.slice(0, 8).join(", ");
    const more = column.categories.length > 8 ? `, and ${column.categories.length - 8} more` : "";
    return [
      "UnknownCategory",
      `the text is not one of the column's categories (${known}${more}). Correct it, or add the category to the schema.`,
    ];
  }
  const range = `${column.minimum} to ${column.maximum}`;
  if (error.code === "NotANumber") {
    return ["NotANumber", "the cell is not a number. Write it like -12.5, without unit and thousands separators."];
  }
  if (error.code === "NotPositive") {
    return ["LogarithmUndefined", `the value of ${sourceOf(column)} has no logarithm. It must be above 0.`];
  }
  const what = column.derived === undefined ? "the value" : `the logarithm of ${column.derived.column}`;
  return [
    "OutOfRange",
    `${what} is outside the declared range ${range}. Correct the row, or declare a wider range in the schema.`,
  ];
}

function place(row: number, column: Column): string {
  return `Row ${row + 1}, column ${column.name}:`;
}
