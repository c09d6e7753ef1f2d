/**
 * The tables of a program. The main one has no name: the program's own `columns` and `maximumRows` are its. Further ones have a name, and
 * columns and a maximum of their own; what is said of one table's rows by position says nothing of another's, so that their columns meet only
 * through a `match`.
 *
 * **Which table a dataset belongs to** follows from its schema alone, so that sellers, buyers and nodes decide it alike: the one table all
 * of whose columns it has. A dataset that fits none or two is in no table and refused; a program of which one table's columns would fit
 * another as well is refused (`IndistinctTables`), for no dataset could be of that one alone. Datasets of one table are appended in the order in which
 * they joined. Every table may be empty.
 */
import { checkColumns, checkDistinct } from "./columns.ts";
import { ProgramError } from "./errors.ts";
import type { Program } from "./program.ts";
import { mismatches, satisfies } from "./satisfies.ts";
import type { Column, TableSchema } from "./schema.ts";
import { presenceOf } from "./stored-columns.ts";
import { sourceOf } from "./words.ts";

/** What says of which tables a program is. */
export type Tables = Pick<Program, "columns" | "tables">;

export interface ProgramTable {
  /** None for the main table. */
  readonly name?: string;
  readonly columns: readonly Column[];
  readonly maximumRows: number;
}

/** The rows of each table, the main one first, then the others as the program declares them. A number is enough for a program of one table. */
export type Rows = number | readonly number[];

/** The main table first, then the others in the order of the program. */
export function tablesOf({
  columns,
  maximumRows,
  tables = [],
}: Pick<Program, "columns" | "maximumRows" | "tables">): readonly ProgramTable[] {
  return [{ columns, maximumRows }, ...tables];
}

/** The columns of a table, or undefined if there is no such table. */
export function columnsOf({ columns, tables = [] }: Tables, table: string | undefined): Column[] | undefined {
  return table === undefined ? columns : tables.find(({ name }) => name === table)?.columns;
}

/** The column that an `input` or `encoded` is of. @throws ProgramError UndeclaredColumn */
export function declaredColumn(
  tables: Tables,
  { column: name, table }: { readonly column: string; readonly table?: string | undefined },
): Column {
  const column = columnsOf(tables, table)?.find((each) => each.name === name);
  if (column !== undefined) return column;
  throw new ProgramError("UndeclaredColumn", `column ${inputName({ column: name, table })} is not declared`);
}

/** Position of a table among `tablesOf`. */
export function tableNumber({ tables = [] }: Pick<Program, "tables">, table: string | undefined): number {
  return table === undefined ? 0 : 1 + tables.findIndex(({ name }) => name === table);
}

/** "the main table", "table prices". */
export function describeTable(table: string | undefined): string {
  return table === undefined ? "the main table" : `table ${table}`;
}

/** Under this name the words of a column are given to a run: names of the main table's columns have no dot in them. */
export function inputName({ column, table }: { readonly column: string; readonly table?: string | undefined }): string {
  return table === undefined ? column : `${table}.${column}`;
}

/** The inputs of all tables: each with the name that a run knows it by, and the number of its table. */
export function inputsOf(
  program: Pick<Program, "columns" | "maximumRows" | "tables">,
): readonly { readonly name: string; readonly table: number; readonly column: Column }[] {
  return tablesOf(program).flatMap(({ name: table, columns }, number) =>
    columns.map((column) => ({ name: inputName({ column: column.name, table }), table: number, column })),
  );
}

/** The words that a run is given: as `inputsOf`, and of an optional column its presence too. `stored` is its name among `storedColumns` of its table. */
export function storedInputsOf(
  program: Pick<Program, "columns" | "maximumRows" | "tables">,
): readonly { readonly name: string; readonly table: number; readonly column: Column; readonly stored: string }[] {
  const tables = tablesOf(program);
  return inputsOf(program).flatMap((input) => {
    const { column, table } = input;
    const values = { ...input, stored: column.name };
    // A derived column has its source's.
    if (!column.optional || sourceOf(column) !== column.name) return [values];
    const stored = presenceOf(column);
    return [values, { ...input, name: inputName({ column: stored, table: tables[table].name }), stored }];
  });
}

