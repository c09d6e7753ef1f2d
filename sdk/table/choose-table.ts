import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { describeTable, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { sourceOf } from "@sharebridge/algorithms/language/words.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { columnNameOf, type Table } from "./table.ts";

/**
 * Which of a program's tables a file is of: the one all of whose columns it has. A program of one table has only that; what a file lacks of
 * it is for the encoding to say.
 *
 * @throws SdkError MissingColumn, AmbiguousTable
 */
export function chooseTable(program: Pick<Program, "columns" | "maximumRows" | "tables">, table: Table): number {
  const tables = tablesOf(program);
  if (tables.length === 1) return 0;
  const has = new Set(table.header.flatMap((header) => [header, columnNameOf(header)]));
  const missing = tables.map(({ columns }) => [...new Set(columns.map(sourceOf))].filter((name) => !has.has(name)));
  const fitting = [...tables.keys()].filter((index) => missing[index].length === 0);
  if (fitting.length === 1) return fitting[0];
  const nameOf = (index: number) => describeTable(tables[index].name);
  if (fitting.length > 1) {
    throw new SdkError(
      "AmbiguousTable",
      `The file has all columns of ${fitting.map(nameOf).join(" and ")} of the program, and must be of one of them. Leave out the columns that only the other one asks for.`,
    );
  }
  const reasons = missing.map((names, index) => `${nameOf(index)} also asks for ${names.join(", ")}`);
  throw new SdkError(
    "MissingColumn",
    `The file is of none of the program's tables: ${reasons.join("; ")}. Its columns are: ${table.header.slice(0, 20).join(", ")}.`,
  );
}
