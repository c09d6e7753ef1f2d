/**
 * Optional columns in the library's programs: they are about complete cases. A row that lacks a value of a column which a figure is about is in none of the
 * groups, or, in programs without groups, a row of zeros that is not counted. With required columns nothing is different, nor does anything cost more.
 */
import type { Public, Secret, SecretBit, Tracer } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression } from "../language/program.ts";
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

/** Which rows have a value of each of these columns; undefined if every row has. */
export function completeRows(t: Tracer, columns: readonly Column[]): SecretBit<"column"> | undefined {
  const bits = columns.filter(({ optional }) => optional).map(({ name }) => t.present(name));
  // A column and what derives from it have one presence.
  return bits.length === 0 ? undefined : [...new Set(bits)].reduce((a, b) => t.and(a, b));
}

/** The columns of a program that sums over all rows: 0 in every row that is not complete. */
export class Cases {
  readonly #t: Tracer;
  readonly #optional: ReadonlySet<string>;
  readonly #complete: { readonly bit: SecretBit<"column">; readonly number: Secret<"column"> } | undefined;

  constructor(t: Tracer, columns: readonly Column[]) {
    const bit = completeRows(t, columns);
    this.#t = t;
    this.#optional = new Set(columns.filter(({ optional }) => optional).map(({ name }) => name));
    this.#complete = bit === undefined ? undefined : { bit, number: t.number(bit) };
  }

  input(name: string): Secret<"column"> {
    return this.only(this.#optional.has(name) ? this.#t.inputOr(name, "0") : this.#t.input(name));
  }

  encoded(name: string): Secret<"column"> {
    return this.only(this.#optional.has(name) ? this.#t.encodedOr(name, "0") : this.#t.encoded(name));
  }

  indicator(name: string, category: string): Secret<"column"> {
    return this.only(this.#t.indicator(name, category));
  }

  /** A column with 0 in the other rows. */
  only(column: Secret<"column">): Secret<"column"> {
    return this.#complete === undefined ? column : this.#t.multiply(this.#complete.number, column);
  }

  /** How many rows are complete. */
  count(): Public | Secret<"scalar"> {
    return this.#complete === undefined ? this.#t.rows() : this.#t.sum(this.#complete.number);
  }

  /** The same for the reader; opened if it is not the number of all rows. */
  opened(): Expression {
    if (this.#complete === undefined) return expression.rows;
    return this.#t.output("complete_rows", this.#t.count(this.#complete.bit));
  }
}
