/**
 * Whether all ANDs are right (Furukawa, Lindell, Nof, Weinstein, ePrint 2016/944): each z = x ∧ y is compared with random triples
 * c = a ∧ b. Of N·B + C triples, which are permuted at random only once all are there, C are opened; each of N buckets has B of the
 * rest. In a bucket the first triple is compared with every other and with z: with d = a_0 ⊕ a_b and e = b_0 ⊕ b_b opened,
 *
 *     c_0 ⊕ c_b ⊕ d ∧ b_b ⊕ e ∧ a_b ⊕ d ∧ e
 *
 * is zero if both are right, and not if one is. So wrong z in t buckets go unseen only if the wrong triples are exactly those of
 * these buckets, wrong in the same way. z and triples are made before anybody knows the permutation, and buckets belong to z from
 * the start: of the C(M, tB) places that tB wrong ones of M = N·B + C can have, one will do. With C = B that is likeliest for t = 1 (and
 * for all N), 1/C(M, B), which B makes at most 2^-40; buckets without an AND are compared too, and help as little. Triples are words of 64 bits, and a
 * word counts as wrong where any bit is; all bits are compared. What is opened is masked by random a and b, and the zeros tell only
 * what the adversary added itself.
 */
import type { PartyId } from "../../math/party.ts";
import { newBits } from "../replicated/context.ts";
import { tellMissing } from "../replicated/open.ts";
import { randomBits } from "../replicated/random.ts";
import type { ReplicatedBits, Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import type { AndList, Column } from "./and-list.ts";
import { andPart } from "./and-part.ts";
import { checkFailed } from "./check-failed.ts";
import { orderOf, SEED_BYTES } from "./coin-order.ts";
import type { ThreeContext } from "./context.ts";
import type { Pending } from "./pending.ts";
import type { Zeros } from "./zeros.ts";

/** Fewer would have to be so large that little is saved. */
const LEAST_BUCKETS = 16;
/** One in so many cheats goes unseen. */
const ODDS = 2 ** 40;
/** Words of one piece of local work. */
const CHUNK_WORDS = 16_384;

/** For so many words of ANDs. */
export function bucketsFor(words: number): number {
  return words === 0 ? 0 : Math.max(words, LEAST_BUCKETS);
}

/** The smallest B with C(M, B) ≥ 2^40, where M = (N + 1)·B is the number of triples; for 16 buckets at least. */
export function bucketSize(buckets: number): number {
  for (let size = 2; ; size++) {
    const triples = (buckets + 1) * size;
    let ways = 1;
    for (let k = 0; k < size; k++) ways *= (triples - k) / (k + 1);
    if (ways >= ODDS) return size;
  }
}

/** d and e of every bucket, opened. */
interface Differences {
  readonly d: number;
  readonly e: number;
}

export class TripleCheck {
  readonly #context: ThreeContext;
  readonly #lists: readonly { readonly ands: AndList; readonly first: number }[];
  /** ANDs, a bucket for each. There may be more buckets than ANDs: triples are compared in all, or wrong ones could hide in the rest. */
  readonly #words: number;
  readonly #buckets: number;
  readonly #size: number;
  /** The triples, as they were made; permuted from `openDifferences` on. */
  #a: ReplicatedBits;
  #b: ReplicatedBits;
  #c: ReplicatedBits;
  readonly #opened: number;
  /** By place in the bucket; at 0 those of z, of buckets that have one. */
  readonly #differences: readonly Differences[];
  #seed: Uint8Array = new Uint8Array();

  constructor(context: ThreeContext, chain: readonly Pending[]) {
    this.#context = context;
    let words = 0;
    this.#lists = chain.map(({ ands }) => {
      words += ands.words;
      return { ands, first: words - ands.words };
    });
    this.#words = words;
    this.#buckets = bucketsFor(words);
    this.#size = bucketSize(this.#buckets);
    const triples = this.#triples;
    this.#a = randomBits(context, 1, 64 * triples);
    this.#b = randomBits(context, 1, 64 * triples);
    this.#c = newBits(context, 1, 64 * triples);
    const column = (count: number): number => context.arena.take(Math.max(1, count) * 8).pointer;
    this.#opened = column(3 * this.#size);
    this.#differences = Array.from({ length: this.#size }, () => ({
      d: column(this.#buckets),
      e: column(this.#buckets),
    }));
  }

  get empty(): boolean {
    return this.#words === 0;
  }

  get #triples(): number {
    return this.empty ? 0 : this.#buckets * this.#size + this.#size;
  }

  multiply(): RoundPart[] {
    return [andPart(this.#context, this.#triples, this.#a.at, this.#b.at, this.#c.at)];
  }

  /**
   * A seed that nobody knows before it is opened: share j is drawn from k_j, and tags vouch for what is told. A corrupt party is told it by
   * the next in the circle, which is the one that it had to send its part of all triples to: so it has sent them by then. The tag may
   * come before that, and does not tell the seed (`coin-order.ts`).
   */
  tossCoin(): RoundPart[] {
    if (this.empty) return [];
    const { held, heap, randomness } = this.#context;
    const shares = new Map(held.map((j) => [j, randomness.bytes(j, "check-seed", SEED_BYTES)]));
    return [
      tellMissing(
        this.#context,
        1,
        SEED_BYTES,
        (j, _from, _to, out) => heap.write(out, shares.get(j)!),
        (_from, _to, pointer) => {
          this.#seed = heap.view(pointer, SEED_BYTES).slice();
          for (const share of shares.values()) for (const [k, byte] of share.entries()) this.#seed[k]! ^= byte;
        },
      ),
    ];
  }

  openDifferences(): RoundPart[] {
    if (this.empty) return [];
    this.#permute();
    const { heap } = this.#context;
    const parts: RoundPart[] = [];
    const between = (column: Shares, place: number, into: number): void => {
      const share: Share = (j, from, words, out) =>
        heap.loops.xor(out, this.#at(column, j, 0, from), this.#at(column, j, place, from), words);
      parts.push(this.#open(this.#buckets, into, share));
    };
    for (const [place, { d, e }] of this.#differences.entries()) {
      if (place === 0) continue;
      between(this.#a.at, place, d);
      between(this.#b.at, place, e);
    }
    for (const { ands, first } of this.#lists) {
      for (const [factor, column, into] of [
        [ands.x, this.#a.at, this.#differences[0]!.d],
        [ands.y, this.#b.at, this.#differences[0]!.e],
      ] as const) {
        const share: Share = (j, from, words, out) =>
          heap.loops.xor(out, this.#at(column, j, 0, first + from), this.#of(factor, j) + from * 8, words);
        parts.push(this.#open(ands.words, into + first * 8, share));
      }
    }
    for (const [k, { at }] of [this.#a, this.#b, this.#c].entries()) {
      const share: Share = (j, from, words, out) => heap.copy(out, this.#at(at, j, this.#size, from), words * 8);
      parts.push(this.#open(this.#size, this.#opened + k * this.#size * 8, share));
    }
    return parts;
  }

  /** @throws ProtocolError CheckFailed for a wrong triple among those that were opened */
  async zeros(zeros: Zeros): Promise<void> {
    if (this.empty) return;
    const { heap } = this.#context;
    const [a, b, c] = [0, 1, 2].map((k) => heap.words(this.#opened + k * this.#size * 8, this.#size));
    if (c!.some((word, k) => word !== (a![k]! & b![k]!))) throw checkFailed();

    const { pointer } = this.#context.arena.take(4 * CHUNK_WORDS * 8);
    const work = [0, 1, 2, 3].map((k) => pointer + k * CHUNK_WORDS * 8) as unknown as Work;
    for (let place = 1; place < this.#size; place++) {
      const product: Product = (j, from) => this.#at(this.#c.at, j, 0, from);
      await this.#compare(zeros, work, { first: 0, words: this.#buckets, place, product });
    }
    for (const { ands, first } of this.#lists) {
      const product: Product = (j, from) => this.#of(ands.z, j) + (from - first) * 8;
      await this.#compare(zeros, work, { first, words: ands.words, place: 0, product });
    }
  }

  /** `product` with the triples of the buckets [first, first + words) at `place`. */
  async #compare(
    zeros: Zeros,
    [left, right, missing, term]: Work,
    { first, words, place, product }: { first: number; words: number; place: number; product: Product },
  ): Promise<void> {
    const { heap, publicShare, circle } = this.#context;
    const { xor, and } = heap.loops;
    const { d, e } = this.#differences[place]!;
    for (let from = first; from < first + words; from += CHUNK_WORDS) {
      const count = Math.min(CHUNK_WORDS, first + words - from);
      const [dAt, eAt] = [d + from * 8, e + from * 8];
      for (const [j, out] of [
        [circle.next, left],
        [circle.last, right],
      ] as const) {
        xor(out, product(j, from), this.#at(this.#c.at, j, place, from), count);
        and(term, this.#at(this.#b.at, j, place, from), dAt, count);
        xor(out, out, term, count);
        and(term, this.#at(this.#a.at, j, place, from), eAt, count);
        xor(out, out, term, count);
        if (j !== publicShare) continue;
        and(term, dAt, eAt, count);
        xor(out, out, term, count);
      }
      xor(missing, left, right, count);
      zeros.add(left, right, missing, count * 8);
      await this.#context.pause();
    }
  }

  /** Column by column, so that one at a time is there twice. */
  #permute(): void {
    const order = orderOf(this.#context, this.#seed, this.#triples);
    const permuted = (column: ReplicatedBits): ReplicatedBits => {
      const { arena, held, rings } = this.#context;
      const to = newBits(this.#context, 1, column.length);
      for (const j of held) rings[64].gather(to.at[j], column.at[j], order, this.#triples);
      for (const region of column.regions) arena.free(region);
      return to;
    };
    this.#a = permuted(this.#a);
    this.#b = permuted(this.#b);
    this.#c = permuted(this.#c);
  }

  /** Where share j of the triples at a place of the buckets from `from` on lies; at place `size` are those that are opened. */
  #at(column: Shares, j: number, place: number, from: number): number {
    return column[j]! + 8 * (place * this.#buckets + from);
  }

  #of({ next, last }: Column, j: number): number {
    return j === this.#context.circle.next ? next : last;
  }

  /** Opens to `into` words of which `share` makes share j. */
  #open(words: number, into: number, share: Share): RoundPart {
    const { heap, held, scratch } = this.#context;
    return tellMissing(
      this.#context,
      words,
      8,
      (j, from, to, out) => share(j, from, to - from, out),
      (from, to, missing) => {
        const [at, count] = [into + from * 8, to - from];
        heap.copy(at, missing, count * 8);
        for (const j of held) {
          share(j, from, count, scratch[1]);
          heap.loops.xor(at, at, scratch[1], count);
        }
      },
    );
  }
}

/** Writes share j of words [from, from + words) to `out`. */
type Share = (j: PartyId, from: number, words: number, out: number) => void;
/** Where share j of the product that is compared lies, from word `from` on. */
type Product = (j: PartyId, from: number) => number;
type Work = readonly [left: number, right: number, missing: number, term: number];
