/**
 * Dot and matrix products: cross terms are summed before they are shared, so an element of the result costs what one multiplication
 * costs, however many products it sums (ePrint 2020/1330).
 */
import type { Region } from "../../kernels/heap.ts";
import type { PartyId } from "../../math/party.ts";
import { type Context, newVector, strideOf } from "../replicated/context.ts";
import { CROSS_TERMS, sharingPart } from "./joint-sharing.ts";
import type { FourVector } from "./values.ts";

/** Rows of a local loop between two pauses, in which other computations run. */
const ROWS_PER_PAUSE = 1_048_576;
/** Smaller matrix products do not pause: a turn of the event loop would cost more than they do. */
const PRODUCTS_PER_PAUSE = 65_536;

/** One element for each pair; all in one round. At least one pair. */
export async function dot(
  context: Context,
  pairs: readonly (readonly [FourVector, FourVector])[],
): Promise<FourVector> {
  const { held, heap, arena } = context;
  const { word } = pairs[0]![0];
  const ring = context.rings[word];
  const bytes = ring.elementBytes;
  const [a, b, c] = held as [PartyId, PartyId, PartyId];
  // Six sums a pair: three that need no message, then the cross sums of (a, b), (a, c), (b, c).
  const sums = arena.zeroed(6 * bytes * pairs.length);
  for (const [index, [x, y]] of pairs.entries()) {
    const totals = sums.pointer + index * 6 * bytes;
    for (let from = 0; from < x.length; from += ROWS_PER_PAUSE) {
      const [at, rows] = [from * bytes, Math.min(ROWS_PER_PAUSE, x.length - from)];
      ring.dotThree(totals, x.at[a] + at, x.at[b] + at, x.at[c] + at, y.at[a] + at, y.at[b] + at, y.at[c] + at, rows);
      if (from + rows < x.length) await context.pause();
    }
  }
  const length = pairs.length;
  const z = newVector(context, word, length);
  const place = (k: number, index: number) => sums.pointer + (index * 6 + k) * bytes;
  for (let index = 0; index < length; index++) {
    for (const [k, j] of held.entries()) heap.copy(z.at[j] + index * bytes, place(k, index), bytes);
  }
  await shareSums(context, z, ([i, j], from, to, out) => {
    const k = 3 + held.indexOf(i) + held.indexOf(j) - 1;
    for (let index = from; index < to; index++) heap.copy(out + (index - from) * bytes, place(k, index), bytes);
    return out;
  });
  arena.free(sums);
  return z;
}

/** Row-major matrices, rows × inner times inner × columns. */
export async function matrixProduct(
  context: Context,
  x: FourVector,
  y: FourVector,
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
): Promise<FourVector> {
  const { held, arena } = context;
  const ring = context.rings[x.word];
  const length = rows * columns;
  const z = newVector(context, x.word, length, true);
  for (const j of held) ring.matrixProduct(z.at[j], x.at[j], y.at[j], rows, inner, columns);
  const regions: Region[] = [];
  const sums = new Map<number, number>();
  for (const {
    pair: [i, j],
    roles: [{ sender, checker }],
  } of CROSS_TERMS) {
    if (context.party !== sender && context.party !== checker) continue;
    const region = arena.zeroed(strideOf(length * ring.elementBytes));
    ring.matrixProduct(region.pointer, x.at[i], y.at[j], rows, inner, columns);
    ring.matrixProduct(region.pointer, x.at[j], y.at[i], rows, inner, columns);
    regions.push(region);
    sums.set(4 * i + j, region.pointer);
    if (length * inner > PRODUCTS_PER_PAUSE) await context.pause();
  }
  await shareSums(context, z, ([i, j], from) => sums.get(4 * i + j)! + from * ring.elementBytes);
  for (const region of regions) arena.free(region);
  return z;
}

/** Row i: Σ_k x_k[i] · y_k[i], for the cost of one multiplication. */
export async function innerProducts(
  context: Context,
  x: readonly FourVector[],
  y: readonly FourVector[],
): Promise<FourVector> {
  const { held, scratch } = context;
  const { word, length } = x[0]!;
  const ring = context.rings[word];
  const bytes = ring.elementBytes;
  const z = newVector(context, word, length);
  const sharings = CROSS_TERMS.map(({ pair: [i, j], roles }) => ({
    roles,
    into: z.at,
    share(message: number, receiverShare: number, otherShare: number, mask: number, from: number, to: number) {
      const [at, rows] = [from * bytes, to - from];
      const [sum, product] = [scratch[1], scratch[2]];
      for (let k = 0; k < x.length; k++) {
        const out = k === 0 ? sum : product;
        ring.multiply(out, x[k]!.at[i] + at, y[k]!.at[j] + at, rows);
        if (k > 0) ring.add(sum, sum, product, rows);
        ring.multiply(product, x[k]!.at[j] + at, y[k]!.at[i] + at, rows);
        ring.add(sum, sum, product, rows);
      }
      ring.share(message, receiverShare, otherShare, sum, mask, rows);
    },
  }));
  const part = sharingPart(context, ring, length, sharings, (from, to) => {
    const [at, rows] = [from * bytes, to - from];
    for (const j of held) {
      ring.multiply(z.at[j] + at, x[0]!.at[j] + at, y[0]!.at[j] + at, rows);
      for (let k = 1; k < x.length; k++) {
        ring.multiply(scratch[2], x[k]!.at[j] + at, y[k]!.at[j] + at, rows);
        ring.add(z.at[j] + at, z.at[j] + at, scratch[2], rows);
      }
    }
  });
  await context.exchange(part);
  return z;
}

/** Adds a sharing of every cross sum to z. */
function shareSums(
  context: Context,
  z: FourVector,
  values: (pair: readonly [PartyId, PartyId], from: number, to: number, out: number) => number,
): Promise<void> {
  const ring = context.rings[z.word];
  const sharings = CROSS_TERMS.map(({ pair, roles }) => ({
    roles,
    into: z.at,
    share(message: number, receiverShare: number, otherShare: number, mask: number, from: number, to: number) {
      ring.share(message, receiverShare, otherShare, values(pair, from, to, context.scratch[1]), mask, to - from);
    },
  }));
  return context.exchange(sharingPart(context, ring, z.length, sharings));
}
