/** What every implementation of `Mpc` asks of its operands. Each throws ProtocolError InvalidOperand. */
import { ProtocolError } from "./errors.ts";
import type { Bits, Truncation, Vector, WordBits } from "./mpc.ts";

function refuse(message: string): never {
  throw new ProtocolError("InvalidOperand", message);
}

export function requireRows({ length }: { readonly length: number }, rows: number): void {
  if (length !== rows) refuse(`a column of ${length} rows was given where ${rows} are expected`);
}

export function requirePlanes(planes: number, expected: number): void {
  if (planes !== expected) refuse(`${planes} columns or planes were given where ${expected} are expected`);
}

export function requireWord({ word }: Vector, expected: WordBits): void {
  if (word !== expected) refuse(`elements of ${word} bits were given where ${expected} are expected`);
}

/** Vectors that combine row by row. */
export function requireSame(a: Vector, b: Vector): void {
  requireWord(b, a.word);
  requireRows(b, a.length);
}

export function requireBits(a: Bits, b: Bits): void {
  requirePlanes(b.planes, a.planes);
  requireRows(b, a.length);
}

/** At least one column, all of one word where they have words. */
export function requireColumns(columns: readonly (Vector | Bits)[]): void {
  const [first] = columns;
  if (first === undefined) refuse("at least one column is needed");
  for (const column of columns)
    if (first.kind === "vector" && column.kind === "vector") requireWord(column, first.word);
}

/** 0 ≤ from ≤ to ≤ length */
export function requireIndices(length: number, from: number, to: number): void {
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= length) return;
  refuse(`[${from}, ${to}) is not within 0 to ${length}`);
}

/** A number of rows, or of anything else that may be missing altogether. */
export function requireLength(length: number): void {
  if (!Number.isSafeInteger(length) || length < 0) refuse(`${length} is not a number of rows`);
}

/** How many planes are wanted. */
export function requirePlaneCount(planes: number, least: number, most: number): void {
  if (Number.isInteger(planes) && planes >= least && planes <= most) return;
  refuse(`${planes} planes were asked for where ${least} to ${most} are possible`);
}

export function requireShape(
  a: Vector,
  b: Vector,
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
): void {
  for (const dimension of [rows, inner, columns]) requireLength(dimension);
  requireWord(b, a.word);
  requireRows(a, rows * inner);
  requireRows(b, inner * columns);
}

/** @throws ProtocolError InvalidShift */
export function requireShift({ value, bits }: Truncation): void {
  if (Number.isInteger(bits) && bits >= 0 && bits <= value.word - 2) return;
  throw new ProtocolError("InvalidShift", `cannot truncate by ${bits} bits; 0 to ${value.word - 2} are possible`);
}

/** The public `indices` of [0, length). */
export function requireEachIndex(length: number, indices: Uint32Array): void {
  // By position, not `of`: six times faster, and of some columns this is most of what is done.
  for (let row = 0; row < indices.length; row++) {
    if (indices[row]! >= length) refuse(`row ${indices[row]} was asked for of ${length} rows`);
  }
}
