import { createCipheriv, createHash } from "node:crypto";
import type { Context } from "../replicated/context.ts";
import { SCRATCH_BYTES } from "../replicated/context.ts";
import { writePermutation } from "../replicated/random.ts";

/**
 * Of each share of a seed. The receiver of a share can compute the key of its tag, so the tag, which may arrive first, tells it 16 bytes
 * of the share (of a share of 16 bytes all): the other 32 stay unknown.
 */
export const SEED_BYTES = 48;

/** A permutation of `length` things from a public seed of which all must be known: a list of u32, in the arena. */
export function orderOf(context: Context, seed: Uint8Array, length: number): number {
  const { pointer } = context.arena.take(4 * length);
  const key = createHash("sha256").update("sharebridge/1/order").update(seed).digest().subarray(0, 16);
  const stream = createCipheriv("aes-128-ctr", key, new Uint8Array(16));
  const zeros = new Uint8Array(SCRATCH_BYTES);
  writePermutation(context, pointer, length, (to, bytes) =>
    context.heap.write(to, stream.update(zeros.subarray(0, bytes))),
  );
  return pointer;
}
