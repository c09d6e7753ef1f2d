/** What a party does to its shares of vectors alone, without a message: everything linear (ePrint 2020/1330). */
import type { RingBits } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { viewBytes } from "../../math/words.ts";
import { type Context, newVector, strideOf } from "./context.ts";
import { ReplicatedVector, sharesOf } from "./values.ts";

export function add<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  b: ReplicatedVector<Word>,
): ReplicatedVector<Word> {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].add(out.at[j], a.at[j], b.at[j], a.length);
  return out;
}

export function subtract<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  b: ReplicatedVector<Word>,
): ReplicatedVector<Word> {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].subtract(out.at[j], a.at[j], b.at[j], a.length);
  return out;
}

export function multiplyPublic<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  value: bigint,
): ReplicatedVector<Word> {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].multiplyWord(out.at[j], a.at[j], value, a.length);
  return out;
}

/** The other shares stay where they are. */
function withPublicShare<Word extends RingBits>(
  { held, publicShare, arena }: Context,
  a: ReplicatedVector<Word>,
  write: (out: number, share: number) => void,
): ReplicatedVector<Word> {
  if (!held.includes(publicShare)) return new ReplicatedVector(a.word, a.length, a.at, a.regions);
  const region = arena.take(strideOf((a.length * a.word) / 8));
  write(region.pointer, a.at[publicShare]);
  const at = sharesOf(held, (j) => (j === publicShare ? region.pointer : a.at[j]));
  return new ReplicatedVector(a.word, a.length, at, [region, ...a.regions]);
}

export function addPublic<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  value: bigint,
): ReplicatedVector<Word> {
  return withPublicShare(context, a, (out, share) => context.rings[a.word].addWord(out, share, value, a.length));
}

/** Public 64-bit words in the heap as elements of a ring, sign-extended; to be freed with the scope. */
export function publicWords({ heap, arena }: Context, words: BigUint64Array, word: RingBits): number {
  const narrow = arena.take(strideOf(words.byteLength));
  heap.write(narrow.pointer, viewBytes(words));
  if (word === 64) return narrow.pointer;
  const wide = arena.take(strideOf((word / 64) * words.byteLength));
  heap.loops.resize(wide.pointer, word / 64, narrow.pointer, 1, 1, words.length);
  arena.free(narrow);
  return wide.pointer;
}

export function addPublicWords<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  words: BigUint64Array,
): ReplicatedVector<Word> {
  const pointer = publicWords(context, words, a.word);
  return withPublicShare(context, a, (out, share) => context.rings[a.word].add(out, share, pointer, a.length));
}

export function multiplyPublicWords<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  words: BigUint64Array,
): ReplicatedVector<Word> {
  const pointer = publicWords(context, words, a.word);
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].multiply(out.at[j], a.at[j], pointer, a.length);
  return out;
}

export function constants<Word extends RingBits>(
  context: Context,
  words: BigUint64Array,
  word: Word,
): ReplicatedVector<Word> {
  return addPublicWords(context, newVector(context, word, words.length, true), words);
}

export function constant<Word extends RingBits>(
  context: Context,
  value: bigint,
  length: number,
  word: Word,
): ReplicatedVector<Word> {
  return addPublic(context, newVector(context, word, length, true), value);
}

export function sum<Word extends RingBits>(context: Context, a: ReplicatedVector<Word>): ReplicatedVector<Word> {
  const out = newVector(context, a.word, 1, true);
  for (const j of context.held) context.rings[a.word].accumulateSum(out.at[j], a.at[j], a.length);
  return out;
}

export function prefixSum<Word extends RingBits>(context: Context, a: ReplicatedVector<Word>): ReplicatedVector<Word> {
  const out = newVector(context, a.word, a.length);
  for (const j of context.held) context.rings[a.word].prefixSum(out.at[j], a.at[j], a.length);
  return out;
}

export function broadcast<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  length: number,
): ReplicatedVector<Word> {
  const out = newVector(context, a.word, length);
  for (const j of context.held) context.rings[a.word].fill(out.at[j], a.at[j], length);
  return out;
}

/** At least one vector. */
export function concatenate<Word extends RingBits>(
  context: Context,
  vectors: readonly ReplicatedVector<Word>[],
): ReplicatedVector<Word> {
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
export function slice<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  from: number,
  to: number,
): ReplicatedVector<Word> {
  const at = sharesOf(context.held, (j) => a.at[j] + (from * a.word) / 8);
  return new ReplicatedVector(a.word, to - from, at, a.regions);
}

export function gather<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector<Word>,
  indices: Uint32Array,
): ReplicatedVector<Word> {
  const { arena, heap, held } = context;
  const list = arena.take(strideOf(indices.byteLength));
  heap.write(list.pointer, new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength));
  const out = newVector(context, a.word, indices.length);
  for (const j of held) context.rings[a.word].gather(out.at[j], a.at[j], list.pointer, indices.length);
  arena.free(list);
  return out;
}

/** The low bits of each element. */
export function narrow<Word extends RingBits>(
  context: Context,
  a: ReplicatedVector,
  word: Word,
): ReplicatedVector<Word> {
  const out = newVector(context, word, a.length);
  for (const j of context.held) context.heap.loops.resize(out.at[j], word / 64, a.at[j], a.word / 64, 0, a.length);
  return out;
}

/** Shares from outside the heap, as words of this ring. */
export function importShares<Word extends RingBits>(
  context: Context,
  word: Word,
  length: number,
  share: (j: PartyId) => BigUint64Array,
): ReplicatedVector<Word> {
  const out = newVector(context, word, length);
  for (const j of context.held) context.heap.write(out.at[j], viewBytes(share(j)));
  return out;
}

/** A party's shares as a view of the heap: the words of an element one after another, the lowest first. */
export function shareWords({ heap }: Context, { at, word, length }: ReplicatedVector, j: PartyId): BigUint64Array {
  return heap.words(at[j], (length * word) / 64);
}
