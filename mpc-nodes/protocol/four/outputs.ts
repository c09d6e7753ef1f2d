/** The end of a run whose answer stays sealed (PROTOCOL 12): fresh shares, salts, and commitments of the output shares. */
import { PARTIES, type PartyId } from "../../math/party.ts";
import { COMMITMENT_BYTES, SALT_BYTES } from "../../sharing/commitment.ts";
import { ProtocolError } from "../errors.ts";
import { type Context, newVector } from "./context.ts";
import { sharingPart, type TwoRoles } from "./joint-sharing.ts";
import { knownSharing } from "./multiply.ts";
import { tellMissing } from "./open.ts";
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

/** A fresh 32-byte salt for each share, from k_j, so the three holders of share j have the same; null at the own index. */
export function outputSalts({ party, randomness }: Context): (Uint8Array | null)[] {
  return PARTIES.map((j) => (j === party ? null : randomness.bytes(j, "output-salt", SALT_BYTES)));
}

/**
 * All four commitments at every party: each computes three and is told the fourth jointly. One round.
 * @param own own[j] is C_j, 32 bytes; null at the party's own index
 * @returns [C_0, C_1, C_2, C_3]
 */
export async function agreeOnCommitments(context: Context, own: readonly (Uint8Array | null)[]): Promise<Uint8Array[]> {
  const { party, heap } = context;
  for (const j of PARTIES) {
    if ((own[j]?.length ?? 0) === (j === party ? 0 : COMMITMENT_BYTES)) continue;
    const message = `commitments are ${COMMITMENT_BYTES} bytes for each held share, none for one's own`;
    throw new ProtocolError("InvalidOperand", message);
  }
  let told = new Uint8Array();
  const part = tellMissing(
    party,
    1,
    COMMITMENT_BYTES,
    (j, _from, _to, out) => heap.write(out, own[j]!),
    (_from, _to, pointer) => {
      told = heap.view(pointer, COMMITMENT_BYTES).slice();
    },
  );
  await context.exchange(part);
  return PARTIES.map((j) => own[j] ?? told);
}
