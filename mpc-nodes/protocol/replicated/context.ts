/** What the operations of one task have at hand, whoever computes. */
import type { Arena, Heap, Region } from "../../kernels/heap.ts";
import type { RingBits, Rings } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import type { Randomness } from "../randomness.ts";
import type { RoundPart } from "../round.ts";
import type { TwoRoles } from "../tags.ts";
import { planeWords, ReplicatedBits, ReplicatedVector, type Shares, sharesOf } from "./values.ts";

/** Bytes of one scratch area: a step's units of the widest element. */
export const SCRATCH_BYTES = 524_288;

export interface Context {
  readonly party: PartyId;
  /** The share indices that this party holds, ascending. */
  readonly held: readonly PartyId[];
  /** The share that absorbs public constants: every party that holds it adds the same constant. */
  readonly publicShare: PartyId;
  /** How each party is told, jointly, the share that only it lacks. */
  readonly tellings: readonly TwoRoles[];
  readonly heap: Heap;
  readonly rings: Rings;
  /** Where results are allocated. */
  readonly arena: Arena;
  readonly randomness: Randomness;
  /** Streams of the request's keys, the same in every attempt; null where there are none. */
  readonly requestRandomness: Randomness | null;
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

/** A new vector whose shares are to be written, all in one region. */
export function newVector<Word extends RingBits>(
  context: Context,
  word: Word,
  length: number,
  zeroed = false,
): ReplicatedVector<Word> {
  const { region, at } = newShares(context, (length * word) / 8, zeroed);
  return new ReplicatedVector(word, length, at, [region]);
}

export function newBits(context: Context, planes: number, length: number, zeroed = false): ReplicatedBits {
  const { region, at } = newShares(context, planes * planeWords(length) * 8, zeroed);
  return new ReplicatedBits(planes, length, at, [region]);
}

function newShares({ arena, held }: Context, bytes: number, zeroed: boolean): { region: Region; at: Shares } {
  const stride = strideOf(bytes);
  const region = zeroed ? arena.zeroed(held.length * stride) : arena.take(held.length * stride);
  return { region, at: sharesOf(held, (j) => region.pointer + stride * held.indexOf(j)) };
}

/** All or nothing. */
export function takeScratch(arena: Arena): Context["scratch"] {
  const take = (): number => arena.take(SCRATCH_BYTES).pointer;
  try {
    return [take(), take(), take(), take()];
  } catch (error) {
    arena.close();
    throw error;
  }
}
