/**
 * Bits as numbers. b = B_p ⊕ B_q ⊕ B_r, where B_j is share j of the bit, as a number that stands in share j alone: the two that hold
 * it know it. With u ⊕ v = u + v·(1 − 2u), and the MAC of v·(1 − 2u) from that of u: five elements a bit and party, three rounds.
 * A party that lies about a bit that it knows adds something to a product, which the MACs find.
 */
import type { PartyId } from "../../math/party.ts";
import type { WordBits } from "../mpc.ts";
import { newVector } from "../replicated/context.ts";
import { type ReplicatedBits, releaseRegions, type Shares } from "../replicated/values.ts";
import { keyProduct } from "./authenticate.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { concatenate, slice, sum } from "./linear.ts";
import { resharePart } from "./reshare.ts";
import { macBits, ThreeVector } from "./values.ts";

/** A number and its MAC, both to be had. */
type Authentic = ThreeVector & { readonly mac: NonNullable<ThreeVector["mac"]> };

/** All rows of all planes in one vector, plane by plane. */
export async function injectAll(
  context: ThreeContext,
  parts: readonly ReplicatedBits[],
  word: WordBits,
): Promise<ThreeVector> {
  const [p, q, r] = context.circle.active;
  const numbers = new BitNumbers(context, parts, word);
  return withTemporaries(context, async (temporary) => {
    let total = await numbers.alone(temporary, p);
    for (const j of [q, r]) {
      const next = await numbers.exclusiveOr(temporary, total, j);
      for (const region of total.regions) temporary.arena.free(region);
      total = next;
    }
    return total;
  });
}

export async function inject(context: ThreeContext, bits: ReplicatedBits, word: WordBits): Promise<ThreeVector[]> {
  const all = await injectAll(context, [bits], word);
  const planes = Array.from({ length: bits.planes }, (_, plane) =>
    slice(context, all, plane * bits.length, (plane + 1) * bits.length),
  );
  // Each plane refers to it by itself.
  releaseRegions(all.regions);
  return planes;
}

/** As the sums of `inject`. */
export async function count(context: ThreeContext, bits: ReplicatedBits, word: WordBits): Promise<ThreeVector> {
  return withTemporaries(context, async (temporary) => {
    const planes = await inject(temporary, bits, word);
    return concatenate(
      temporary,
      planes.map((plane) => sum(temporary, plane)),
    );
  });
}

/** The bits of some columns as numbers, made piece by piece where they are needed. */
class BitNumbers {
  readonly #context: ThreeContext;
  readonly #word: WordBits;
  /** Where each plane begins among all rows. */
  readonly #planes: readonly { readonly bits: ReplicatedBits; readonly plane: number; readonly first: number }[];
  readonly #rows: number;

  constructor(context: ThreeContext, parts: readonly ReplicatedBits[], word: WordBits) {
    this.#context = context;
    this.#word = word;
    let rows = 0;
    this.#planes = parts.flatMap((bits) =>
      Array.from({ length: bits.planes }, (_, plane) => {
        rows += bits.length;
        return { bits, plane, first: rows - bits.length };
      }),
    );
    this.#rows = rows;
  }

  get #ring() {
    return this.#context.rings[macBits(this.#word)];
  }

  /** B_j with its MAC. */
  async alone(context: ThreeContext, j: PartyId): Promise<Authentic> {
    const bits = macBits(this.#word);
    const value = newVector(context, bits, this.#rows, true);
    if (context.held.includes(j)) this.#expand(j, 0, this.#rows, value.at[j]);
    const mac = newVector(context, bits, this.#rows);
    await context.exchange(keyProduct(context, bits, this.#rows, value.at, mac.at));
    await context.pending.addMacs(context, value, mac);
    return new ThreeVector(this.#word, value, mac) as Authentic;
  }

  /** u ⊕ B_j. */
  async exclusiveOr(context: ThreeContext, u: Authentic, j: PartyId): Promise<Authentic> {
    const bits = macBits(this.#word);
    const { held, macKeys } = context;
    const [value, mac] = [newVector(context, bits, this.#rows), newVector(context, bits, this.#rows)];
    await context.exchange(
      resharePart(context, this.#ring, this.#rows, value.at, (from, to, out) =>
        this.#product(u.value.at, null, j, from, to, out),
      ),
      resharePart(context, this.#ring, this.#rows, mac.at, (from, to, out) =>
        this.#product(u.mac.at, macKeys[bits], j, from, to, out),
      ),
    );
    for (const k of held) {
      this.#ring.add(value.at[k], value.at[k], u.value.at[k], this.#rows);
      this.#ring.add(mac.at[k], mac.at[k], u.mac.at[k], this.#rows);
    }
    await context.pending.addMacs(context, value, mac);
    return new ThreeVector(this.#word, value, mac) as Authentic;
  }

  /** This party's part of B_j·(unit − 2u); `unit` is the key for MACs, and without one 1. */
  #product(u: Shares, unit: Shares | null, j: PartyId, from: number, to: number, out: number): void {
    const { heap, scratch, circle, publicShare } = this.#context;
    const { next, last } = circle;
    const { cross, add, multiplyWord, elementBytes } = this.#ring;
    const [at, rows] = [from * elementBytes, to - from];
    const [, first, second, product] = scratch;
    heap.zero(first, rows * elementBytes);
    heap.zero(second, rows * elementBytes);
    if (j === next) this.#expand(j, from, to, first);
    if (j === last) this.#expand(j, from, to, second);
    cross(out, u[next] + at, u[last] + at, first, second, rows);
    multiplyWord(out, out, -2n, rows);
    if (unit !== null) {
      cross(product, unit[next], unit[last], first, second, rows);
      add(out, out, product, rows);
    } else if (publicShare !== circle.own) {
      // A shared 1 is a 1 in the share that takes public constants.
      add(out, out, first, rows);
      if (publicShare === next) add(out, out, second, rows);
    }
  }

  /** Rows [from, to) of B_j; what lies at `out` is zero. */
  #expand(j: PartyId, from: number, to: number, out: number): void {
    const { loops } = this.#context.heap;
    const { elementBytes } = this.#ring;
    for (const { bits, plane, first } of this.#planes) {
      const [start, end] = [Math.max(from, first), Math.min(to, first + bits.length)];
      if (start >= end) continue;
      const source = bits.at[j] + plane * bits.planeWords * 8;
      loops.expandBits(out + (start - from) * elementBytes, elementBytes, source, start - first, end - start);
    }
  }
}
