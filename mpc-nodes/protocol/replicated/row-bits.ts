/** Bits row by row: a word for each row and every 64 planes, so that rows can be moved. Without a message: transposition is linear. */
import { type Context, newBits, newVector, strideOf } from "./context.ts";
import { planeWords, type ReplicatedBits, type ReplicatedVector } from "./values.ts";

/** Vectors whose words' shares xor to the rows. */
export function toRows(context: Context, a: ReplicatedBits): ReplicatedVector<64>[] {
  const { heap, held, scratch } = context;
  return Array.from({ length: Math.ceil(a.planes / 64) }, (_, index) => {
    const planes = Math.min(64, a.planes - 64 * index);
    const rows = newVector(context, 64, a.length);
    const skipped = 64 * index * a.planeWords * 8;
    for (const j of held) {
      heap.loops.fromPlanes(rows.at[j], 8, a.at[j] + skipped, a.planeWords * 8, a.length, planes, scratch[1]);
    }
    return rows;
  });
}

/** The inverse of `toRows`. */
export function fromRows(
  context: Context,
  rows: readonly ReplicatedVector<64>[],
  planes: number,
  length?: number,
): ReplicatedBits {
  const { heap, held, scratch } = context;
  const out = newBits(context, planes, length ?? rows[0]!.length);
  const bytes = out.planeWords * 8;
  for (const [index, { at }] of rows.entries()) {
    const count = Math.min(64, planes - 64 * index);
    for (const j of held) {
      heap.loops.toPlanes(out.at[j] + 64 * index * bytes, bytes, at[j], 8, out.length, count, scratch[1]);
    }
  }
  return out;
}

/** Row i the low bits of words[i]. */
export function publicBits(context: Context, words: BigUint64Array, planes: number): ReplicatedBits {
  const { heap, held, publicShare, arena } = context;
  const out = newBits(context, planes, words.length, true);
  if (!held.includes(publicShare)) return out;
  const rows = arena.take(strideOf(words.byteLength));
  heap.write(rows.pointer, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  numbersToPlanes(context, out.at[publicShare], rows.pointer, 8, words.length, planes);
  arena.free(rows);
  return out;
}

/** Row i of the result is row indices[i]. */
export function gatherBits(context: Context, a: ReplicatedBits, indices: Uint32Array): ReplicatedBits {
  if (a.planes * indices.length < a.length) return gatherFew(context, a, indices);
  const { heap, held, arena, rings } = context;
  const list = arena.take(strideOf(indices.byteLength));
  heap.write(list.pointer, new Uint8Array(indices.buffer, indices.byteOffset, indices.byteLength));
  const rows = toRows(context, a);
  const moved = rows.map((row) => {
    const to = newVector(context, 64, indices.length);
    for (const j of held) rings[64].gather(to.at[j], row.at[j], list.pointer, indices.length);
    return to;
  });
  arena.free(list);
  const out = fromRows(context, moved, a.planes, indices.length);
  for (const { regions } of [...rows, ...moved]) for (const region of regions) arena.free(region);
  return out;
}

/** The same where few rows are wanted: looks at the words that hold them alone. */
function gatherFew(context: Context, a: ReplicatedBits, indices: Uint32Array): ReplicatedBits {
  const { heap, held, arena, rings, scratch } = context;
  const rows = indices.length;
  const out = newBits(context, a.planes, rows);
  const words = arena.take(strideOf(indices.byteLength));
  const factors = arena.take(strideOf(8 * rows));
  const moved = arena.take(strideOf(8 * rows));
  heap.write(words.pointer, new Uint8Array(indices.map((row) => row >>> 6).buffer));
  heap.write(factors.pointer, new Uint8Array(toTop(indices).buffer));
  for (const j of held) {
    for (let plane = 0; plane < a.planes; plane++) {
      rings[64].gather(moved.pointer, a.at[j] + plane * a.planeWords * 8, words.pointer, rows);
      rings[64].multiply(moved.pointer, moved.pointer, factors.pointer, rows);
      rings[64].shiftRight(moved.pointer, moved.pointer, 63, rows);
      const bytes = out.planeWords * 8;
      heap.loops.toPlanes(out.at[j] + plane * bytes, bytes, moved.pointer, 8, rows, 1, scratch[1]);
    }
  }
  for (const spent of [words, factors, moved]) arena.free(spent);
  return out;
}

/** 2^(63 − bit) for each row, low half first: brings the bit that the row is of its word to the top. */
function toTop(rows: Uint32Array): Uint32Array<ArrayBuffer> {
  const factors = new Uint32Array(2 * rows.length);
  for (const [i, row] of rows.entries()) {
    const shift = 63 - (row & 63);
    factors[2 * i + (shift >> 5)] = 1 << (shift & 31);
  }
  return factors;
}

/** The lowest `planes` bits of `rows` numbers, each `stride` bytes after the one before, as planes at `out`. */
export function numbersToPlanes(
  { heap, scratch }: Context,
  out: number,
  numbers: number,
  stride: number,
  rows: number,
  planes: number,
): void {
  const bytes = planeWords(rows) * 8;
  for (let first = 0; first < planes; first += 64) {
    const count = Math.min(64, planes - first);
    heap.loops.toPlanes(out + first * bytes, bytes, numbers + first / 8, stride, rows, count, scratch[1]);
  }
}

/** Bits in the clear, from plane words at `pointer`: row i as a word. */
export function rowsOfPlanes(context: Context, pointer: number, planes: number, rows: number): BigUint64Array {
  const { heap, arena, scratch } = context;
  const out = arena.take(strideOf(rows * 8));
  heap.loops.fromPlanes(out.pointer, 8, pointer, planeWords(rows) * 8, rows, planes, scratch[1]);
  const words = heap.words(out.pointer, rows).slice();
  arena.free(out);
  return words;
}
