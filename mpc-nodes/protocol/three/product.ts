/**
 * Products with MACs (after Chida et al., CRYPTO 2018; over Z_2^k ePrint 2019/1298): z = x·y and m_z = m_x·y in the same round. What is
 * wrong with either makes m_z ≠ r·z, unless r was guessed. Sums of products cost what one product costs: they are summed before they
 * are reshared.
 */
import type { Region } from "../../kernels/heap.ts";
import type { WordBits } from "../mpc.ts";
import { newVector } from "../replicated/context.ts";
import type { Shares } from "../replicated/values.ts";
import { authenticate } from "./authenticate.ts";
import type { ThreeContext } from "./context.ts";
import { resharePart } from "./reshare.ts";
import { macBits, macOf, ThreeVector } from "./values.ts";

/** Rows of a local loop between two pauses. */
const ROWS_PER_PAUSE = 1_048_576;

type Place = (k: number) => Shares;
type Local = (from: number, to: number, out: number) => void;

/** What is multiplied: x_k with y_k, in a way that says `begin`. */
interface Product {
  readonly word: WordBits;
  /** Elements of the result. */
  readonly length: number;
  readonly x: readonly ThreeVector[];
  readonly y: readonly ThreeVector[];
  /**
   * Makes this party's parts of the result from shares of the factors, of which those of one side are MACs in one of two calls. What it
   * takes from the arena is in `regions`, to be freed.
   */
  begin(x: Place, y: Place, regions: Region[]): Promise<Local>;
}

/** All in one round, but for factors without a MAC: those get it in one round before. */
async function products(context: ThreeContext, items: readonly Product[]): Promise<ThreeVector[]> {
  // Of each pair one side carries the MAC: the left, unless only the right has one.
  const carriers = items.map(({ x, y }) => x.map((left, k) => (left.mac === null && y[k]!.mac !== null ? "y" : "x")));
  const carrying = items.flatMap(({ x, y }, index) => x.map((left, k) => (carriers[index]![k] === "x" ? left : y[k]!)));
  await authenticate(context, carrying);
  await context.pending.addFactors(context, carrying);
  const regions: Region[] = [];
  const parts = [];
  const results: ThreeVector[] = [];
  for (const [index, { word, length, x, y, begin }] of items.entries()) {
    const carrier = carriers[index]!;
    const ring = context.rings[macBits(word)];
    const [value, mac] = [0, 1].map(() => newVector(context, macBits(word), length)) as [
      ThreeVector["value"],
      ThreeVector["value"],
    ];
    const sharesOf = (of: readonly ThreeVector[]) => (k: number) => of[k]!.value.at;
    const macOr = (of: readonly ThreeVector[], side: "x" | "y") => (k: number) =>
      carrier[k] === side ? macOf(of[k]!) : of[k]!.value.at;
    const values = await begin(sharesOf(x), sharesOf(y), regions);
    const macs = await begin(macOr(x, "x"), macOr(y, "y"), regions);
    parts.push(resharePart(context, ring, length, value.at, values), resharePart(context, ring, length, mac.at, macs));
    results.push(new ThreeVector(word, value, mac));
  }
  await context.exchange(...parts);
  for (const region of regions) context.arena.free(region);
  for (const { value, mac } of results) {
    await context.pending.addMacs(context, value, mac!);
  }
  return results;
}

/** x · y, row by row, for all pairs at once; two elements a row and party. */
export function multiplyAll(
  context: ThreeContext,
  pairs: readonly (readonly [ThreeVector, ThreeVector])[],
): Promise<ThreeVector[]> {
  const { next, last } = context.circle;
  return products(
    context,
    pairs.map(([left, right]): Product => {
      const { cross, elementBytes } = context.rings[macBits(left.word)];
      return {
        word: left.word,
        length: left.length,
        x: [left],
        y: [right],
        async begin(x, y) {
          const [u, v] = [x(0), y(0)];
          return (from, to, out) => {
            const at = from * elementBytes;
            cross(out, u[next] + at, u[last] + at, v[next] + at, v[last] + at, to - from);
          };
        },
      };
    }),
  );
}

