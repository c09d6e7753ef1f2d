import { kernels } from "../kernels/active.ts";
import { concatenate, split } from "../sharing/linear.ts";
import { heldShares, type SharedVector } from "../sharing/shared-vector.ts";
import { zeroShares } from "./joint-sharing.ts";
import { requirePairs } from "./operands.ts";
import { addCrossTerms, CROSS_TERMS, type Products } from "./product.ts";
import type { Session } from "./session.ts";

/**
 * x · y, row by row, for every pair; all pairs in one round (`product.ts`).
 * @param pairs each of equal lengths
 */
export async function multiply(
  session: Session,
  pairs: readonly (readonly [SharedVector, SharedVector])[],
): Promise<SharedVector[]> {
  if (pairs.length === 0) return [];
  requirePairs(session, pairs);
  const { shares: x, length } = concatenate(pairs.map(([left]) => left));
  const { shares: y } = concatenate(pairs.map(([, right]) => right));

  const z = zeroShares(session.party, length);
  const held = heldShares(session.party);
  const products: Products = {
    local(from, to) {
      for (const j of held)
        kernels.multiply(z[j]!.subarray(from, to), x[j]!.subarray(from, to), y[j]!.subarray(from, to));
    },
    cross(out, i, j, from, to) {
      const [xi, xj] = [x[i]!.subarray(from, to), x[j]!.subarray(from, to)];
      kernels.multiplyPairs(out, xi, y[j]!.subarray(from, to), xj, y[i]!.subarray(from, to));
    },
  };
  await addCrossTerms(session, CROSS_TERMS, length, products, z);
  return split(
    { length, shares: z },
    pairs.map(([left]) => left.length),
  );
}
