import { ProtocolError } from "../errors.ts";
import type { Bits, Permutation, Vector, WordBits } from "../mpc.ts";

/** A value in the clear: one number a row, reduced modulo 2^word or 2^planes. */
export class ClearVector implements Vector {
  readonly kind = "vector";
  readonly word: WordBits;
  readonly rows: readonly bigint[];
  constructor(word: WordBits, rows: readonly bigint[]) {
    this.word = word;
    this.rows = rows.map((row) => BigInt.asUintN(word, row));
  }
  get length(): number {
    return this.rows.length;
  }
}

export class ClearBits implements Bits {
  readonly kind = "bits";
  readonly planes: number;
  readonly rows: readonly bigint[];
  constructor(planes: number, rows: readonly bigint[]) {
    this.planes = planes;
    this.rows = rows.map((row) => BigInt.asUintN(planes, row));
  }
  get length(): number {
    return this.rows.length;
  }
}

export class ClearPermutation implements Permutation {
  readonly kind = "permutation";
  readonly order: readonly number[];
  constructor(order: readonly number[]) {
    this.order = order;
  }
  get length(): number {
    return this.order.length;
  }
}

export function rowsOf(value: Vector | Bits): readonly bigint[] {
  if (value instanceof ClearVector || value instanceof ClearBits) return value.rows;
  throw new ProtocolError("InvalidOperand", `a ${value.kind} of another computation was given`);
}

export function orderOf(value: Permutation): readonly number[] {
  if (value instanceof ClearPermutation) return value.order;
  throw new ProtocolError("InvalidOperand", "a permutation of another computation was given");
}
