/**
 * Between numbers and bits. Each share of a value is known to two parties, so its bits are a sharing of their own, in which the other
 * shares are zero: the value's bits come of adding three such numbers, without a message to begin with. What is computed of
 * them is verified as all ANDs and products are.
 */
import type { PartyId } from "../../math/party.ts";
import * as shares from "../replicated/bits.ts";
import { newBits } from "../replicated/context.ts";
import { numbersToPlanes } from "../replicated/row-bits.ts";
import { ReplicatedBits, sharesOf } from "../replicated/values.ts";
import { and, andAll } from "./and.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { macBits, type ThreeVector } from "./values.ts";

/** The sharing of `bits` in which all shares but `kept` are zero. What they were is known to two parties each. */
function alone(context: ThreeContext, bits: ReplicatedBits, kept: readonly PartyId[]): ReplicatedBits {
  const zeros = context.arena.zeroed(Math.max(1, bits.planes * bits.planeWords * 8));
  const at = sharesOf(context.held, (j) => (kept.includes(j) ? bits.at[j] : zeros.pointer));
  return new ReplicatedBits(bits.planes, bits.length, at, [...bits.regions, zeros]);
}

/**
 * Bits of three numbers, each a share of `sum`: their exclusive or is `sum` itself, their majority (S_p ⊕ S_r)(S_q ⊕ S_r) ⊕ S_r costs one
 * AND a bit. All in one round.
 */
export async function majorities(context: ThreeContext, sums: readonly ReplicatedBits[]): Promise<ReplicatedBits[]> {
  const [p, q, r] = context.circle.active;
  const products = await andAll(
    context,
    sums.map((bits) => [alone(context, bits, [p, r]), alone(context, bits, [q, r])] as const),
  );
  return products.map((product, index) => shares.xor(context, product, alone(context, sums[index]!, [r])));
}

/** Carry-save addition of the three shares: x = sum + 2·majority. Two rounds, less than two ANDs a bit. */
export async function addends(
  context: ThreeContext,
  x: ThreeVector,
  planes: number,
): Promise<{ generate: ReplicatedBits; propagate: ReplicatedBits }> {
  return withTemporaries(context, async (temporary) => {
    const sums = newBits(temporary, planes, x.length);
    for (const j of context.held) {
      numbersToPlanes(context, sums.at[j], x.value.at[j], macBits(x.word) / 8, x.length, planes);
    }
    const indices = Array.from({ length: planes - 1 }, (_, plane) => plane);
    const [carries] = await majorities(temporary, [shares.planes(temporary, sums, indices)]);
    const upper = shares.planes(
      temporary,
      sums,
      indices.map((plane) => plane + 1),
    );
    const products = await and(temporary, upper, carries!);
    const lowest = newBits(temporary, 1, x.length, true);
    const generate = shares.stack(temporary, [lowest, products]);
    const propagate = shares.xor(temporary, sums, shares.stack(temporary, [lowest, carries!]));
    return { generate, propagate };
  });
}
