/**
 * Optional columns in the library's programs. Those that take them are about complete cases: a row that lacks a value which they are about is in none
 * of their groups, and so counts for no figure. With required columns nothing is different, nor does anything cost more.
 */
import type { Secret, Tracer } from "../language/builder.ts";
import { ProgramError } from "../language/errors.ts";
import type { CategoryColumn, Column, NumberColumn } from "../language/schema.ts";

/** A sentence for a program's description, if rows may be left out. */
export function leftOut(...columns: readonly Column[]): string {
  const names = columns.filter((column) => column.optional).map(({ name }) => name);
  return names.length === 0 ? "" : ` Rows that lack ${names.join(" or ")} are left out.`;
}

/** A number that is summed over `completeCases`; in other rows it is 0 if it is missing. */
export function numberOf(t: Tracer, { name, optional }: NumberColumn): Secret<"column"> {
  return optional ? t.inputOr(name, "0") : t.input(name);
}

/** 1 in the rows of a category that have a value of a number, 0 in others. */
export function completeCases(t: Tracer, group: CategoryColumn, category: string, of: NumberColumn): Secret<"column"> {
  if (!of.optional) return t.indicator(group.name, category);
  return t.number(t.and(t.isCategory(group.name, category), t.present(of.name)));
}

/** For programs that count all rows: a missing category would be taken for another one. @throws ProgramError OptionalColumn */
export function requireValues(program: string, columns: readonly Column[]): void {
  const column = columns.find(({ optional }) => optional);
  if (column === undefined) return;
  throw new ProgramError("OptionalColumn", `${program} needs a value of ${column.name} in every row`);
}
