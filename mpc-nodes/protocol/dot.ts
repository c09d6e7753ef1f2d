import { kernels } from "../kernels/active.ts";
import type { PartyId } from "../math/party.ts";
import { split } from "../sharing/linear.ts";
import { heldShares, type SharedVector, shareOf } from "../sharing/shared-vector.ts";
import { zeroShares } from "./joint-sharing.ts";
import { requirePairs } from "./operands.ts";
import { addCrossTerms, CROSS_TERMS } from "./product.ts";
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
  const accumulate = (out: BigUint64Array, i: PartyId, j: PartyId): void => {
    for (const [k, [x, y]] of pairs.entries()) {
      kernels.accumulateDot(out.subarray(k, k + 1), shareOf(x, i), shareOf(y, j));
    }
  };
  const crossTerm = (i: PartyId, j: PartyId): BigUint64Array => {
    const out = new BigUint64Array(length);
    accumulate(out, i, j);
    accumulate(out, j, i);
    return out;
  };
  for (const j of heldShares(session.party)) accumulate(z[j]!, j, j);
  await addCrossTerms(session, CROSS_TERMS, length, crossTerm, z);
  return split(
    { length, shares: z },
    pairs.map(() => 1),
  );
}
