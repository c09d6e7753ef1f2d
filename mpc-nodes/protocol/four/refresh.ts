import type { PartyId } from "../../math/party.ts";
import { type Context, newVector } from "../replicated/context.ts";
import type { TwoRoles } from "../tags.ts";
import { sharingPart } from "./joint-sharing.ts";
import { knownSharing } from "./multiply.ts";
import type { FourVector } from "./values.ts";

/** Three joint sharings whose values add up to x. Each receiver j lacks x_j, which is part of what it is sent. */
const PARTS: readonly { roles: TwoRoles; of: readonly PartyId[] }[] = [
  { roles: fixed({ sender: 2, checker: 3, receiver: 1 }), of: [0, 1] },
  { roles: fixed({ sender: 3, checker: 0, receiver: 2 }), of: [2] },
  { roles: fixed({ sender: 0, checker: 1, receiver: 3 }), of: [3] },
];

/** The receivers matter here, so they stay. */
function fixed(roles: TwoRoles[0]): TwoRoles {
  return [roles, roles];
}

/**
 * A fresh sharing of the same value, so that shares which leave the committee say nothing of how the value was computed
 * (PROTOCOL 12). With m_j drawn from k_j, the new shares are
 *
 *     x0 + x1 − m1,   m1 + x2 − m2,   m2 + x3 − m3,   m3:
 *
 * they add up to x, and any three of them are uniform and independent of x0..x3 to whoever lacks the keys. A single node
 * together with the reader of all four learns x and, from it, only what the node's own three shares already imply. Three
 * ring elements a row, one round.
 */
export async function refresh(context: Context, x: FourVector): Promise<FourVector> {
  const ring = context.rings[x.word];
  const fresh = newVector(context, x.word, x.length, true);
  const sharings = PARTS.map(({ roles, of }) =>
    knownSharing(context, ring, roles, fresh.at, (from, to, out) => {
      const [first, second] = of.map((j) => x.at[j] + from * ring.elementBytes);
      if (second === undefined) return first!;
      ring.add(out, first!, second, to - from);
      return out;
    }),
  );
  await context.exchange(sharingPart(context, ring, x.length, sharings));
  return fresh;
}
