/**
 * Whether words lie within a public range, right for every 64-bit word: programs compare numbers whose range is proven, so that a
 * difference has the sign that it should; here the words are whatever a seller has shared.
 *
 * With u = x − minimum mod 2^64, read as an unsigned number, x is within the range where u ≤ w = maximum − minimum. Let s be the top
 * bit of u and t that of w − u = maximum − x. If w < 2^63, x is within where neither is set: s says u ≥ 2^63 > w, and without s both
 * u and w are below 2^63, so t is the sign of their difference. If w ≥ 2^63, x is within unless both are set: without s, u < 2^63 ≤ w,
 * and with it t is the sign of (w − 2^63) − (u − 2^63).
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { andTree } from "./and-tree.ts";
import { topBit } from "./compare.ts";

/** Signed words, inclusive: −2^63 ≤ minimum ≤ maximum < 2^63. */
export interface WordRange {
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/** Words that are compared at once, with both ends of their range: some 500 bytes of memory each. */
export const WORDS_AT_ONCE = 131_072;

/**
 * 1 in the rows in which every column is within its range. Ten rounds and one for each doubling of the columns, once for each
 * `wordsAtOnce` words.
 * @param columns of 64-bit words, at least one; equal lengths
 * @param ranges one for each column
 */
export function rowsWithin(
  mpc: Mpc,
  columns: readonly Vector[],
  ranges: readonly WordRange[],
  wordsAtOnce = WORDS_AT_ONCE,
): Promise<Bits> {
  const rows = columns[0]!.length;
  // Rows of whole words of bits, so that what is found is put together without shifting.
  const step = Math.max(64, 64 * Math.floor(wordsAtOnce / (64 * columns.length)));
  return mpc.scope(async (scope) => {
    const parts: Bits[] = [];
    for (let from = 0; from < rows || from === 0; from += step) {
      const to = Math.min(rows, from + step);
      parts.push(await chunkWithin(scope, columns, ranges, from, to));
    }
    return scope.concatenateBits(parts);
  });
}

/** A plane for rows [from, to). */
function chunkWithin(
  mpc: Mpc,
  columns: readonly Vector[],
  ranges: readonly WordRange[],
  from: number,
  to: number,
): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const words = columns.map((column) => scope.slice(column, from, to));
    const below = words.map((word, index) => scope.addPublic(word, -ranges[index]!.minimum));
    const above = words.map((word, index) => scope.addPublic(scope.negate(word), ranges[index]!.maximum));
    const tops = await topBit(scope, scope.concatenate([...below, ...above]));
    const [s, t] = [planesOf(scope, tops, 0, words), planesOf(scope, tops, columns.length, words)];
    // Narrow ranges: neither; wide ones: not both.
    const narrow = maskOf(ranges, ({ minimum, maximum }) => maximum - minimum < 1n << 63n);
    const wide = maskOf(ranges, ({ minimum, maximum }) => maximum - minimum >= 1n << 63n);
    const both = await scope.and(scope.xorPublic(s, narrow), scope.xorPublic(t, narrow));
    return andTree(scope, scope.xorPublic(both, wide));
  });
}

/** Column by column one plane, of those that stand behind one another from column `first` on. */
function planesOf(mpc: Mpc, bits: Bits, first: number, words: readonly Vector[]): Bits {
  return mpc.stack(
    words.map(({ length }, index) => mpc.sliceBits(bits, (first + index) * length, (first + index + 1) * length)),
  );
}

/** Bit j is set where range j is of the kind. */
function maskOf(ranges: readonly WordRange[], isOfKind: (range: WordRange) => boolean): bigint {
  return ranges.reduce((mask, range, index) => (isOfKind(range) ? mask | (1n << BigInt(index)) : mask), 0n);
}
