/**
 * Ring words: elements of Z_2^64 in a `BigUint64Array`, eight little-endian bytes each on the wire, on disk and under a
 * hash. A typed array reduces modulo 2^64 by itself when a value is stored.
 */

/** Bytes of one word. */
export const WORD_BYTES = 8;

if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
  throw new Error(
    "This machine is big-endian; ring words are encoded by viewing memory, so a little-endian host is needed",
  );
}

/** The words' little-endian bytes, 8·length: the same memory, so neither may be changed while the other is in use. */
export function viewBytes(words: BigUint64Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/**
 * Words from little-endian bytes: the same memory where it is aligned to words, else a copy. So neither may be changed
 * while the other is in use.
 * @throws RangeError when the bytes are not whole words.
 */
export function viewWords(bytes: Uint8Array): BigUint64Array {
  if (bytes.byteOffset % WORD_BYTES !== 0) return decodeWords(bytes);
  return new BigUint64Array(bytes.buffer, bytes.byteOffset, wordCount(bytes));
}

/** The words' little-endian bytes in memory of their own, 8·length. */
export function encodeWords(words: BigUint64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(viewBytes(words));
}

/**
 * Words from little-endian bytes, in memory of their own.
 * @throws RangeError when the bytes are not whole words.
 */
export function decodeWords(bytes: Uint8Array): BigUint64Array<ArrayBuffer> {
  const words = new BigUint64Array(wordCount(bytes));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

function wordCount(bytes: Uint8Array): number {
  if (bytes.byteLength % WORD_BYTES !== 0) {
    throw new RangeError(`${bytes.byteLength} bytes are not whole ring words of ${WORD_BYTES} bytes`);
  }
  return bytes.byteLength / WORD_BYTES;
}

export function concatenateWords(parts: readonly BigUint64Array[]): BigUint64Array<ArrayBuffer> {
  const joined = new BigUint64Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The inverse of `concatenateWords`: consecutive pieces of the given lengths, which must add up to the whole. Views, not copies. */
export function splitWords(words: BigUint64Array, lengths: readonly number[]): BigUint64Array[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== words.length)
    throw new RangeError(`pieces of ${total} words in all do not split ${words.length} words`);
  let offset = 0;
  return lengths.map((length) => {
    offset += length;
    return words.subarray(offset - length, offset);
  });
}

/** A signed integer as a ring word (two's complement), reduced modulo 2^64. */
export function toWord(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** A ring word read as a signed integer in [−2^63, 2^63). */
export function toSigned(word: bigint): bigint {
  return BigInt.asIntN(64, word);
}