/** Check: a number of rows for each table, none above what the program is proven for. */
export function rowCounts(program: Pick<Program, "columns" | "maximumRows" | "tables">, rows: Rows): readonly number[] {
  const tables = tablesOf(program);
  const counts = typeof rows === "number" ? [rows] : rows;
  if (counts.length !== tables.length) {
    throw new ProgramError("WrongTableCount", `${counts.length} numbers of rows for ${tables.length} tables`);
  }
  counts.forEach((count, table) => {
    const { name, maximumRows } = tables[table];
    if (Number.isSafeInteger(count) && count >= 0 && count <= maximumRows) return;
    const where = tables.length === 1 ? "" : `${describeTable(name)}: `;
    throw new ProgramError("TooManyRows", `${where}${count} rows: the program is proven for 0 to ${maximumRows} rows`);
  });
  return counts;
}

/** Most rows of each table, up to `most`. */
export function largestRows(
  program: Pick<Program, "columns" | "maximumRows" | "tables">,
  most = Number.POSITIVE_INFINITY,
): readonly number[] {
  return tablesOf(program).map(({ maximumRows }) => Math.min(most, maximumRows));
}

/** Most rows that a pool can have. */
export function largestPool(program: Pick<Program, "columns" | "maximumRows" | "tables">): number {
  return largestRows(program).reduce((sum, rows) => sum + rows, 0);
}

/** Check: names are distinct, columns are well formed, and of every table there can be a dataset that is of no other. */
export function checkTables(program: Pick<Program, "columns" | "maximumRows" | "tables">): void {
  checkColumns(program.columns);
  checkDistinct("table", program.tables ?? []);
  for (const { columns } of program.tables ?? []) checkColumns(columns);
  const names = storedInputsOf(program).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new ProgramError(
      "IndistinctTables",
      `${twice} is the name of two columns: call the table or its column otherwise`,
    );
  }
  const tables = tablesOf(program);
  for (const table of tables) {
    // Who has this table's columns in these ranges and no others fits every table that anyone with these columns fits.
    const other = tables.find((each) => each !== table && satisfies({ columns: [...table.columns] }, each));
    if (other === undefined) continue;
    const message = `whatever fits ${describeTable(table.name)} fits ${describeTable(other.name)} too, so that no dataset belongs to the first alone`;
    throw new ProgramError("IndistinctTables", message);
  }
}

/** Which table a dataset belongs to, or why it belongs to none. */
export type Placement =
  | { readonly table: number }
  | {
      readonly table: undefined;
      readonly code: "SchemaMismatch" | "AmbiguousTable";
      /** What is wrong, without full stop. */
      readonly reason: string;
    };

export function placementOf(
  schema: TableSchema,
  program: Pick<Program, "columns" | "maximumRows" | "tables">,
): Placement {
  const tables = tablesOf(program);
  const problems = tables.map((table) => mismatches(schema, table).map(({ message }) => message));
  const fitting = problems.flatMap((list, table) => (list.length === 0 ? [table] : []));
  if (fitting.length === 1) return { table: fitting[0] };
  if (fitting.length === 0) {
    const reasons = problems.map((list, table) => {
      const where = tables.length === 1 ? "" : `${describeTable(tables[table].name)}: `;
      return where + list.join("; ");
    });
    return { table: undefined, code: "SchemaMismatch", reason: reasons.join(" / ") };
  }
  const names = fitting.map((table) => describeTable(tables[table].name)).join(" and ");
  const reason = `it has all columns of ${names}, and must be of one of them; leave out what the other one asks for`;
  return { table: undefined, code: "AmbiguousTable", reason };
}
