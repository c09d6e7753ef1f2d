/** What the disclosure statement says of several tables: which columns make a dataset one of which, and what rows are brought together by. */
import { describeColumn } from "./print.ts";
import type { FlatProgram } from "./program.ts";
import { describeTable, inputName, tablesOf } from "./tables.ts";

/** The columns that are read, by table. */
export function columnSections(program: FlatProgram): string[][] {
  const read = new Set(program.instructions.flatMap((step) => ("column" in step ? [inputName(step)] : [])));
  return tablesOf(program).map(({ name: table, columns }) => [
    program.tables === undefined
      ? "It reads these columns, of every row of every dataset in the pool:"
      : `It reads these columns of ${describeTable(table)}, of every row of every dataset that has them:`,
    ...columns.map((column) => {
      const isRead = read.has(inputName({ column: column.name, table }));
      return `- ${describeColumn(column)}${isRead ? "" : " (must be present, is not read)"}`;
    }),
  ]);
}

/** @param sources for every value the columns that it depends on */
export function matchSection(
  { instructions, protection }: FlatProgram,
  types: readonly { readonly table?: string; readonly partners?: string }[],
  sources: readonly ReadonlySet<string>[],
): string[] {
  const lines = instructions.flatMap((step, index) => {
    if (step.op !== "match") return [];
    const { table, partners } = types[index];
    const [left, right] = [step.left, step.right].map((keys) => {
      return [...new Set(keys.flatMap((key) => [...sources[key]]))].sort().join(", ");
    });
    const many = step.once
      ? "each row is the partner of one at most"
      : "one row may be the partner of many, so that figures of many rows may be of one";
    return [
      `- rows of ${describeTable(table)}, by ${left}, with rows of ${describeTable(partners)}, by ${right}; ${many}`,
    ];
  });
  if (lines.length === 0) return [];
  return [
    "It joins tables in secret, on equal keys. Which rows find a partner, and how many do, is told by nothing but the numbers below:",
    ...new Set(lines),
    ...(protection === undefined
      ? [
          "Who buys, and sells rows that are made up for your keys, may read off the numbers what your rows with these keys have.",
        ]
      : []),
  ];
}

/** How public sizes and the protection of groups look if there are several tables. */
export function tablesProtection({ tables }: Pick<FlatProgram, "tables">, matched: boolean): string[] {
  if (tables === undefined || !matched) return [];
  return [
    "- A group's partners in further tables are held against the same minimum: if they are of too few sellers, or too much of one, or the rows",
    "  there that are partners of no group are too few, the group is suppressed as well.",
  ];
}
