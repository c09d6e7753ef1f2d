/** `Arithmetic` on plain words: what every protocol must agree with, up to the freedom that truncation has. */
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Arithmetic } from "./arithmetic.ts";

/**
 * @param roundsUp which neighbour an inexact truncation gives; down if absent. Called once per element.
 */
export function clearArithmetic(roundsUp: () => boolean = () => false): Arithmetic<BigUint64Array> {
  const map = (a: BigUint64Array, value: (word: bigint, row: number) => bigint): BigUint64Array =>
    a.map((word, row) => toUnsigned(value(word, row)));
  const sum = (a: BigUint64Array): BigUint64Array =>
    BigUint64Array.of(a.reduce((total, word) => toUnsigned(total + word), 0n));
  const zip = (a: BigUint64Array, b: BigUint64Array, value: (x: bigint, y: bigint) => bigint): BigUint64Array => {
    if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} words`);
    return map(a, (word, row) => value(word, b[row]));
  };
  const truncate = (word: bigint, bits: number): bigint => {
    const signed = toSigned(word);
    const quotient = signed >> BigInt(bits);
    const exact = quotient << BigInt(bits) === signed;
    return !exact && roundsUp() ? quotient + 1n : quotient;
  };

  return {
    length: (a) => a.length,
    add: (a, b) => zip(a, b, (x, y) => x + y),
    subtract: (a, b) => zip(a, b, (x, y) => x - y),
    addPublic: (a, word) => map(a, (x) => x + word),
    multiplyPublic: (a, word) => map(a, (x) => x * word),
    sum,
    broadcast: (a, length) => new BigUint64Array(length).fill(a[0]),
    multiply: async (pairs) => pairs.map(([a, b]) => zip(a, b, (x, y) => x * y)),
    dot: async (pairs) => pairs.map(([a, b]) => sum(zip(a, b, (x, y) => x * y))),
    truncate: async (items) => items.map(({ value, bits }) => map(value, (word) => truncate(word, bits))),
  };
}
