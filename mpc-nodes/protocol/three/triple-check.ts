/**
 * Whether all ANDs are right (Furukawa, Lindell, Nof, Weinstein, ePrint 2016/944): each z = x ∧ y is compared with random triples
 * c = a ∧ b. Of N·B + C triples, which are permuted at random only once all are there, C are opened; each of N buckets has B of the
 * rest. In a bucket the first triple is compared with every other and with z: with d = a_0 ⊕ a_b and e = b_0 ⊕ b_b opened,
 *
 *     c_0 ⊕ c_b ⊕ d ∧ b_b ⊕ e ∧ a_b ⊕ d ∧ e
 *
 * is zero if both are right, and not if one is. So a wrong z goes unseen only if all triples of its bucket are wrong in the same way,
 * no other bucket is mixed, and no wrong one was opened: with probability N^-(B-1), at most 2^-40. Triples are words of 64 bits, and a
 * word counts as wrong where any bit is; all bits are compared. What is opened is masked by random a and b, and the zeros tell only
 * what the adversary added itself.
 */
import { newBits } from "../replicated/context.ts";
import { tellMissing } from "../replicated/open.ts";
import { randomBits } from "../replicated/random.ts";
import type { ReplicatedBits, Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import type { AndList, Column } from "./and-list.ts";
import { andPart } from "./and-part.ts";
import { checkFailed } from "./check-failed.ts";
import type { Circle } from "./circle.ts";
import { orderOf, SEED_BYTES } from "./coin-order.ts";
import type { ThreeContext } from "./context.ts";
import type { Pending } from "./pending.ts";
import type { Zeros } from "./zeros.ts";

/** Fewer would have to be so large that little is saved. */
const LEAST_BUCKETS = 16;
/** From so many buckets on (their binary logarithm), this size is enough: the smallest B with N^-(B-1) ≤ 2^-40. */
const SIZES = [
  [20, 3],
  [14, 4],
  [10, 5],
  [8, 6],
  [7, 7],
  [6, 8],
  [5, 9],
  [4, 11],
] as const;
/** Words of one piece of local work. */
const CHUNK_WORDS = 16_384;

/** For so many words of ANDs. */
export function bucketsFor(words: number): number {
  return words === 0 ? 0 : Math.max(words, LEAST_BUCKETS);
}

/** N^-(B-1) ≤ 2^-40. */
export function bucketSize(buckets: number): number {
  return SIZES.find(([least]) => buckets >= 2 ** least)?.[1] ?? 0;
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
  readonly #a: ReplicatedBits;
  readonly #b: ReplicatedBits;
  readonly #c: ReplicatedBits;
  readonly #opened: number;
  /** By place in the bucket; at 0 those of z. */
  readonly #differences: readonly Differences[];
  #seed: Uint8Array = new Uint8Array();
  #order = 0;

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
    this.#order = orderOf(this.#context, this.#seed, this.#triples);
    const { heap } = this.#context;
    const parts: RoundPart[] = [];
    const between = (column: Shares, place: number, into: number): void => {
      const share: Share = (j, from, words, out, spare) => {
        this.#take(column, j, 0, from, words, out);
        this.#take(column, j, place, from, words, spare);
        heap.loops.xor(out, out, spare, words);
      };
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
        const share: Share = (j, from, words, out) => {
          this.#take(column, j, 0, first + from, words, out);
          heap.loops.xor(out, out, this.#of(factor, j) + from * 8, words);
        };
        parts.push(this.#open(ands.words, into + first * 8, share));
      }
    }
    for (const [k, { at }] of [this.#a, this.#b, this.#c].entries()) {
      const share: Share = (j, from, words, out) => this.#take(at, j, this.#size, from, words, out);
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

    const { pointer } = this.#context.arena.take(5 * CHUNK_WORDS * 8);
    const work = [0, 1, 2, 3, 4].map((k) => pointer + k * CHUNK_WORDS * 8) as unknown as Work;
    for (let place = 1; place < this.#size; place++) {
      const product: Share = (j, from, words, out) => this.#take(this.#c.at, j, 0, from, words, out);
      await this.#compare(zeros, work, { first: 0, words: this.#buckets, place, product });
    }
    for (const { ands, first } of this.#lists) {
      const product: Share = (j, from, words, out) =>
        heap.copy(out, this.#of(ands.z, j) + (from - first) * 8, words * 8);
      await this.#compare(zeros, work, { first, words: ands.words, place: 0, product });
    }
  }

  /** `product` with the triples of the buckets [first, first + words) at `place`. */
  async #compare(
    zeros: Zeros,
    [left, right, missing, one, other]: Work,
    { first, words, place, product }: { first: number; words: number; place: number; product: Share },
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
        product(j, from, count, out, one);
        const add = (column: Shares, factor: number | null): void => {
          this.#take(column, j, place, from, count, one);
          if (factor !== null) and(one, one, factor, count);
          xor(out, out, one, count);
        };
        add(this.#c.at, null);
        add(this.#b.at, dAt);
        add(this.#a.at, eAt);
        if (j !== publicShare) continue;
        and(other, dAt, eAt, count);
        xor(out, out, other, count);
      }
      xor(missing, left, right, count);
      zeros.add(left, right, missing, count * 8);
      await this.#context.pause();
    }
  }

  /** Share j of the triples at a place of the buckets [from, from + words); those at place `size` are opened. */
  #take(column: Shares, j: number, place: number, from: number, words: number, out: number): void {
    const list = this.#order + 4 * (place * this.#buckets + from);
    this.#context.rings[64].gather(out, column[j]!, list, words);
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
      (j, from, to, out) => share(j, from, to - from, out, scratch[1]),
      (from, to, missing) => {
        const [at, count] = [into + from * 8, to - from];
        heap.copy(at, missing, count * 8);
        for (const j of held) {
          share(j, from, count, scratch[2], scratch[1]);
          heap.loops.xor(at, at, scratch[2], count);
        }
      },
    );
  }
}

/** Writes share j of words [from, from + words) to `out`. */
type Share = (j: Circle["own"], from: number, words: number, out: number, spare: number) => void;
type Work = readonly [left: number, right: number, missing: number, one: number, other: number];
