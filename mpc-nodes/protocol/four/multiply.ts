import type { Ring } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { WORD_BYTES } from "../../math/words.ts";
import { type Context, newBits, newVector, SCRATCH_BYTES } from "../replicated/context.ts";
import type { ReplicatedBits, Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import type { TwoRoles } from "../tags.ts";
import { ACROSS, CROSS_TERMS, type Sharing, sharingPart } from "./joint-sharing.ts";
import type { FourVector } from "./values.ts";

/** x · y, row by row; six ring elements a row, one round (`joint-sharing.ts`). */
export async function multiply(context: Context, x: FourVector, y: FourVector): Promise<FourVector> {
  const z = newVector(context, x.word, x.length);
  if (x.word === 64) await context.exchange(productPart64(context, x.length, x.at, y.at, z.at));
  else await context.exchange(productPart(context, context.rings[x.word], x.length, x.at, y.at, z.at));
  return z;
}

/** x and y, plane by plane, row by row; six words for 64 bits, one round. */
export async function and(context: Context, x: ReplicatedBits, y: ReplicatedBits): Promise<ReplicatedBits> {
  const z = newBits(context, x.planes, x.length);
  await context.exchange(productPart(context, context.rings.bits, x.planes * x.planeWords, x.at, y.at, z.at));
  return z;
}

/**
 * `productPart` for the operation that counts most: the same messages from the same masks, but each share is read and written once.
 */
function productPart64(context: Context, length: number, x: Shares, y: Shares, z: Shares): RoundPart {
  const { party, held, heap, rings, randomness, scratch } = context;
  const [a, b, c] = held as [PartyId, PartyId, PartyId];
  const generic = productPart(context, rings[64], length, x, y, z);
  const known = [4 * a + b, 4 * a + c, 4 * b + c];
  // Six masks: two in each of three scratch areas.
  const masks = CROSS_TERMS.map((_, term) => scratch[term >> 1]! + (term & 1) * (SCRATCH_BYTES / 2));
  return {
    ...generic,
    produce(from, to, outgoing, turn) {
      const [at, rows] = [from * WORD_BYTES, to - from];
      const place = [0, 0, 0];
      let turns = 0;
      const drawn: { readonly receiver: PartyId; readonly mask: number }[] = [];
      for (const [term, { pair, roles }] of CROSS_TERMS.entries()) {
        const { receiver } = roles[turn];
        if (receiver === party) continue;
        randomness.fill(receiver, "joint-sharing", heap, masks[term]!, rows * WORD_BYTES);
        const index = known.indexOf(4 * pair[0] + pair[1]);
        if (index < 0) drawn.push({ receiver, mask: masks[term]! });
        else {
          place[index] = term;
          if (receiver === pair[1]) turns |= 1 << index;
        }
      }
      const [ab, ac, bc] = place as [number, number, number];
      heap.loops.multiplyThree64(
        ...[z[a] + at, z[b] + at, z[c] + at],
        ...[x[a] + at, x[b] + at, x[c] + at],
        ...[y[a] + at, y[b] + at, y[c] + at],
        ...[masks[ab]!, masks[ac]!, masks[bc]!],
        ...[outgoing[ab]!, outgoing[ac]!, outgoing[bc]!],
        turns,
        rows,
      );
      for (const { receiver, mask } of drawn) rings[64].add(z[receiver] + at, z[receiver] + at, mask, rows);
    },
  };
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
