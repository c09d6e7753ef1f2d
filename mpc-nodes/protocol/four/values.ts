/** What four parties compute on. */
import type { Region } from "../../kernels/heap.ts";
import type { WordBits } from "../../kernels/rings.ts";
import type { Secret, Vector } from "../mpc.ts";
import { notOurs, ReplicatedBits, ReplicatedPermutation, ReplicatedVector } from "../replicated/values.ts";

export type FourVector = ReplicatedVector<WordBits>;

export function asVector(value: Vector): FourVector {
  if (value instanceof ReplicatedVector) return value as FourVector;
  throw notOurs("vector");
}

/** The regions in which a value lies. */
export function regionsOf(value: Secret): readonly Region[] {
  if (value instanceof ReplicatedVector || value instanceof ReplicatedBits || value instanceof ReplicatedPermutation)
    return value.regions;
  throw notOurs(value.kind);
}
