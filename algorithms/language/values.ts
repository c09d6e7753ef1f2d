/** What an algorithm's author holds while a program is traced. The types say what is secret, what a column, what a bit, what an order. */

export type Shape = "column" | "scalar";

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

/** A secret order of the rows: what `order` gives and `arrange` takes. */
export interface SecretOrder {
  readonly kind: "order";
  readonly secrecy: "secret";
  readonly shape: "column";
  readonly index: number;
}

/** What a linear system gives: its unknowns, and whether they are certified. */
export interface Solution {
  readonly kind: "solution";
  readonly index: number;
  readonly size: number;
}

/** One secret per row. */
export type SecretRows = Secret<"column"> | SecretBit<"column">;
/** What rows are sorted by: ascending, or from the greatest; bits are 0 and 1. */
export type SortKey = SecretRows | { readonly descending: SecretRows };

/** A number. */
export type Value = Secret | Public;
export type AnyValue = Value | SecretBit | SecretOrder | Solution;

/** Secret if one operand is; a column if one operand is. */
export type Combined<A extends Value, B extends Value> = A extends Public
  ? B
  : B extends Public
    ? A
    : A["shape"] | B["shape"] extends "scalar"
      ? Secret<"scalar">
      : Secret<"column">;

/** What a loop begins with. */
export type Carriable = Value | SecretBit;
/** What it carries on: secrets all of them. */
export type CarriedValue<V extends Carriable> = V extends Public ? Secret<"scalar"> : V;
export type CarriedValues<V extends readonly Carriable[]> = { -readonly [K in keyof V]: CarriedValue<V[K]> };

type Shaped = { readonly shape: Shape };
/** A column if one of them is. */
export type ShapeOf<A extends Shaped, B extends Shaped> = A["shape"] | B["shape"] extends "scalar"
  ? "scalar"
  : "column";
/** Two numbers of which one at least is secret. */
export type Pair = [Secret, Value] | [Public, Secret];
