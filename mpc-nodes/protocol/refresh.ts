import { kernels } from "../kernels/active.ts";
import type { PartyId } from "../math/party.ts";
import { concatenate, split } from "../sharing/linear.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import { completeSharings, shareJointly, zeroShares } from "./joint-sharing.ts";
import { requireOwn } from "./operands.ts";
import type { Session } from "./session.ts";
import type { Roles } from "./tags.ts";

/** Three joint sharings whose values add up to x. Each receiver j lacks x_j, which is part of what it is sent. */
const PARTS: readonly { roles: Roles; of: readonly PartyId[] }[] = [
  { roles: { sender: 2, checker: 3, receiver: 1 }, of: [0, 1] },
  { roles: { sender: 3, checker: 0, receiver: 2 }, of: [2] },
  { roles: { sender: 0, checker: 1, receiver: 3 }, of: [3] },
];

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
export async function refresh(session: Session, values: readonly SharedVector[]): Promise<SharedVector[]> {
  if (values.length === 0) return [];
  requireOwn(session, values);
  const { shares: x, length } = concatenate(values);
  const fresh = zeroShares(session.party, length);
  const pending = PARTS.map(({ roles, of }) => {
    if (session.party !== roles.sender && session.party !== roles.checker) {
      return shareJointly(session, roles, length, null, fresh);
    }
    const part = new BigUint64Array(length);
    for (const j of of) kernels.add(part, part, x[j]!);
    return shareJointly(session, roles, length, part, fresh);
  });
  await completeSharings(session, pending);
  return split(
    { length, shares: fresh },
    values.map((vector) => vector.length),
  );
}
