/**
 * Columns of a table: what a seller declares, what a program asks for.
 *
 * A value is encoded as a signed 64-bit word: `round(value * 2^fractionBits)` for numbers, the index into `categories`
 * for a category. Ranges are inclusive and in real units, written as decimal strings so that they are exact. In an optional
 * column a row may have no value: `stored-columns.ts`.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { canonicalJson } from "./canonical-json.ts";

export const MAX_COLUMNS = 256;
export const MAX_FRACTION_BITS = 40;
export const MAX_ROWS = 16_777_216;

const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "must be 1 to 63 of a-z, 0-9 and _, starting with a letter");
/** A decimal number in plain notation, e.g. "-12.5". */
const decimal = z.string().regex(/^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,12})?$/, "must be a plain decimal number");

/** Set if rows may lack a value, else left out: one schema has one encoding. */
const optional = z.literal(true).optional();

const numberColumn = z.strictObject({
  name,
  optional,
  kind: z.literal("number"),
  fractionBits: z.int().min(0).max(MAX_FRACTION_BITS),
  minimum: decimal,
  maximum: decimal,
  /** Computed by the SDK before sharing: the natural logarithm of another column of the same table. */
  derived: z.strictObject({ function: z.literal("log"), column: name }).optional(),
});

const categoryColumn = z.strictObject({
  name,
  optional,
  kind: z.literal("category"),
  categories: z.array(z.string().min(1).max(64)).min(1).max(256),
});

export const columnSchema = z.discriminatedUnion("kind", [numberColumn, categoryColumn]);
export const tableSchema = z.strictObject({ columns: z.array(columnSchema).min(1).max(MAX_COLUMNS) });

export type NumberColumn = z.infer<typeof numberColumn>;
export type CategoryColumn = z.infer<typeof categoryColumn>;
export type Column = z.infer<typeof columnSchema>;
export type TableSchema = z.infer<typeof tableSchema>;

/** keccak256 of the canonical encoding: what the dataset registry stores. */
export function schemaHash(schema: TableSchema): string {
  return `0x${bytesToHex(keccak_256(utf8ToBytes(canonicalJson(schema))))}`;
}
