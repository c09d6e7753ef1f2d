/**
 * The end of a run by three whose answer stays sealed (PROTOCOL 12): a fresh sharing of the outputs in the form of four parties, so that
 * whoever opens it need not know who computed.
 */
import type { PartyId } from "../../math/party.ts";
import { viewWords } from "../../math/words.ts";
import { commitOutputs } from "../../sharing/opening.ts";
import { sharedVector } from "../../sharing/shared-vector.ts";
import { narrow, shareWords } from "../replicated/linear.ts";
import { agreeOnCommitments, outputSalts } from "../replicated/outputs.ts";
import type { SealedOutputs } from "../session.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { constant } from "./linear.ts";
import { multiply } from "./product.ts";
import type { ThreeVector } from "./values.ts";
import { verify } from "./verify.ts";

/**
 * The outputs times a shared 1 are the same outputs, reshared: their shares say nothing of how they were computed. Everything is verified
 * before any of it is kept. Share e, of the seat that is left out, is drawn from k_e, which all three hold, and comes off the share
 * of the first.
 */
export async function sealOutputs(
  context: ThreeContext,
  outputs: ThreeVector,
  requestId: Uint8Array,
): Promise<SealedOutputs> {
  return withTemporaries(context, async (temporary) => {
    const { party, circle, randomness, rings, heap } = temporary;
    const { excluded, active } = circle;
    const fresh = await multiply(temporary, outputs, constant(temporary, 1n, outputs.length, outputs.word));
    await verify(temporary);
    const words = narrow(temporary, fresh.value, 64);
    const drawn = randomness.bytes(excluded, "output-share", outputs.length * 8);
    const extra = temporary.arena.take(Math.max(1, drawn.length));
    heap.write(extra.pointer, drawn);
    const [first] = active;
    if (party !== first) rings[64].subtract(words.at[first], words.at[first], extra.pointer, words.length);
    const shareOf = (j: PartyId): BigUint64Array =>
      j === excluded ? viewWords(drawn).slice() : shareWords(temporary, words, j).slice();
    const shares = sharedVector(party, words.length, shareOf);
    const salts = outputSalts(temporary);
    const commitments = await agreeOnCommitments(temporary, commitOutputs(salts, shares, requestId));
    return { shares, salts, commitments };
  });
}
