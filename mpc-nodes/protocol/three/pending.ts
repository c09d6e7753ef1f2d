/**
 * What a task has computed with the others and not verified yet. For MACs, two running totals in each ring, so that no batch is too
 * large: with secret α drawn for every element, Σ α·m and Σ α·x, of which each party has its summand (`mac-check.ts`). For ANDs,
 * the shares of all factors and products (`triple-check.ts`). For shares that two parties were told by the same third one, their hash.
 *
 * Before a task opens anything it verifies its own and all that was computed before it began, in the tasks that it is part of: those
 * do nothing meanwhile. A task beside it may open at the same time; it verifies the same once more.
 */
import { createHash, type Hash } from "node:crypto";
import type { Arena, Heap, Region } from "../../kernels/heap.ts";
import type { PartyId } from "../../math/party.ts";
import type { ReplicatedVector } from "../replicated/values.ts";
import { AndList } from "./and-list.ts";
import { MAC_RINGS, type MacRing, macRing, type ThreeContext } from "./context.ts";
import type { ThreeVector } from "./values.ts";

/** Elements between two pauses, in which other computations run. */
const ELEMENTS_PER_PAUSE = 1_048_576;
/** Room for an element of any ring. */
export const SLOT_BYTES = 64;

export class Pending {
  readonly parent: Pending | null;
  readonly ands: AndList;
  readonly #heap: Heap;
  readonly #arena: Arena;
  readonly #totals: Region;
  readonly #used = new Set<MacRing>();
  /** MACs that the totals contain, and what was made of them without a message. */
  #added = new WeakSet<ReplicatedVector>();
  readonly #told = new Map<PartyId, Hash>();

  constructor(arena: Arena, parent: Pending | null = null) {
    this.parent = parent;
    this.#heap = arena.heap;
    this.#arena = arena;
    this.#totals = arena.zeroed(2 * MAC_RINGS.length * SLOT_BYTES);
    this.ands = new AndList(arena);
  }

  /** This and all that was computed before the task began, own first. */
  get chain(): readonly Pending[] {
    return [this, ...(this.parent?.chain ?? [])];
  }

  /** Whether anything in this ring waits to be verified. */
  uses(ring: MacRing): boolean {
    return this.#used.has(ring);
  }

  /** This party's summand of Σ α·m and of Σ α·x. */
  totals(ring: MacRing): readonly [macs: number, values: number] {
    const first = this.#totals.pointer + 2 * SLOT_BYTES * MAC_RINGS.indexOf(ring);
    return [first, first + SLOT_BYTES];
  }

  /**
   * Sees to it that vectors are verified together with what is made of their MACs, also if they were verified before or are by another
   * task (`mac-check.ts` says why).
   */
  async addFactors(context: ThreeContext, vectors: readonly ThreeVector[]): Promise<void> {
    for (const { value, mac } of vectors) {
      if (!this.#added.has(mac!)) await this.addMacs(context, value, mac!);
    }
  }

  /** A MAC that is a linear combination of others, and so is what is wrong with it. */
  derive(mac: ReplicatedVector, from: readonly ReplicatedVector[]): void {
    if (from.every((each) => this.#added.has(each))) this.#added.add(mac);
  }

  /** Elements whose MACs are to be verified: every result of messages, once. */
  async addMacs(
    context: ThreeContext,
    value: ReplicatedVector,
    mac: ReplicatedVector,
    ring: MacRing = value.word as MacRing,
  ): Promise<void> {
    this.#added.add(mac);
    const elements = value.length;
    if (elements === 0) return;
    const { heap, randomness, scratch, circle } = context;
    const { next, last } = circle;
    const { elementBytes, accumulateCross } = macRing(context, ring);
    const [macs, values] = this.totals(ring);
    this.#used.add(ring);
    const most = Math.floor(CHUNK_BYTES / elementBytes);
    for (let from = 0; from < elements; from += most) {
      const [at, count] = [from * elementBytes, Math.min(most, elements - from)];
      const [first, second] = [scratch[0], scratch[1]];
      randomness.fill(next, "check", heap, first, count * elementBytes);
      randomness.fill(last, "check", heap, second, count * elementBytes);
      accumulateCross(macs, first, second, mac.at[next] + at, mac.at[last] + at, count);
      accumulateCross(values, first, second, value.at[next] + at, value.at[last] + at, count);
      if (Math.floor(from / ELEMENTS_PER_PAUSE) < Math.floor((from + count) / ELEMENTS_PER_PAUSE))
        await context.pause();
    }
  }

  /** Shares j that party j told both others (`told.ts`), who say so of the same. Party j, who lacks them, only knows that. */
  addTold(context: ThreeContext, j: PartyId, columns: readonly ReplicatedVector[]): void {
    const hash = this.#hashOf(j);
    if (context.party === j) return;
    for (const { at, word, length } of columns) hash.update(this.#heap.view(at[j], (length * word) / 8));
  }

  /** SHA-256 of all shares j of which it is still to be seen that both were told the same; null if there are none. */
  told(j: PartyId): Uint8Array | null {
    return this.#told.get(j)?.copy().digest() ?? null;
  }

  #hashOf(j: PartyId): Hash {
    const hash = this.#told.get(j) ?? createHash("sha256");
    this.#told.set(j, hash);
    return hash;
  }

  /** A task that this one started has ended, and computes no more. */
  join(context: ThreeContext, child: Pending): void {
    for (const ring of child.#used) {
      this.#used.add(ring);
      const [mine, theirs] = [this.totals(ring), child.totals(ring)];
      for (const k of [0, 1] as const) macRing(context, ring).add(mine[k], mine[k], theirs[k], 1);
    }
    for (const [j, hash] of child.#told) this.#hashOf(j).update(hash.digest());
    this.ands.append(child.ands);
    child.ands.clear();
    this.#arena.free(child.#totals);
  }

  /** All of it was found right. */
  clear(): void {
    this.#used.clear();
    this.#told.clear();
    this.#added = new WeakSet();
    this.#heap.zero(this.#totals.pointer, 2 * MAC_RINGS.length * SLOT_BYTES);
    this.ands.clear();
  }

  child(): Pending {
    return new Pending(this.#arena, this);
  }
}

/** Of each factor at a time: what stays in the processor's cache. */
const CHUNK_BYTES = 65_536;
