/** What the operations of one task have at hand. */
import type { Arena, Heap } from "../../kernels/heap.ts";
import type { Rings, WordBits } from "../../kernels/rings.ts";
import { type PartyId, partiesExcept } from "../../math/party.ts";
import type { Randomness } from "../randomness.ts";
import type { RoundPart } from "../round.ts";
import { FourBits, FourVector, planeWords, sharesOf } from "./values.ts";

/** Bytes of one scratch area: a step's units of the widest element. */
export const SCRATCH_BYTES = 524_288;

export interface Context {
  readonly party: PartyId;
  /** The share indices that this party holds, ascending. */
  readonly held: readonly PartyId[];
  readonly heap: Heap;
  readonly rings: Rings;
  /** Where results are allocated. */
  readonly arena: Arena;
  readonly randomness: Randomness;
  /** Scratch areas of `SCRATCH_BYTES`: for use within one synchronous piece of work. The first is for masks. */
  readonly scratch: readonly [mask: number, a: number, b: number, c: number];
  /** One round of this task. */
  exchange(...parts: readonly RoundPart[]): Promise<void>;
  /** Lets other computations of this engine run before a long local loop goes on. */
  pause(): Promise<void>;
}

/** Shares begin at multiples of a cache line. */
export function strideOf(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** A new vector whose shares are to be written: three shares in one region. */
export function newVector(context: Context, word: WordBits, length: number, zeroed = false): FourVector {
  const stride = strideOf((length * word) / 8);
  const region = zeroed ? context.arena.zeroed(3 * stride) : context.arena.take(3 * stride);
  const at = sharesOf(context.party, (j) => region.pointer + stride * context.held.indexOf(j));
  return new FourVector(word, length, at, [region]);
}

export function newBits(context: Context, planes: number, length: number, zeroed = false): FourBits {
  const stride = strideOf(planes * planeWords(length) * 8);
  const region = zeroed ? context.arena.zeroed(3 * stride) : context.arena.take(3 * stride);
  const at = sharesOf(context.party, (j) => region.pointer + stride * context.held.indexOf(j));
  return new FourBits(planes, length, at, [region]);
}

/** The party that has no part in a joint message. */
export function bystanderOf(sender: PartyId, checker: PartyId, receiver: PartyId): PartyId {
  return partiesExcept(sender, checker, receiver)[0]!;
}
