/**
 * Exact truncation among three (PROTOCOL 13): no failure by wrap-around, error below one unit in the last place.
 *
 * For x in [−2^(w−2), 2^(w−2)) let x' = x + 2^(w−2), in [0, 2^(w−1)), and σ_j the low w bits of its shares, as integers:
 * Σ σ_j = x' + 2^w·q. With σ_j = ⌊σ_j/2^m⌋·2^m + ρ_j and Σ ρ_j = 2^m·c + x°, where x° = x' mod 2^m,
 *
 *     ⌊x'/2^m⌋ = Σ ⌊σ_j/2^m⌋ + c − 2^(w−m)·q.
 *
 * The quotients are local. The two counts of overflows come of the top two bits τ_j of three numbers: F(τ) = ⌊(τ_0 + τ_1 + τ_2 + 2)/4⌋.
 * Of σ_j it is q: Σ τ_j is in (4q − 3, 4q + 2), as x' < 2^(w−1). Of ρ_j it is c or c + 1, as Σ τ_j is in (4c + δ − 3, 4c + δ] with
 * δ = 4x°/2^m; it is c where 2^m divides x. So the result is ⌊x/2^m⌋, or one more unless the division is exact.
 *
 * Left at that, half of all remainders would never be rounded up. So a quarter, 2^(m−2), is added to the σ_j that takes public constants (for
 * m ≥ 3, where it cannot overflow): over evenly spread remainders the mean error is zero, and it is at most three quarters.
 *
 * With l and h the lower and upper of the two bits, s their exclusive or over the shares, M their majority,
 *     Σ τ_j + 2 = s_l + 2·(M_l + s_h + 1) + 4·M_h,     so F = (M_l ∨ s_h) + M_h:
 * three ANDs and two injected bits for each of q and c.
 */
import type { PartyId } from "../../math/party.ts";
import type { WordBits } from "../mpc.ts";
import * as bits from "../replicated/bits.ts";
import { newBits, newVector, strideOf } from "../replicated/context.ts";
import { planeWords, type ReplicatedBits } from "../replicated/values.ts";
import { majorities } from "./addends.ts";
import { andAll } from "./and.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { injectAll } from "./inject.ts";
import { add, addPublic, multiplyPublic, slice } from "./linear.ts";
import { macBits, ThreeVector } from "./values.ts";

interface Item {
  readonly value: ThreeVector;
  readonly bits: number;
}

/** All items in the same rounds. */
export async function truncate(context: ThreeContext, items: readonly Item[]): Promise<ThreeVector[]> {
  return withTemporaries(context, async (temporary) => {
    const raised = items.map(({ value }) => addPublic(temporary, bare(value), 1n << BigInt(value.word - 2)));
    const asked = items.flatMap(({ value: { word }, bits: m }, index) =>
      m === 0 ? [] : [word, m].map((top) => ({ of: raised[index]!, top, word })),
    );
    const counts = await overflows(temporary, asked);
    let next = 0;
    return items.map(({ value, bits: m }, index) => {
      const { word } = value;
      if (m === 0) return slice(temporary, value, 0, value.length);
      const [q, c] = [counts[next++]!, counts[next++]!];
      const quotients = localQuotients(temporary, raised[index]!, m, word);
      const wrapped = multiplyPublic(temporary, q, -(1n << BigInt(word - m)));
      const total = add(temporary, quotients, add(temporary, c, wrapped));
      return addPublic(temporary, total, -(1n << BigInt(word - 2 - m)));
    });
  });
}

/** x in [−2^62, 2^62) of Z_2^64 as a word of 128 bits: x + 2^62 = Σ σ_j − 2^64·q over the integers. */
export async function widen(context: ThreeContext, x: ThreeVector): Promise<ThreeVector> {
  return withTemporaries(context, async (temporary) => {
    const raised = addPublic(temporary, bare(x), 1n << 62n);
    const [q] = await overflows(temporary, [{ of: raised, top: 64, word: 128 }]);
    const wrapped = multiplyPublic(temporary, q!, -(1n << 64n));
    const total = add(temporary, localQuotients(temporary, raised, 0, 128), wrapped);
    return addPublic(temporary, total, -(1n << 62n));
  });
}

