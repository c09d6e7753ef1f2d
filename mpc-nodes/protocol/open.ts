import { PARTIES } from "../math/party.ts";
import { splitWords, viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { concatenate } from "../sharing/linear.ts";
import { recombine, type SharedVector } from "../sharing/shared-vector.ts";
import { requireOwn } from "./operands.ts";
import type { Session } from "./session.ts";
import type { Roles } from "./tags.ts";

/** How each party is told, jointly, what only it lacks: party i by i + 1, checked by i + 2. */
export const TELL_MISSING: readonly Roles[] = PARTIES.map((receiver) => ({
  sender: PARTIES[(receiver + 1) % 4]!,
  checker: PARTIES[(receiver + 2) % 4]!,
  receiver,
}));

/**
 * Opens values to all four parties: each is told its missing share (ePrint 2020/1330). Four ring
 * elements a row, one round.
 * @returns the values as ring words, one array per vector
 */
export async function open(session: Session, values: readonly SharedVector[]): Promise<BigUint64Array[]> {
  if (values.length === 0) return [];
  requireOwn(session, values);
  const { shares, length } = concatenate(values);
  const received = await session.joint.exchange(
    TELL_MISSING.map((roles) => ({
      ...roles,
      byteLength: length * WORD_BYTES,
      bytes:
        session.party === roles.sender || session.party === roles.checker ? viewBytes(shares[roles.receiver]!) : null,
    })),
  );
  const value = recombine(shares.map((words, j) => words ?? viewWords(received[j]!)));
  return splitWords(
    value,
    values.map((vector) => vector.length),
  );
}
