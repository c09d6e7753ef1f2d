/** Sums, differences and products of values that may be public, a scalar or a column: what of them needs no communication, and the rest. */
import { toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";

/** A number at run time: a public word in [0, 2^64), or a secret vector. */
export type NumberValue = { readonly word: bigint } | { readonly vector: Vector };

/** a + b, `length` rows if it is secret. */
export function sumOf(mpc: Mpc, a: NumberValue, b: NumberValue, length: number): NumberValue {
  if ("word" in a && "word" in b) return { word: toUnsigned(a.word + b.word) };
  if ("word" in a) return sumOf(mpc, b, a, length);
  const x = shaped(mpc, (a as { vector: Vector }).vector, length);
  return { vector: "word" in b ? mpc.addPublic(x, b.word) : mpc.add(x, shaped(mpc, b.vector, length)) };
}

/** a − b. */
export function differenceOf(mpc: Mpc, a: NumberValue, b: NumberValue, length: number): NumberValue {
  if ("word" in b) return sumOf(mpc, a, { word: toUnsigned(-b.word) }, length);
  if ("word" in a) return sumOf(mpc, { vector: mpc.negate(b.vector) }, a, length);
  return { vector: mpc.subtract(shaped(mpc, a.vector, length), shaped(mpc, b.vector, length)) };
}

/** a · b, one of which is public. */
export function publicProduct(mpc: Mpc, a: NumberValue, b: NumberValue, length: number): NumberValue {
  if ("word" in a && "word" in b) return { word: toUnsigned(a.word * b.word) };
  if ("word" in a) return publicProduct(mpc, b, a, length);
  if ("word" in b) return { vector: mpc.multiplyPublic(shaped(mpc, a.vector, length), b.word) };
  throw new TypeError("a product of secrets needs communication");
}

/** a · b, one of which is secret; a round if both are. */
export async function productOf(mpc: Mpc, a: NumberValue, b: NumberValue, length: number): Promise<Vector> {
  if ("vector" in a && "vector" in b) {
    return mpc.multiply(shaped(mpc, a.vector, length), shaped(mpc, b.vector, length));
  }
  return vectorOf(publicProduct(mpc, a, b, length));
}

export function vectorOf(value: NumberValue): Vector {
  if ("vector" in value) return value.vector;
  throw new TypeError("the value is public");
}

/** A scalar as a column of `length` rows; a column as it is. */
export function shaped(mpc: Mpc, vector: Vector, length: number): Vector {
  return vector.length === length ? vector : mpc.broadcast(vector, length);
}

/** As `shaped`, of a number that may be public. */
export function secretly(mpc: Mpc, value: NumberValue, length: number): Vector {
  return "word" in value ? mpc.constant(value.word, length, 64) : shaped(mpc, value.vector, length);
}

export function shapedBits(mpc: Mpc, bits: Bits, length: number): Bits {
  return bits.length === length ? bits : mpc.gatherBits(bits, new Uint32Array(length));
}
