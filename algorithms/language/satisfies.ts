/**
 * Whether a dataset can go into a program: every column that the program declares, encoded the same, in its range. Where the program takes
 * missing values, a dataset whose rows all have one will do as well.
 */

import { compare } from "./rational.ts";
import type { Column, NumberColumn, TableSchema } from "./schema.ts";
import { columnOf, parseDecimal } from "./words.ts";

export type MismatchCode =
  | "MissingColumn"
  | "WrongKind"
  | "WrongFractionBits"
  | "WrongCategories"
  | "RangeTooWide"
  | "MayBeMissing"
  | "WrongDerivation";

export interface Mismatch {
  readonly code: MismatchCode;
  readonly column: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Every reason why a table of this schema does not fit the program; empty when it does. Other columns do not matter. */
export function mismatches(schema: TableSchema, program: { readonly columns: readonly Column[] }): Mismatch[] {
  return program.columns.flatMap((wanted) => {
    const column = columnOf(schema, wanted.name);
    if (column === undefined) {
      return [{ code: "MissingColumn", column: wanted.name, message: `column ${wanted.name} is missing` } as const];
    }
    return [...comparePresence(column, wanted), ...compareColumns(column, wanted)];
  });
}

export function satisfies(schema: TableSchema, program: { readonly columns: readonly Column[] }): boolean {
  return mismatches(schema, program).length === 0;
}

function comparePresence(column: Column, wanted: Column): Mismatch[] {
  if (!column.optional || wanted.optional) return [];
  const message = `column ${wanted.name}: may lack a value; the program wants one in every row`;
  return [{ code: "MayBeMissing", column: wanted.name, message }];
}

function compareColumns(column: Column, wanted: Column): Mismatch[] {
  const mismatch = (code: MismatchCode, message: string): Mismatch[] => [
    { code, column: wanted.name, message: `column ${wanted.name}: ${message}` },
  ];
  if (wanted.kind === "category") {
    if (column.kind !== "category") return mismatch("WrongKind", "is a number; the program wants a category");
    const same =
      column.categories.length === wanted.categories.length &&
      column.categories.every((category, index) => category === wanted.categories[index]);
    const list = wanted.categories.map((category) => JSON.stringify(category)).join(", ");
    return same ? [] : mismatch("WrongCategories", `the categories must be ${list}, in this order`);
  }
  if (column.kind !== "number") return mismatch("WrongKind", "is a category; the program wants a number");
  return [
    ...(column.fractionBits === wanted.fractionBits
      ? []
      : mismatch(
          "WrongFractionBits",
          `has ${column.fractionBits} fraction bits; the program wants ${wanted.fractionBits}`,
        )),
    ...(isWithin(column, wanted)
      ? []
      : mismatch(
          "RangeTooWide",
          `declares ${column.minimum} to ${column.maximum}; the program takes ${wanted.minimum} to ${wanted.maximum}`,
        )),
    ...(column.derived?.column === wanted.derived?.column && column.derived?.function === wanted.derived?.function
      ? []
      : mismatch("WrongDerivation", `must be ${derivationText(wanted)}, and is ${derivationText(column)}`)),
  ];
}

function isWithin(column: NumberColumn, wanted: NumberColumn): boolean {
  return (
    compare(parseDecimal(column.minimum), parseDecimal(wanted.minimum)) >= 0 &&
    compare(parseDecimal(column.maximum), parseDecimal(wanted.maximum)) <= 0
  );
}

function derivationText(column: NumberColumn): string {
  return column.derived === undefined
    ? "a column of its own"
    : `the ${column.derived.function} of ${column.derived.column}`;
}
