/**
 * Secret values as one of four parties holds them: three of the shares x0 + x1 + x2 + x3 (or x0 xor … xor x3), each at a pointer
 * into the heap. Values are never changed; several may lie in one region.
 */
import type { Region } from "../../kernels/heap.ts";
import type { WordBits } from "../../kernels/rings.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import { ProtocolError } from "../errors.ts";
import type { Bits, Permutation, Secret, Vector } from "../mpc.ts";

/** Pointers to the shares by index; 0 at the party's own. */
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

export class FourVector extends Value implements Vector {
  readonly kind = "vector";
  readonly word: WordBits;
  readonly length: number;
  constructor(word: WordBits, length: number, at: Shares, regions: readonly Region[]) {
    super(at, regions);
    this.word = word;
    this.length = length;
  }
}

export class FourBits extends Value implements Bits {
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

/** π = π_3 ∘ π_2 ∘ π_1 ∘ π_0, where all parties but e know π_e. */
export class FourPermutation implements Permutation {
  readonly kind = "permutation";
  readonly length: number;
  /** Pointers to π_e and to its inverse as u32, by e; 0 at the party's own. */
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

/** Shares by a function of the index; 0 at the party's own. */
export function sharesOf(party: PartyId, pointer: (j: PartyId) => number): Shares {
  return PARTIES.map((j) => (j === party ? 0 : pointer(j))) as unknown as Shares;
}

export function asVector(value: Vector): FourVector {
  if (value instanceof FourVector) return value;
  throw notOurs("vector");
}

export function asBits(value: Bits): FourBits {
  if (value instanceof FourBits) return value;
  throw notOurs("column of bits");
}

export function asPermutation(value: Permutation): FourPermutation {
  if (value instanceof FourPermutation) return value;
  throw notOurs("permutation");
}

/** The regions in which a value lies. */
export function regionsOf(value: Secret): readonly Region[] {
  if (value instanceof FourVector || value instanceof FourBits || value instanceof FourPermutation)
    return value.regions;
  throw notOurs(value.kind);
}

function notOurs(what: string): ProtocolError {
  return new ProtocolError("InvalidOperand", `a ${what} of another computation was given`);
}
