/** What three parties compute on. Bits and permutations are those of `replicated/values.ts`. */
import type { Region } from "../../kernels/heap.ts";
import type { RingBits } from "../../kernels/rings.ts";
import type { Secret, Vector, WordBits } from "../mpc.ts";
import {
  notOurs,
  ReplicatedBits,
  ReplicatedPermutation,
  type ReplicatedVector,
  type Shares,
} from "../replicated/values.ts";

/** The ring in which words are authenticated: 64 bits more than they have (ePrint 2019/1298). */
export type MacBits = Exclude<RingBits, 64>;

export function macBits(word: WordBits): MacBits {
  return word === 64 ? 128 : 192;
}

/**
 * x and its MAC r·x, both shared in the larger ring. Of x itself only the low `word` bits mean anything. What comes from outside has
 * no MAC, nor what was computed of it without a message; it gets one where it is first needed (`authenticate.ts`).
 */
export class ThreeVector implements Vector {
  readonly kind = "vector";
  readonly word: WordBits;
  readonly value: ReplicatedVector<MacBits>;
  mac: ReplicatedVector<MacBits> | null;

  constructor(word: WordBits, value: ReplicatedVector<MacBits>, mac: ReplicatedVector<MacBits> | null = null) {
    this.word = word;
    this.value = value;
    this.mac = mac;
  }

  get length(): number {
    return this.value.length;
  }

  get regions(): readonly Region[] {
    return [...this.value.regions, ...(this.mac?.regions ?? [])];
  }
}

/** The shares of a MAC that is there. */
export function macOf({ mac }: ThreeVector): Shares {
  if (mac === null) throw new Error("this vector was not authenticated");
  return mac.at;
}

export function asVector(value: Vector): ThreeVector {
  if (value instanceof ThreeVector) return value;
  throw notOurs("vector");
}

/** The regions in which a value lies. */
export function regionsOf(value: Secret): readonly Region[] {
  if (value instanceof ThreeVector || value instanceof ReplicatedBits || value instanceof ReplicatedPermutation)
    return value.regions;
  throw notOurs(value.kind);
}
