import type { PartyId } from "../../math/party.ts";
import { viewBytes } from "../../math/words.ts";
import type { WordBits } from "../mpc.ts";
import { newVector, strideOf } from "../replicated/context.ts";
import type { ThreeContext } from "./context.ts";
import { macBits, ThreeVector } from "./values.ts";

/**
 * Four shares as three, without a message: that of the seat that is left out, which all three hold, is added to that of the first. In
 * the larger ring they add up to the same value modulo 2^word.
 */
export function importShares(
  context: ThreeContext,
  word: WordBits,
  length: number,
  share: (j: PartyId) => BigUint64Array,
): ThreeVector {
  const { heap, arena, held, rings, circle } = context;
  const out = newVector(context, macBits(word), length);
  const bytes = strideOf((length * word) / 8);
  const [own, folded] = [arena.take(bytes), arena.take(bytes)];
  for (const j of held) {
    heap.write(own.pointer, viewBytes(share(j)));
    if (j === circle.active[0]) {
      heap.write(folded.pointer, viewBytes(share(circle.excluded)));
      rings[word].add(own.pointer, own.pointer, folded.pointer, length);
    }
    heap.loops.resize(out.at[j], macBits(word) / 64, own.pointer, word / 64, 0, length);
  }
  for (const region of [own, folded]) arena.free(region);
  return new ThreeVector(word, out);
}
