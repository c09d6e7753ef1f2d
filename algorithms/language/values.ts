/**
 * What an algorithm's author holds while a program is traced. The types say what is secret, what a column, and of which table, what a bit, what an
 * order.
 */

/** A column of the main table, or of a further one: columns of two tables have nothing to do with each other row by row. */
export type ColumnShape = "column" | `column of ${string}`;
export type Shape = ColumnShape | "scalar";

/** A number that no node knows. */
export interface Secret<S extends Shape = Shape> {
  readonly kind: "number";
  readonly secrecy: "secret";
  readonly shape: S;
  readonly fractionBits: number;
  readonly index: number;
}

/** What a comparison gives: yes or no for each row, or once. No node knows it, and nothing can branch on it. */
export interface SecretBit<S extends Shape = Shape> {
  readonly kind: "bit";
  readonly secrecy: "secret";
  readonly shape: S;
  readonly index: number;
}

/** A number that everyone knows: a constant, a parameter, the number of rows. */
export interface Public {
  readonly kind: "number";
  readonly secrecy: "public";
  readonly shape: "scalar";
  readonly fractionBits: number;
  readonly index: number;
}

/** A secret order of the rows of a table: what `order` gives and `arrange` takes. */
export interface SecretOrder<S extends ColumnShape = "column"> {
  readonly kind: "order";
  readonly secrecy: "secret";
  readonly shape: S;
  readonly index: number;
}

/** For each row its partner among the rows of another table, if it has one: what `match` gives, `matched` and `lookUp` take. */
export interface SecretMatching<S extends ColumnShape = ColumnShape, Partner extends ColumnShape = ColumnShape> {
  readonly kind: "matching";
  readonly secrecy: "secret";
  readonly shape: S;
  readonly partnerShape: Partner;
  readonly index: number;
}

/** What a linear system gives: its unknowns, and whether they are certified. */
export interface Solution {
  readonly kind: "solution";
  readonly index: number;
  readonly size: number;
}

/** What noise gives, before it is taken apart. */
export interface NoisedScalars {
  readonly kind: "noised";
  readonly index: number;
}

/** One secret per row. */
export type SecretRows<S extends ColumnShape = "column"> = Secret<S> | SecretBit<S>;
/** What rows are sorted by: ascending, or from the greatest; bits are 0 and 1. */
export type SortKey<S extends ColumnShape = "column"> = SecretRows<S> | { readonly descending: SecretRows<S> };
/** What rows are matched by: a column, or several that must all be equal. */
export type MatchKeys<S extends ColumnShape> = SecretRows<S> | readonly [SecretRows<S>, ...SecretRows<S>[]];

/** A number. */
export type Value = Secret | Public;
export type AnyValue = Value | SecretBit | SecretOrder<ColumnShape> | SecretMatching | Solution | NoisedScalars;

/** Secret if one operand is; a column if one operand is. */
export type Combined<A extends Value, B extends Value> = A extends Public
  ? B
  : B extends Public
    ? A
    : Secret<ShapeOf<A, B>>;

export type Shaped = { readonly shape: Shape };
/** The shape of the one that is a column; else a scalar. */
export type ShapeOf<A extends Shaped, B extends Shaped> = A["shape"] extends "scalar"
  ? B["shape"]
  : B["shape"] extends "scalar"
    ? A["shape"]
    : A["shape"] & B["shape"];

/** Refuses, when compiled, what is a column of another table than A: what only a `match` brings together. */
export type WithColumn<A extends Shaped, B extends Shaped> = A["shape"] extends "scalar"
  ? unknown
  : B["shape"] extends "scalar"
    ? unknown
    : [A["shape"] & B["shape"]] extends [never]
      ? { readonly mixes: [A["shape"], B["shape"]] }
      : unknown;
/** As `WithColumn`; and one of the two at least is secret. */
export type WithSecret<A extends Value, B extends Value> = A extends Public
  ? B extends Public
    ? { readonly secrecy: "secret" }
    : unknown
  : WithColumn<A, B>;

/** What a loop begins with. */
export type Carriable = Value | SecretBit;
/** What it carries on: secrets all of them. */
export type CarriedValue<V extends Carriable> = V extends Public ? Secret<"scalar"> : V;
export type CarriedValues<V extends readonly Carriable[]> = { -readonly [K in keyof V]: CarriedValue<V[K]> };
