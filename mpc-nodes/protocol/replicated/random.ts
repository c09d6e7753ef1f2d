/** Secrets that no party knows, without a message: share j is drawn from k_j, so nobody knows all. */
import type { RingBits } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { ProtocolError } from "../errors.ts";
import { type Context, newBits, newVector, SCRATCH_BYTES, strideOf } from "./context.ts";
import { type ReplicatedBits, ReplicatedPermutation, type ReplicatedVector, type Shares, sharesOf } from "./values.ts";

/** Random bytes of one entry of a permutation (`kernels/assembly/permutation.ts`). */
const ENTRY_BYTES = 16;

export function random<Word extends RingBits>(context: Context, length: number, word: Word): ReplicatedVector<Word> {
  const out = newVector(context, word, length);
  for (const j of context.held) context.randomness.fill(j, "random", context.heap, out.at[j], (length * word) / 8);
  return out;
}

export function randomBits(context: Context, planes: number, length: number): ReplicatedBits {
  const out = newBits(context, planes, length);
  for (const j of context.held) {
    context.randomness.fill(j, "random", context.heap, out.at[j], planes * out.planeWords * 8);
  }
  return out;
}

/** From keys of the request; three parties fold the share of the seat that is left out into another, as they do with inputs. */
export function requestBits(
  context: Context,
  planes: number,
  length: number,
  folded?: { readonly from: PartyId; readonly into: PartyId },
): ReplicatedBits {
  const { requestRandomness, heap, held, arena } = context;
  if (requestRandomness === null) {
    throw new ProtocolError("NoRequestKeys", "noise needs keys of the request, which this computation was not given");
  }
  const out = newBits(context, planes, length);
  const words = planes * out.planeWords;
  for (const j of held) requestRandomness.fill(j, "noise", heap, out.at[j], 8 * words);
  if (folded !== undefined && held.includes(folded.into)) {
    const share = arena.take(8 * words);
    requestRandomness.fill(folded.from, "noise", heap, share.pointer, 8 * words);
    const into = out.at[folded.into];
    heap.loops.xor(into, into, share.pointer, words);
    arena.free(share);
  }
  return out;
}

/**
 * Writes a permutation as a list of u32.
 * @param fill writes the next random bytes at a pointer
 */
export function writePermutation(
  { heap, scratch }: Context,
  list: number,
  length: number,
  fill: (pointer: number, bytes: number) => void,
): void {
  const most = SCRATCH_BYTES / ENTRY_BYTES;
  heap.loops.identity(list, length);
  for (let left = length; left > 0; left -= most) {
    const down = Math.max(0, left - most);
    fill(scratch[0], (left - down) * ENTRY_BYTES);
    heap.loops.shuffleOrder(list, scratch[0], down, left);
  }
}

/** π_e for every e is drawn from k_e, by all who hold it: each party lacks one, so none knows their composition. */
export function randomPermutation(context: Context, length: number): ReplicatedPermutation {
  const { heap, arena, randomness, held } = context;
  const stride = strideOf(4 * length);
  const region = arena.take(Math.max(2 * held.length * stride, 1));
  const at = (first: number): Shares => sharesOf(held, (e) => region.pointer + stride * (first + held.indexOf(e)));
  const [orders, inverses] = [at(0), at(held.length)];
  for (const e of held) {
    writePermutation(context, orders[e], length, (pointer, bytes) =>
      randomness.fill(e, "permutation", heap, pointer, bytes),
    );
    heap.loops.invertOrder(inverses[e], orders[e], length);
  }
  return new ReplicatedPermutation(length, orders, inverses, [region]);
}
