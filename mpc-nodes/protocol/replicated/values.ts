/**
 * Secret values as one party holds them in replicated sharing: all shares but one of x = Σ x_j (or xor), each at a pointer into the
 * heap. Among four parties there are four shares; among three, those of the seats that compute. Share j is the one that party j
 * lacks. Values are never changed; several may lie in one region.
 */
import type { Region } from "../../kernels/heap.ts";
import type { RingBits } from "../../kernels/rings.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import { ProtocolError } from "../errors.ts";
import type { Bits, Permutation } from "../mpc.ts";

/** Pointers to the shares by index; 0 where the party holds none. */
export type Shares = readonly [number, number, number, number];

abstract class Value {
  readonly at: Shares;
  readonly regions: readonly Region[];
  constructor(at: Shares, regions: readonly Region[]) {
    this.at = at;
    this.regions = regions;
    for (const region of regions) region.references += 1;
  }
}

/** Elements of the ring of `word` bits. */
export class ReplicatedVector<Word extends RingBits = RingBits> extends Value {
  readonly kind = "vector";
  readonly word: Word;
  readonly length: number;
  constructor(word: Word, length: number, at: Shares, regions: readonly Region[]) {
    super(at, regions);
    this.word = word;
    this.length = length;
  }
}

export class ReplicatedBits extends Value implements Bits {
  readonly kind = "bits";
  readonly planes: number;
  readonly length: number;
  constructor(planes: number, length: number, at: Shares, regions: readonly Region[]) {
    super(at, regions);
    this.planes = planes;
    this.length = length;
  }

  /** Words of one plane. */
  get planeWords(): number {
    return planeWords(this.length);
  }
}

/** The composition of one π_e for each share index e, the lowest first; all parties but e know π_e. */
export class ReplicatedPermutation implements Permutation {
  readonly kind = "permutation";
  readonly length: number;
  /** Pointers to π_e and to its inverse as u32, by e; 0 where the party has none. */
  readonly orders: Shares;
  readonly inverses: Shares;
  readonly regions: readonly Region[];
  constructor(length: number, orders: Shares, inverses: Shares, regions: readonly Region[]) {
    this.length = length;
    this.orders = orders;
    this.inverses = inverses;
    this.regions = regions;
    for (const region of regions) region.references += 1;
  }
}

export function planeWords(length: number): number {
  return Math.ceil(length / 64);
}

/** Shares by a function of the index; 0 at those that are not held. */
export function sharesOf(held: readonly PartyId[], pointer: (j: PartyId) => number): Shares {
  return PARTIES.map((j) => (held.includes(j) ? pointer(j) : 0)) as unknown as Shares;
}

export function asBits(value: Bits): ReplicatedBits {
  if (value instanceof ReplicatedBits) return value;
  throw notOurs("column of bits");
}

export function asPermutation(value: Permutation): ReplicatedPermutation {
  if (value instanceof ReplicatedPermutation) return value;
  throw notOurs("permutation");
}

/** Lets go of regions, one reference each: those that nothing refers to any more are freed. */
export function releaseRegions(regions: readonly Region[]): void {
  for (const region of regions) {
    region.references -= 1;
    if (region.references === 0) region.owner?.free(region);
  }
}

export function notOurs(what: string): ProtocolError {
  return new ProtocolError("InvalidOperand", `a ${what} of another computation was given`);
}
