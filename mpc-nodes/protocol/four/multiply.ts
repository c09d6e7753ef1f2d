import type { Ring } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import type { RoundPart } from "../round.ts";
import { type Context, newBits, newVector } from "./context.ts";
import { ACROSS, CROSS_TERMS, type Sharing, sharingPart, type TwoRoles } from "./joint-sharing.ts";
import type { FourBits, FourVector, Shares } from "./values.ts";

/** x · y, row by row; six ring elements a row, one round (`joint-sharing.ts`). */
export async function multiply(context: Context, x: FourVector, y: FourVector): Promise<FourVector> {
  const z = newVector(context, x.word, x.length);
  await context.exchange(productPart(context, context.rings[x.word], x.length, x.at, y.at, z.at));
  return z;
}

/** x and y, plane by plane, row by row; six words for 64 bits, one round. */
export async function and(context: Context, x: FourBits, y: FourBits): Promise<FourBits> {
  const z = newBits(context, x.planes, x.length);
  await context.exchange(productPart(context, context.rings.bits, x.planes * x.planeWords, x.at, y.at, z.at));
  return z;
}

/** z = x · y; z need not be cleared. */
function productPart(context: Context, ring: Ring, units: number, x: Shares, y: Shares, z: Shares): RoundPart {
  const { held } = context;
  const bytes = ring.elementBytes;
  const sharings = CROSS_TERMS.map(({ pair: [i, j], roles }) => ({
    roles,
    into: z,
    share(message: number, receiverShare: number, otherShare: number, mask: number, from: number, to: number) {
      const at = from * bytes;
      ring.shareCross(message, receiverShare, otherShare, x[i] + at, x[j] + at, y[i] + at, y[j] + at, mask, to - from);
    },
  }));
  return sharingPart(context, ring, units, sharings, (from, to) => {
    const at = from * bytes;
    for (const j of held) ring.multiply(z[j] + at, x[j] + at, y[j] + at, to - from);
  });
}

/**
 * z += u · v, where u has shares 0 and 1 alone and v shares 2 and 3 alone: four ring elements a unit, one round.
 * @param terms gives the products of a pair of shares instead, as `knownSharing` does its values
 */
export function acrossPart(
  context: Context,
  ring: Ring,
  units: number,
  u: Shares,
  v: Shares,
  z: Shares,
  terms?: (pair: readonly [PartyId, PartyId], from: number, to: number, out: number) => number,
): RoundPart {
  const bytes = ring.elementBytes;
  const sharings = ACROSS.map(({ pair, roles }): Sharing => {
    if (terms) return knownSharing(context, ring, roles, z, (from, to, out) => terms(pair, from, to, out));
    const [i, j] = pair;
    return {
      roles,
      into: z,
      share(message, receiverShare, otherShare, mask, from, to) {
        const at = from * bytes;
        ring.shareProduct(message, receiverShare, otherShare, u[i] + at, v[j] + at, mask, to - from);
      },
    };
  });
  return sharingPart(context, ring, units, sharings);
}

/**
 * Shares a value that two parties know.
 * @param values writes units [from, to) to `out` and returns it, or returns where they are already
 */
export function knownSharing(
  context: Context,
  ring: Ring,
  roles: TwoRoles,
  into: Shares,
  values: (from: number, to: number, out: number) => number,
): Sharing {
  return {
    roles,
    into,
    share(message: number, receiverShare: number, otherShare: number, mask: number, from: number, to: number) {
      ring.share(message, receiverShare, otherShare, values(from, to, context.scratch[1]), mask, to - from);
    },
  };
}