export async function multiply(context: ThreeContext, x: ThreeVector, y: ThreeVector): Promise<ThreeVector> {
  const [product] = await multiplyAll(context, [[x, y]]);
  return product!;
}

/** One element for each pair. At least one pair. */
export async function dot(
  context: ThreeContext,
  pairs: readonly (readonly [ThreeVector, ThreeVector])[],
): Promise<ThreeVector> {
  const { arena, heap } = context;
  const { next, last } = context.circle;
  const { word } = pairs[0]![0];
  const { accumulateCross, elementBytes } = context.rings[macBits(word)];
  const [result] = await products(context, [
    {
      word,
      length: pairs.length,
      x: pairs.map(([x]) => x),
      y: pairs.map(([, y]) => y),
      async begin(x, y, regions) {
        const totals = arena.zeroed(pairs.length * elementBytes);
        regions.push(totals);
        for (const [k, [{ length }]] of pairs.entries()) {
          const [u, v] = [x(k), y(k)];
          for (let from = 0; from < length; from += ROWS_PER_PAUSE) {
            const [at, rows] = [from * elementBytes, Math.min(ROWS_PER_PAUSE, length - from)];
            const total = totals.pointer + k * elementBytes;
            accumulateCross(total, u[next] + at, u[last] + at, v[next] + at, v[last] + at, rows);
            if (from + rows < length) await context.pause();
          }
        }
        return (from, to, out) => heap.copy(out, totals.pointer + from * elementBytes, (to - from) * elementBytes);
      },
    },
  ]);
  return result!;
}

/** Row i: Σ_k x_k[i] · y_k[i]. */
export async function innerProducts(
  context: ThreeContext,
  left: readonly ThreeVector[],
  right: readonly ThreeVector[],
): Promise<ThreeVector> {
  const { scratch } = context;
  const { next, last } = context.circle;
  const { word, length } = left[0]!;
  const { cross, add, elementBytes } = context.rings[macBits(word)];
  const [result] = await products(context, [
    {
      word,
      length,
      x: left,
      y: right,
      async begin(x, y) {
        return (from, to, out) => {
          const at = from * elementBytes;
          for (const k of left.keys()) {
            const [u, v] = [x(k), y(k)];
            const product = k === 0 ? out : scratch[1];
            cross(product, u[next] + at, u[last] + at, v[next] + at, v[last] + at, to - from);
            if (k > 0) add(out, out, product, to - from);
          }
        };
      },
    },
  ]);
  return result!;
}

/** Row-major matrices, rows × inner times inner × columns. */
export async function matrixProduct(
  context: ThreeContext,
  left: ThreeVector,
  right: ThreeVector,
  { rows, inner, columns }: { rows: number; inner: number; columns: number },
): Promise<ThreeVector> {
  const { arena, heap } = context;
  const { next, last } = context.circle;
  const ring = context.rings[macBits(left.word)];
  const bytes = ring.elementBytes;
  const [result] = await products(context, [
    {
      word: left.word,
      length: rows * columns,
      x: [left],
      y: [right],
      async begin(x, y, regions) {
        const [u, v] = [x(0), y(0)];
        const [sum, product] = [arena.take(inner * columns * bytes), arena.zeroed(rows * columns * bytes)];
        regions.push(sum, product);
        ring.add(sum.pointer, v[next], v[last], inner * columns);
        ring.matrixProduct(product.pointer, u[next], sum.pointer, rows, inner, columns);
        await context.pause();
        ring.matrixProduct(product.pointer, u[last], v[next], rows, inner, columns);
        await context.pause();
        return (from, to, out) => heap.copy(out, product.pointer + from * bytes, (to - from) * bytes);
      },
    },
  ]);
  return result!;
}
