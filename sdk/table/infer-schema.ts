import {
  type CategoryColumn,
  type Column,
  MAX_FRACTION_BITS,
  type NumberColumn,
  type TableSchema,
} from "@sharebridge/algorithms/language/schema.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { compareDecimals, type Decimal, formatDecimal, MAXIMUM_PLACES, parseDecimal, roundedAway } from "./decimal.ts";
import { columnNameOf, type Table } from "./table.ts";

/** Most distinct texts that still look like categories and not like names or notes. */
export const MAXIMUM_INFERRED_CATEGORIES = 32;

export interface InferredSchema {
  schema: TableSchema;
  /** Headers that got no column, and why. */
  leftOut: { header: string; reason: string }[];
}

/**
 * Proposes a schema for a table. A schema is public (nodes get it, its hash is on chain), so it must not tell what the
 * rows say: ranges are rounded outwards to 1, 2 or 5 times a power of ten and begin at 0 where nothing is negative;
 * categories are sorted. Read it before publishing all the same: the category names are those of the table.
 *
 * - Numbers: enough fraction bits that rounding is at most 1/32 of the last decimal place in use; whole numbers get none.
 * - Few distinct texts (at most 32, each repeated on average): categories.
 * - Columns with empty cells are optional; the schema says so, not which rows they are in.
 * - Anything else (names, notes, dates, columns without a value) is left out, with the reason.
 *
 * `wanted` are the columns of a program: their declarations are taken as they are, so that the dataset fits the program,
 * and every other column of the table is left out: what nobody computes on need not be shared.
 *
 * @example
 * const { schema, leftOut } = inferSchema(await readCsv(text), { wanted: program.columns });
 *
 * @throws SdkError NoUsableColumn, AmbiguousColumn, MissingColumn when the table lacks a wanted column
 */
export function inferSchema(table: Table, options: { wanted?: readonly Column[] } = {}): InferredSchema {
  const wanted = new Map((options.wanted ?? []).map((column) => [column.name, column]));
  const columns: Column[] = [];
  const leftOut: InferredSchema["leftOut"] = [];
  const taken = new Map<string, string>();

  table.header.forEach((header, index) => {
    const name = columnNameOf(header);
    const other = taken.get(name);
    if (other !== undefined) {
      throw new SdkError(
        "AmbiguousColumn",
        `The headers "${other}" and "${header}" would both be the column ${name}. Rename one of them.`,
      );
    }
    taken.set(name, header);
    const declared = wanted.get(name);
    if (declared !== undefined && !("derived" in declared && declared.derived !== undefined)) {
      columns.push(declared);
      return;
    }
    if (wanted.size > 0) {
      leftOut.push({ header, reason: "is not asked for by the program" });
      return;
    }
    const column = inferColumn(
      name,
      table.rows.map((row) => row[index] ?? ""),
    );
    if (typeof column === "string") leftOut.push({ header, reason: column });
    else columns.push(column);
  });

  for (const column of wanted.values()) {
    const isDerived = column.kind === "number" && column.derived !== undefined;
    if (isDerived) columns.push(column);
    else if (!columns.includes(column)) {
      throw new SdkError(
        "MissingColumn",
        `The program asks for a column ${column.name}, which the file lacks. Its columns are: ${table.header.join(", ")}. Rename one of them, or add the column.`,
      );
    }
  }
  if (columns.length === 0) {
    throw new SdkError(
      "NoUsableColumn",
      `No column of the file is a number or a category: ${leftOut.map(({ header, reason }) => `${header} ${reason}`).join("; ")}.`,
    );
  }
  return { schema: { columns }, leftOut };
}

/** The column for these cells, or why there is none. */
function inferColumn(name: string, all: readonly string[]): Column | string {
  const cells = all.map((cell) => cell.trim()).filter((cell) => cell !== "");
  if (cells.length === 0) return "has no values";
  const column = columnOfValues(name, all, cells);
  if (typeof column === "string" || cells.length === all.length) return column;
  return { ...column, optional: true };
}

/** @param cells those of `all` that are not empty */
function columnOfValues(name: string, all: readonly string[], cells: readonly string[]): Column | string {
  const numbers = cells.map(parseDecimal).filter((number) => number !== null);
  if (numbers.length === cells.length) return numberColumn(name, numbers);
  const distinct = new Set(cells);
  if (numbers.length * 2 > cells.length) {
    const first = all.findIndex((cell) => cell.trim() !== "" && parseDecimal(cell) === null);
    return `is mostly numbers, but row ${first + 1} is not a number (correct it)`;
  }
  if (distinct.size > MAXIMUM_INFERRED_CATEGORIES || (distinct.size > 2 && distinct.size * 2 > cells.length)) {
    return `has ${distinct.size} distinct texts in ${cells.length} rows: too many for categories`;
  }
  if ([...distinct].some((text) => text.length > 64)) return "has texts longer than 64 characters";
  return { name, kind: "category", categories: [...distinct].sort() } satisfies CategoryColumn;
}

function numberColumn(name: string, numbers: readonly Decimal[]): NumberColumn | string {
  const zero: Decimal = { digits: 0n, places: 0 };
  let minimum = zero;
  let maximum = zero;
  let places = 0;
  for (const number of numbers) {
    if (compareDecimals(number, minimum) < 0) minimum = number;
    if (compareDecimals(number, maximum) > 0) maximum = number;
    places = Math.max(places, number.places);
  }
  places = Math.min(places, MAXIMUM_PLACES);
  const fractionBits = places === 0 ? 0 : Math.min(MAX_FRACTION_BITS, Math.ceil(places * Math.log2(10)) + 4);
  const low = roundedAway(minimum);
  const high = roundedAway(maximum);
  // One bit of the signed 64-bit word stays free: programs that multiply or truncate need it.
  const limit: Decimal = { digits: 2n ** BigInt(62 - fractionBits), places: 0 };
  const negated: Decimal = { digits: -limit.digits, places: 0 };
  const fits = compareDecimals(high, limit) < 0 && compareDecimals(low, negated) > 0;
  if (!fits || low.places > MAXIMUM_PLACES || high.places > MAXIMUM_PLACES) {
    return "has numbers too large or too small for a 64-bit word (change its unit)";
  }
  return { name, kind: "number", fractionBits, minimum: formatDecimal(low), maximum: formatDecimal(high) };
}
