/**
 * Between ring elements and bits. Among four parties x = a + b with a = x0 + x1, which 2 and 3 know, and b = x2 + x3, which 0 and 1
 * know: each pair shares its summand anew, in the other domain, for one element.
 */
import type { NumberRing, WordBits } from "../../kernels/rings.ts";
import { type Context, newBits, newVector, strideOf } from "../replicated/context.ts";
import { addPublic } from "../replicated/linear.ts";
import { numbersToPlanes } from "../replicated/row-bits.ts";
import { planeWords, type ReplicatedBits } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { BY_0_AND_1, BY_2_AND_3, sharingPart } from "./joint-sharing.ts";
import { acrossPart, knownSharing } from "./multiply.ts";
import { summandOf } from "./truncate.ts";
import type { FourVector } from "./values.ts";

/**
 * The summands' bits: p = a xor b costs nothing once a lies in shares 0 and 1 and b in shares 2 and 3, and g = a and b only the
 * four cross terms between them. Two rounds.
 */
export async function addends(
  context: Context,
  x: FourVector,
  planes: number,
): Promise<{ generate: ReplicatedBits; propagate: ReplicatedBits }> {
  const { party, arena } = context;
  const ring = context.rings[x.word];
  const summand = arena.take(strideOf(x.length * ring.elementBytes));
  const [u, v] = party >= 2 ? [x.at[0], x.at[1]] : [x.at[2], x.at[3]];
  ring.add(summand.pointer, u, v, x.length);
  const words = planes * planeWords(x.length);
  const transposed = arena.take(strideOf(words * 8));
  numbersToPlanes(context, transposed.pointer, summand.pointer, ring.elementBytes, x.length, planes);
  arena.free(summand);

  const propagate = newBits(context, planes, x.length, true);
  const generate = newBits(context, planes, x.length, true);
  const { bits } = context.rings;
  const values = (from: number) => transposed.pointer + from * 8;
  await context.exchange(
    sharingPart(context, bits, words, [
      knownSharing(context, bits, BY_2_AND_3, propagate.at, values),
      knownSharing(context, bits, BY_0_AND_1, propagate.at, values),
    ]),
  );
  arena.free(transposed);
  await context.exchange(acrossPart(context, bits, words, propagate.at, propagate.at, generate.at));
  return { generate, propagate };
}

/**
 * Bits as ring elements: u = b0 xor b1, known to 2 and 3, and v = b2 xor b3, known to 0 and 1, are shared as numbers; then
 * b = u + v − 2·u·v. Six elements a bit, two rounds.
 */
export async function inject(context: Context, bits: ReplicatedBits, word: WordBits): Promise<FourVector[]> {
  const { arena, held } = context;
  const ring = context.rings[word];
  const planes = Array.from({ length: bits.planes }, (_, plane) => {
    const sum = newVector(context, word, bits.length, true);
    const product = newVector(context, word, bits.length, true);
    return { plane, sum, product };
  });
  const halves = halfBits(context, bits);
  await context.exchange(
    ...planes.map(({ plane, sum }) => shareHalves(context, ring, bits, halves.pointer, plane, sum)),
  );
  arena.free(halves);
  // u lies in shares 0 and 1 of `sum`, v in shares 2 and 3.
  await context.exchange(
    ...planes.map(({ sum, product }) => acrossPart(context, ring, bits.length, sum.at, sum.at, product.at)),
  );
  for (const { sum, product } of planes) {
    for (const j of held) {
      ring.subtract(sum.at[j], sum.at[j], product.at[j], bits.length);
      ring.subtract(sum.at[j], sum.at[j], product.at[j], bits.length);
    }
    for (const region of product.regions) arena.free(region);
  }
  return planes.map(({ sum }) => sum);
}

/** Σ b over the rows, for each plane: Σ u + Σ v − 2·Σ u·v, the last a dot product. Two elements a bit, two rounds. */
export async function count(context: Context, bits: ReplicatedBits, word: WordBits): Promise<FourVector> {
  const { arena, held, heap } = context;
  const ring = context.rings[word];
  const bytes = ring.elementBytes;
  const halves = halfBits(context, bits);
  const planes = Array.from({ length: bits.planes }, (_, plane) => ({
    plane,
    sum: newVector(context, word, bits.length, true),
  }));
  await context.exchange(
    ...planes.map(({ plane, sum }) => shareHalves(context, ring, bits, halves.pointer, plane, sum)),
  );
  arena.free(halves);
  const totals = newVector(context, word, bits.planes, true);
  const products = newVector(context, word, bits.planes, true);
  for (const { plane, sum } of planes) {
    for (const j of held) ring.accumulateSum(totals.at[j] + plane * bytes, sum.at[j], bits.length);
  }
  const dots = acrossPart(
    context,
    ring,
    bits.planes,
    products.at,
    products.at,
    products.at,
    ([i, j], from, to, out) => {
      heap.zero(out, (to - from) * bytes);
      for (let plane = from; plane < to; plane++) {
        const { at } = planes[plane]!.sum;
        ring.accumulateDot(out + (plane - from) * bytes, at[i], at[j], bits.length);
      }
      return out;
    },
  );
  await context.exchange(dots);
  for (const { sum } of planes) for (const region of sum.regions) arena.free(region);
  for (const j of held) {
    ring.subtract(totals.at[j], totals.at[j], products.at[j], bits.planes);
    ring.subtract(totals.at[j], totals.at[j], products.at[j], bits.planes);
  }
  return totals;
}

