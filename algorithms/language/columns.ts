/** What a list of columns must keep beyond its shape, in a program as in a dataset's table schema. */
import { ProgramError, ValueError } from "./errors.ts";
import { compare } from "./rational.ts";
import type { Column, NumberColumn } from "./schema.ts";
import { columnOf, parseDecimal, wordRange } from "./words.ts";

/**
 * Names are distinct, ranges are in order and fit a word, a derived column follows from a number column above zero and is missing where
 * that is.
 */
export function checkColumns(columns: readonly Column[]): void {
  checkDistinct("column", columns);
  for (const column of columns) {
    if (column.kind === "number") {
      checkRange(column);
      checkDerivation(column, columns);
    } else if (new Set(column.categories).size !== column.categories.length) {
      throw new ProgramError("DuplicateName", `column ${column.name}: a category stands there twice`);
    }
  }
}

export function checkDistinct(what: string, items: readonly { name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name)) throw new ProgramError("DuplicateName", `two ${what}s are called ${name}`);
    seen.add(name);
  }
}

function checkRange(column: NumberColumn): void {
  try {
    wordRange(column);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const message = `column ${column.name}: the range does not fit 64-bit words with ${column.fractionBits} fraction bits`;
    throw new ProgramError("InvalidColumnRange", message);
  }
  if (compare(parseDecimal(column.minimum), parseDecimal(column.maximum)) > 0) {
    const message = `column ${column.name}: the minimum ${column.minimum} is above the maximum ${column.maximum}`;
    throw new ProgramError("InvalidColumnRange", message);
  }
}

function checkDerivation(column: NumberColumn, columns: readonly Column[]): void {
  if (column.derived === undefined) return;
  const source = columnOf({ columns: [...columns] }, column.derived.column);
  if (source?.kind !== "number" || source.derived !== undefined) {
    const message = `column ${column.name}: ${column.derived.column}, which it derives from, is no number column beside it`;
    throw new ProgramError("InvalidDerivation", message);
  }
  if (source.optional !== column.optional) {
    const message = `column ${column.name}: it must be optional if and only if ${source.name} is, for it has values where that has`;
    throw new ProgramError("InvalidDerivation", message);
  }
  if (parseDecimal(source.minimum).numerator <= 0n) {
    const message = `column ${column.name}: the logarithm of ${source.name} needs a range above zero`;
    throw new ProgramError("InvalidDerivation", message);
  }
}
