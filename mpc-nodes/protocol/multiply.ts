import { kernels } from "../kernels/active.ts";
import type { PartyId } from "../math/party.ts";
import { concatenate, split } from "../sharing/linear.ts";
import { heldShares, type SharedVector } from "../sharing/shared-vector.ts";
import { zeroShares } from "./joint-sharing.ts";
import { requirePairs } from "./operands.ts";
import { addCrossTerms, CROSS_TERMS } from "./product.ts";
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
  for (const j of heldShares(session.party)) kernels.multiply(z[j]!, x[j]!, y[j]!);
  const crossTerm = (i: PartyId, j: PartyId): BigUint64Array => {
    const out = new BigUint64Array(length);
    kernels.multiplyPairs(out, x[i]!, y[j]!, x[j]!, y[i]!);
    return out;
  };
  await addCrossTerms(session, CROSS_TERMS, length, crossTerm, z);
  return split(
    { length, shares: z },
    pairs.map(([left]) => left.length),
  );
}