/** The value alone: of its shares something is made that its MAC says nothing of. */
function bare({ word, value }: ThreeVector): ThreeVector {
  return new ThreeVector(word, value);
}

/** The vector whose share j is ⌊σ_j/2^m⌋, where σ_j is what share j of x says of its word, and the quarter that it may have more. */
function localQuotients(context: ThreeContext, x: ThreeVector, m: number, word: WordBits): ThreeVector {
  const { heap, arena, held, rings } = context;
  const out = newVector(context, macBits(word), x.length);
  const low = arena.take(strideOf((x.length * x.word) / 8));
  for (const j of held) {
    shifted(context, x, j, m, low.pointer);
    if (m > 1) rings[x.word].shiftRight(low.pointer, low.pointer, 2, x.length);
    heap.loops.resize(out.at[j], macBits(word) / 64, low.pointer, x.word / 64, 0, x.length);
  }
  return new ThreeVector(word, out);
}

/** ⌊σ_j/2^(m−2)⌋, one more where the quarter is added; for m of 0 or 1, ⌊σ_j/2^m⌋. */
function shifted({ heap, rings, publicShare }: ThreeContext, x: ThreeVector, j: PartyId, m: number, out: number): void {
  const ring = rings[x.word];
  heap.loops.resize(out, x.word / 64, x.value.at[j], macBits(x.word) / 64, 0, x.length);
  ring.shiftRight(out, out, m > 1 ? m - 2 : m, x.length);
  if (j === publicShare && m > 2 && m < x.word) ring.addWord(out, out, 1n, x.length);
}

interface Overflow {
  readonly of: ThreeVector;
  /** Of the low so many bits of each share. */
  readonly top: number;
  /** Word of the result. */
  readonly word: WordBits;
}

/** F of the top two of these bits, for each: two rounds for bits, three for numbers. */
async function overflows(context: ThreeContext, asked: readonly Overflow[]): Promise<ThreeVector[]> {
  const sums = asked.map((each) => topTwo(context, each));
  const majority = await majorities(context, sums);
  const pairs = asked.map((_, index) => {
    return [bits.planes(context, majority[index]!, [0]), bits.planes(context, sums[index]!, [1])] as const;
  });
  const both = await andAll(context, pairs);
  const summands = pairs.map(([low, up], index) =>
    bits.stack(context, [
      bits.xor(context, bits.xor(context, low, up), both[index]!),
      bits.planes(context, majority[index]!, [1]),
    ]),
  );
  const results: ThreeVector[] = [];
  for (const word of [64, 128] as const) {
    const indices = [...asked.keys()].filter((index) => asked[index]!.word === word);
    if (indices.length === 0) continue;
    const numbers = await injectAll(
      context,
      indices.map((index) => summands[index]!),
      word,
    );
    let row = 0;
    for (const index of indices) {
      const { length } = asked[index]!.of;
      const [low, up] = [0, 1].map((k) => slice(context, numbers, row + k * length, row + (k + 1) * length));
      results[index] = add(context, low!, up!);
      row += 2 * length;
    }
  }
  return results;
}

/** The top two of the low `top` bits of each share, as a sharing of two planes in which every share is its own; with one bit, that and 0. */
function topTwo(context: ThreeContext, { of, top }: Overflow): ReplicatedBits {
  const { heap, arena, held, scratch } = context;
  const { word, length } = of;
  const out = newBits(context, 2, length, true);
  const low = arena.take(strideOf((length * word) / 8));
  const planeBytes = planeWords(length) * 8;
  for (const j of held) {
    const [first, count] = top > 1 ? [out.at[j], 2] : [out.at[j] + planeBytes, 1];
    shifted(context, of, j, top > 1 ? top : 0, low.pointer);
    heap.loops.toPlanes(first, planeBytes, low.pointer, word / 8, length, count, scratch[1]);
  }
  return out;
}
