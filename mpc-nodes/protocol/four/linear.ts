/** What a party does to its shares of vectors alone, without a message: everything linear (ePrint 2020/1330). */
import type { WordBits } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { viewBytes } from "../../math/words.ts";
import { type Context, newVector, strideOf } from "./context.ts";
import { FourVector, type Shares, sharesOf } from "./values.ts";

/** The share that absorbs public constants: every party but 0 holds it and adds the same constant. */
const PUBLIC_SHARE: PartyId = 0;

export function add(context: Context, a: FourVector, b: FourVector): FourVector {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].add(out.at[j], a.at[j], b.at[j], a.length);
  return out;
}

export function subtract(context: Context, a: FourVector, b: FourVector): FourVector {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].subtract(out.at[j], a.at[j], b.at[j], a.length);
  return out;
}

export function multiplyPublic(context: Context, a: FourVector, value: bigint): FourVector {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].multiplyWord(out.at[j], a.at[j], value, a.length);
  return out;
}

/** The other shares stay where they are. */
function withPublicShare(context: Context, a: FourVector, write: (out: number, share: number) => void): FourVector {
  if (context.party === PUBLIC_SHARE) return new FourVector(a.word, a.length, a.at, a.regions);
  const region = context.arena.take(strideOf((a.length * a.word) / 8));
  write(region.pointer, a.at[PUBLIC_SHARE]);
  const at = sharesOf(context.party, (j) => (j === PUBLIC_SHARE ? region.pointer : a.at[j]));
  return new FourVector(a.word, a.length, at, [region, ...a.regions]);
}

export function addPublic(context: Context, a: FourVector, value: bigint): FourVector {
  return withPublicShare(context, a, (out, share) => context.rings[a.word].addWord(out, share, value, a.length));
}

/** Public 64-bit words in the heap as elements of a ring, sign-extended; to be freed with the scope. */
function publicWords(context: Context, words: BigUint64Array, word: WordBits): number {
  const { heap, arena } = context;
  const narrow = arena.take(strideOf(words.byteLength));
  heap.write(narrow.pointer, viewBytes(words));
  if (word === 64) return narrow.pointer;
  const wide = arena.take(strideOf(2 * words.byteLength));
  heap.loops.widen128(wide.pointer, narrow.pointer, 1, words.length);
  arena.free(narrow);
  return wide.pointer;
}

export function addPublicWords(context: Context, a: FourVector, words: BigUint64Array): FourVector {
  const pointer = publicWords(context, words, a.word);
  return withPublicShare(context, a, (out, share) => context.rings[a.word].add(out, share, pointer, a.length));
}

export function multiplyPublicWords(context: Context, a: FourVector, words: BigUint64Array): FourVector {
  const pointer = publicWords(context, words, a.word);
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].multiply(out.at[j], a.at[j], pointer, a.length);
  return out;
}

export function constants(context: Context, words: BigUint64Array, word: WordBits): FourVector {
  return addPublicWords(context, newVector(context, word, words.length, true), words);
}

export function constant(context: Context, value: bigint, length: number, word: WordBits): FourVector {
  return addPublic(context, newVector(context, word, length, true), value);
}

export function sum(context: Context, a: FourVector): FourVector {
  const out = newVector(context, a.word, 1, true);
  for (const j of context.held) context.rings[a.word].accumulateSum(out.at[j], a.at[j], a.length);
  return out;
}

export function prefixSum(context: Context, a: FourVector): FourVector {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].prefixSum(out.at[j], a.at[j], a.length);
  return out;
}

export function broadcast(context: Context, a: FourVector, length: number): FourVector {
  const out = newVector(context, a.word, length);
  for (const j of context.held) context.rings[a.word].fill(out.at[j], a.at[j], length);
  return out;
}

/** At least one vector. */
export function concatenate(context: Context, vectors: readonly FourVector[]): FourVector {
  const { word } = vectors[0]!;
  const bytes = word / 8;
  const out = newVector(
    context,
    word,
    vectors.reduce((total, { length }) => total + length, 0),
  );
  let offset = 0;
  for (const { at, length } of vectors) {
    for (const j of context.held) context.heap.copy(out.at[j] + offset, at[j], length * bytes);
    offset += length * bytes;
  }
  return out;
}

/** A view of the same memory. */
export function slice(context: Context, a: FourVector, from: number, to: number): FourVector {
  const at = sharesOf(context.party, (j) => a.at[j] + (from * a.word) / 8);
  return new FourVector(a.word, to - from, at, a.regions);
}

export function gather(context: Context, a: FourVector, indices: Uint32Array): FourVector {
  const { arena, heap, held } = context;
  const list = arena.take(strideOf(indices.byteLength));
  heap.write(list.pointer, new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength));
  const out = newVector(context, a.word, indices.length);
  for (const j of held) context.rings[a.word].gather(out.at[j], a.at[j], list.pointer, indices.length);
  arena.free(list);
  return out;
}

export function narrow(context: Context, a: FourVector): FourVector {
  const out = newVector(context, 64, a.length);
  for (const j of context.held) context.heap.loops.narrow128(out.at[j], a.at[j], a.length);
  return out;
}

/** Shares from outside the heap, as words of this ring. */
export function importShares(
  context: Context,
  word: WordBits,
  length: number,
  share: (j: PartyId) => BigUint64Array,
): FourVector {
  const out = newVector(context, word, length);
  for (const j of context.held) context.heap.write(out.at[j], viewBytes(share(j)));
  return out;
}

/** A party's shares as a view of the heap: `length` elements of two words each for Z_2^128. */
export function shareWords(
  context: Context,
  { at, word, length }: { at: Shares; word: WordBits; length: number },
  j: PartyId,
): BigUint64Array {
  return context.heap.words(at[j], (length * word) / 64);
}
