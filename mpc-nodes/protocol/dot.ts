import { kernels } from "../kernels/active.ts";
import { forEachChunk } from "../math/chunks.ts";
import { split } from "../sharing/linear.ts";
import { heldShares, type SharedVector } from "../sharing/shared-vector.ts";
import { zeroShares } from "./joint-sharing.ts";
import { requirePairs } from "./operands.ts";
import { addCrossTerms, CROSS_TERMS, type Products } from "./product.ts";
import type { Session } from "./session.ts";

/**
 * Σ x · y over the rows, a vector of length 1 for every pair; all pairs in one round. Cross terms are summed before they
 * are shared, so the bytes do not depend on the number of rows (ePrint 2020/1330).
 * @param pairs each of equal lengths
 */
export async function dot(
  session: Session,
  pairs: readonly (readonly [SharedVector, SharedVector])[],
): Promise<SharedVector[]> {
  if (pairs.length === 0) return [];
  requirePairs(session, pairs);
  const length = pairs.length;
  const z = zeroShares(session.party, length);
  const held = heldShares(session.party);
  const sums = held.flatMap((i) => held.filter((j) => j > i).map((j) => ({ i, j, sum: new BigUint64Array(length) })));
  for (const [k, [x, y]] of pairs.entries()) {
    // Nine products of six vectors: chunk by chunk, so that each is read from memory once.
    forEachChunk(x.length, (from, to) => {
      const piece = (words: BigUint64Array | null) => words?.subarray(from, to);
      const [xs, ys] = [x.shares.map(piece), y.shares.map(piece)];
      for (const j of held) kernels.accumulateDot(z[j]!.subarray(k, k + 1), xs[j]!, ys[j]!);
      for (const { i, j, sum } of sums) {
        const total = sum.subarray(k, k + 1);
        kernels.accumulateDot(total, xs[i]!, ys[j]!);
        kernels.accumulateDot(total, xs[j]!, ys[i]!);
      }
    });
  }
  const products: Products = {
    cross(out, i, j, from, to) {
      out.set(sums.find((term) => term.i === i && term.j === j)!.sum.subarray(from, to));
    },
  };
  await addCrossTerms(session, CROSS_TERMS, length, products, z);
  return split(
    { length, shares: z },
    pairs.map(() => 1),
  );
}
