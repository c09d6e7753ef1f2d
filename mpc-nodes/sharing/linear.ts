/**
 * What a party does to its shares alone, without a message: everything linear (ePrint 2020/1330). The operands stay as
 * they were. A result may be a view of an operand's memory: shares are never changed in place. Arithmetic is modulo 2^64.
 */
import { kernels } from "../kernels/active.ts";
import type { PartyId } from "../math/party.ts";
import { concatenateWords, splitWords } from "../math/words.ts";
import { SharingError } from "./errors.ts";
import { holderOf, type SharedVector, sharedVector, shareOf } from "./shared-vector.ts";

/** The share that absorbs public constants: every party but 0 holds it and adds the same constant. */
const PUBLIC_SHARE: PartyId = 0;

/** A public word in every row. */
export function publicVector(word: bigint, length: number, party: PartyId): SharedVector {
  const words = (value: bigint) => new BigUint64Array(length).fill(value);
  return sharedVector(party, length, (j) => words(j === PUBLIC_SHARE ? word : 0n));
}

/** a + b, equal lengths. */
export function add(a: SharedVector, b: SharedVector): SharedVector {
  return combine(a, b, kernels.add);
}

/** a − b, equal lengths. */
export function subtract(a: SharedVector, b: SharedVector): SharedVector {
  return combine(a, b, kernels.subtract);
}

/** −a */
export function negate(a: SharedVector): SharedVector {
  return multiplyPublic(a, -1n);
}

/** a + word, for a public word. */
export function addPublic(a: SharedVector, word: bigint): SharedVector {
  return mapShares(a, a.length, (words, j) => {
    if (j !== PUBLIC_SHARE) return words;
    const out = new BigUint64Array(a.length);
    kernels.addWord(out, words, word);
    return out;
  });
}

/** a · word, for a public word. */
export function multiplyPublic(a: SharedVector, word: bigint): SharedVector {
  return mapShares(a, a.length, (words) => {
    const out = new BigUint64Array(a.length);
    kernels.multiplyWord(out, words, word);
    return out;
  });
}

/** The sum of all rows, a vector of length 1. */
export function sum(a: SharedVector): SharedVector {
  return mapShares(a, 1, (words) => {
    const total = new BigUint64Array(1);
    kernels.accumulateSum(total, words);
    return total;
  });
}

/** A vector of length 1 repeated `length` times. */
export function broadcast(a: SharedVector, length: number): SharedVector {
  if (a.length !== 1) {
    throw new SharingError(
      "IncompatibleVectors",
      `only a vector of length 1 is broadcast, not one of length ${a.length}`,
    );
  }
  return mapShares(a, length, (words) => repeated(words, length));
}

/** One word `length` times, by doubling what is there: it never becomes a bigint, whose size would depend on it. */
function repeated(word: BigUint64Array, length: number): BigUint64Array {
  const out = new BigUint64Array(length);
  if (length > 0) out.set(word);
  for (let filled = 1; filled < length; filled *= 2) out.copyWithin(filled, 0, filled);
  return out;
}

/** The rows of all vectors, one after another. At least one vector: the empty list has no holder. */
export function concatenate(vectors: readonly SharedVector[]): SharedVector {
  const holder = commonHolder(vectors);
  if (vectors.length === 1) return vectors[0]!;
  const length = vectors.reduce((total, vector) => total + vector.length, 0);
  return sharedVector(holder, length, (j) => concatenateWords(vectors.map((vector) => shareOf(vector, j))));
}

/** The inverse of `concatenate`: consecutive pieces of the given lengths, which must add up to the whole. */
export function split(vector: SharedVector, lengths: readonly number[]): SharedVector[] {
  const holder = holderOf(vector);
  const pieces = vector.shares.map((words) => (words === null ? null : splitWords(words, lengths)));
  return lengths.map((length, piece) => sharedVector(holder, length, (j) => pieces[j]![piece]!));
}

type BinaryKernel = (out: BigUint64Array, a: BigUint64Array, b: BigUint64Array) => void;

function combine(a: SharedVector, b: SharedVector, kernel: BinaryKernel): SharedVector {
  if (a.length !== b.length) {
    throw new SharingError("IncompatibleVectors", `vectors of ${a.length} and ${b.length} rows do not combine`);
  }
  return sharedVector(commonHolder([a, b]), a.length, (j) => {
    const out = new BigUint64Array(a.length);
    kernel(out, shareOf(a, j), shareOf(b, j));
    return out;
  });
}

function mapShares(
  a: SharedVector,
  length: number,
  transform: (words: BigUint64Array, j: PartyId) => BigUint64Array,
): SharedVector {
  return sharedVector(holderOf(a), length, (j) => transform(shareOf(a, j), j));
}

function commonHolder(vectors: readonly SharedVector[]): PartyId {
  const [first, ...others] = vectors.map(holderOf);
  if (first === undefined) throw new SharingError("IncompatibleVectors", "there is no vector to concatenate");
  if (others.some((holder) => holder !== first)) {
    throw new SharingError("IncompatibleVectors", "vectors of different parties do not combine");
  }
  return first;
}
