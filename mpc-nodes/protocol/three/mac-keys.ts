/**
 * The secret r of all MACs of a session, which no party knows: shares from the common keys, without a message. One of 192 bits, whose
 * low 128 authenticate in Z_2^128, and another in GF(2^64), for rows of bits.
 */
import type { Arena } from "../../kernels/heap.ts";
import type { Rings } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import type { Randomness } from "../randomness.ts";
import { strideOf } from "../replicated/context.ts";
import { type Shares, sharesOf } from "../replicated/values.ts";
import { STEP_BYTES } from "../steps.ts";
import { MAC_RINGS, type MacRing } from "./context.ts";

/** The shares of r by ring: as many copies one after another as a step has elements. */
export type MacKeys = Readonly<Record<MacRing, Shares>>;

const KEY_BYTES = 24;

export function createMacKeys(arena: Arena, rings: Rings, held: readonly PartyId[], randomness: Randomness): MacKeys {
  const { heap } = arena;
  const shares = new Map(held.map((j) => [j, randomness.bytes(j, "mac-key", KEY_BYTES + 8)]));
  const keyOf = (ring: MacRing): Shares => {
    const bytes = rings[ring].elementBytes;
    const copies = Math.floor(STEP_BYTES / bytes);
    const stride = strideOf(copies * bytes);
    const region = arena.take(held.length * stride);
    return sharesOf(held, (j) => {
      const pointer = region.pointer + stride * held.indexOf(j);
      const from = ring === "field" ? KEY_BYTES : 0;
      const element = shares.get(j)!.subarray(from, from + bytes);
      for (let copy = 0; copy < copies; copy++) heap.write(pointer + copy * bytes, element);
      return pointer;
    });
  };
  return Object.fromEntries(MAC_RINGS.map((ring) => [ring, keyOf(ring)])) as unknown as MacKeys;
}
