/**
 * Missing values. No program reads an optional column as if every row had a value: it reads whether there is one (`present`), and the
 * column with a word of its choice where there is none (`inputOr`, `encodedOr`). Nodes make the latter as
 * word + presence * (stored - word): what a seller has stored where a value is missing decides nothing.
 */
import type { Carried, Instruction } from "./program.ts";
import type { Column } from "./schema.ts";
import { presenceOf } from "./stored-columns.ts";
import { declaredColumn, inputName, type Tables } from "./tables.ts";
import { decodeValue, isWord, wordRange } from "./words.ts";

/** Stands for a missing category: the index of none. */
export const NO_CATEGORY = -1n;

export function needsSubstitute({ name }: Column): string {
  return `column ${name} is optional: say what stands in for a missing value (inputOr, encodedOr), and count the rows that have one (present, presence)`;
}

/** Numbers may be any word, also one outside of the column's range; a category is one of the column's, or none. */
export function canSubstitute(column: Column, word: bigint): boolean {
  if (column.kind === "number") return isWord(word);
  return word >= NO_CATEGORY && word <= wordRange(column).maximum;
}

/** The name under which a run finds the presence of an optional column. */
export function presenceIn(
  tables: Tables,
  { column, table }: { readonly column: string; readonly table?: string | undefined },
): string {
  return inputName({ column: presenceOf(declaredColumn(tables, { column, table })), table });
}

export type Substituted = Extract<Instruction, { op: "inputOr" | "encodedOr" }>;

export function isSubstituted(instruction: Instruction | Carried): instruction is Substituted {
  return instruction.op === "inputOr" || instruction.op === "encodedOr";
}

/** In the column's own terms. */
export function substituteText(column: Column, word: bigint): string {
  return word === NO_CATEGORY && column.kind === "category" ? "no category" : decodeValue(column, word);
}
