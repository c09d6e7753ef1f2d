/** The end of a run whose answer stays sealed (PROTOCOL 12): salts and commitments of the output shares. */
import { PARTIES } from "../math/party.ts";
import { COMMITMENT_BYTES, SALT_BYTES } from "../sharing/commitment.ts";
import { ProtocolError } from "./errors.ts";
import { TELL_MISSING } from "./open.ts";
import type { Session } from "./session.ts";

/** A fresh 32-byte salt for each share, from k_j, so the three holders of share j have the same; null at the own index. */
export function outputSalts(session: Session): (Uint8Array | null)[] {
  return PARTIES.map((j) => (j === session.party ? null : session.randomness.bytes(j, "output-salt", SALT_BYTES)));
}

/**
 * All four commitments at every party: each computes three and is told the fourth jointly. One round.
 * @param own own[j] is C_j, 32 bytes; null at the party's own index
 * @returns [C_0, C_1, C_2, C_3]
 */
export async function agreeOnCommitments(session: Session, own: readonly (Uint8Array | null)[]): Promise<Uint8Array[]> {
  for (const j of PARTIES) {
    if ((own[j]?.length ?? 0) !== (j === session.party ? 0 : COMMITMENT_BYTES)) {
      throw new ProtocolError(
        "InvalidOperand",
        `commitments are ${COMMITMENT_BYTES} bytes for each held share, none for one's own`,
      );
    }
  }
  const received = await session.joint.exchange(
    TELL_MISSING.map((roles) => ({
      ...roles,
      byteLength: COMMITMENT_BYTES,
      bytes: session.party === roles.sender || session.party === roles.checker ? own[roles.receiver]! : null,
    })),
  );
  return PARTIES.map((j) => own[j] ?? received[j]!.slice());
}
