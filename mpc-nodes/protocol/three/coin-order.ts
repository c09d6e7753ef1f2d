import { createCipheriv, createHash } from "node:crypto";
import type { Context } from "../replicated/context.ts";
import { SCRATCH_BYTES } from "../replicated/context.ts";

/**
 * Of each share of a seed. The receiver of a share can compute the key of its tag, so the tag, which may arrive first, tells it 16 bytes
 * of the share (of a share of 16 bytes all): the other 32 stay unknown.
 */
export const SEED_BYTES = 48;
/** Random bytes of one entry of a permutation (`kernels/assembly/permutation.ts`). */
const ENTRY_BYTES = 16;

/** A permutation of `length` things from a public seed of which all must be known: a list of u32, in the arena. */
export function orderOf({ arena, heap, scratch }: Context, seed: Uint8Array, length: number): number {
  const { pointer } = arena.take(4 * length);
  const key = createHash("sha256").update("sharebridge/1/order").update(seed).digest().subarray(0, 16);
  const stream = createCipheriv("aes-128-ctr", key, new Uint8Array(16));
  heap.loops.identity(pointer, length);
  const most = SCRATCH_BYTES / ENTRY_BYTES;
  const zeros = new Uint8Array(SCRATCH_BYTES);
  for (let left = length; left > 0; left -= most) {
    const down = Math.max(0, left - most);
    heap.write(scratch[0], stream.update(zeros.subarray(0, (left - down) * ENTRY_BYTES)));
    heap.loops.shuffleOrder(pointer, scratch[0], down, left);
  }
  return pointer;
}
