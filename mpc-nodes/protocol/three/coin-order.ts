import { createCipheriv } from "node:crypto";
import type { Context } from "../replicated/context.ts";
import { SCRATCH_BYTES } from "../replicated/context.ts";

export const SEED_BYTES = 16;
/** Random bytes of one entry of a permutation (`kernels/assembly/permutation.ts`). */
const ENTRY_BYTES = 16;

/** A permutation of `length` things from a public seed: a list of u32, in the arena. */
export function orderOf({ arena, heap, scratch }: Context, seed: Uint8Array, length: number): number {
  const { pointer } = arena.take(4 * length);
  const stream = createCipheriv("aes-128-ctr", seed, new Uint8Array(16));
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