/** b0 xor b1 at 2 and 3, b2 xor b3 at 0 and 1. */
function halfBits(context: Context, bits: ReplicatedBits) {
  const words = bits.planes * bits.planeWords;
  const region = context.arena.take(strideOf(words * 8));
  const [u, v] = context.party >= 2 ? [bits.at[0], bits.at[1]] : [bits.at[2], bits.at[3]];
  context.heap.loops.xor(region.pointer, u, v, words);
  return region;
}

function shareHalves(
  context: Context,
  ring: NumberRing,
  bits: ReplicatedBits,
  halves: number,
  plane: number,
  into: FourVector,
): RoundPart {
  const start = halves + plane * bits.planeWords * 8;
  const values = (from: number, to: number, out: number): number => {
    if (ring.word === 128) context.heap.zero(out, (to - from) * ring.elementBytes);
    context.heap.loops.expandBits(out, ring.elementBytes, start, from, to - from);
    return out;
  };
  return sharingPart(context, ring, bits.length, [
    knownSharing(context, ring, BY_2_AND_3, into.at, values),
    knownSharing(context, ring, BY_0_AND_1, into.at, values),
  ]);
}

/**
 * x in [−2^62, 2^62) of Z_2^64 in Z_2^128, as in `truncate.ts`: x + 2^62 = a − b + 2^64·(1 − t(a))·t(b) over the integers. Two rounds.
 */
export async function widen(context: Context, x: FourVector): Promise<FourVector> {
  const { arena, heap, held, rings } = context;
  const raised = addPublic(context, x, 1n << 62n);
  const { length } = x;
  const result = newVector(context, 128, length, true);
  const tops = newVector(context, 64, length, true);
  const product = newVector(context, 64, length, true);
  const summand = summandOf(raised.at, 8, rings[64]);
  const top = (from: number, to: number, out: number, of: "a" | "b"): number => {
    summand[of](from, to, out);
    rings[64].shiftRight(out, out, 63, to - from);
    return out;
  };
  const wide = sharingPart(context, rings[128], length, [
    knownSharing(context, rings[128], BY_2_AND_3, result.at, (from, to, out) => {
      summand.a(from, to, context.scratch[2]);
      heap.loops.widen128(out, context.scratch[2], 0, to - from);
      return out;
    }),
    knownSharing(context, rings[128], BY_0_AND_1, result.at, (from, to, out) => {
      const [, , word, element] = context.scratch;
      const rows = to - from;
      // 2^64·t(b) − b
      heap.loops.widen128(out, top(from, to, word, "b"), 0, rows);
      rings[128].multiplyWord(out, out, 1n << 64n, rows);
      summand.b(from, to, word);
      heap.loops.widen128(element, word, 0, rows);
      rings[128].subtract(out, out, element, rows);
      return out;
    }),
  ]);
  const narrow = sharingPart(context, rings[64], length, [
    knownSharing(context, rings[64], BY_2_AND_3, tops.at, (from, to, out) => top(from, to, out, "a")),
    knownSharing(context, rings[64], BY_0_AND_1, tops.at, (from, to, out) => top(from, to, out, "b")),
  ]);
  await context.exchange(wide, narrow);
  await context.exchange(acrossPart(context, rings[64], length, tops.at, tops.at, product.at));
  const carried = arena.take(strideOf(length * 16));
  for (const j of held) {
    heap.loops.widen128(carried.pointer, product.at[j], 0, length);
    rings[128].multiplyWord(carried.pointer, carried.pointer, 1n << 64n, length);
    rings[128].subtract(result.at[j], result.at[j], carried.pointer, length);
  }
  arena.free(carried);
  for (const spent of [tops, product]) for (const region of spent.regions) arena.free(region);
  return addPublic(context, result, -(1n << 62n));
}
