/**
 * Joint sharing (after ePrint 2020/1330): a value that two parties know becomes a shared one at
 * the cost of one ring element. With r drawn from k_receiver, which the receiver alone lacks:
 *
 *     share[receiver] = r          share[other] = value − r          the other two shares are zero
 *
 * The receiver lacks share[receiver] and is sent value − r; the fourth party (`other`) lacks share[other] and draws r.
 */
import { kernels } from "../kernels/active.ts";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import { viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { ProtocolError } from "./errors.ts";
import type { JointMessage } from "./joint-message.ts";
import type { Session } from "./session.ts";
import type { Roles } from "./tags.ts";

/** Shares under construction, by index; null at the party's own. */
export type Accumulator = readonly (BigUint64Array | null)[];

/** A sharing whose message has yet to be exchanged. */
export interface PendingSharing {
  readonly message: JointMessage;
  /** Adds the share that was sent, with what `exchange` returned for `message`. */
  complete(received: Uint8Array | null): void;
}

/** Four zero vectors, but for the party's own index. */
export function zeroShares(party: PartyId, length: number): Accumulator {
  return PARTIES.map((j) => (j === party ? null : new BigUint64Array(length)));
}

/**
 * Adds a sharing of a jointly known value to `into`. Draws from k_receiver at once, so all parties call it in the same order.
 * @param value the words, at sender and checker; null at the others
 */
export function shareJointly(
  session: Session,
  roles: Roles,
  length: number,
  value: BigUint64Array | null,
  into: Accumulator,
): PendingSharing {
  const { party } = session;
  const { sender, checker, receiver } = roles;
  const other = partiesExcept(sender, checker, receiver)[0]!;
  const knows = party === sender || party === checker;
  if (knows && value?.length !== length) {
    throw new ProtocolError(
      "InvalidOperand",
      `sender and checker must know the ${length} words that they share jointly`,
    );
  }
  let rest: BigUint64Array | null = null;
  if (party !== receiver) {
    const mask = session.randomness.words(receiver, "joint-sharing", length);
    kernels.add(into[receiver]!, into[receiver]!, mask);
    if (knows) {
      rest = mask;
      kernels.subtract(rest, value!, mask);
      kernels.add(into[other]!, into[other]!, rest);
    }
  }
  return {
    message: { sender, checker, receiver, byteLength: length * WORD_BYTES, bytes: rest && viewBytes(rest) },
    complete(received) {
      if (party === receiver) kernels.add(into[other]!, into[other]!, viewWords(received!));
    },
  };
}

/** One round for a list of sharings. */
export async function completeSharings(session: Session, pending: readonly PendingSharing[]): Promise<void> {
  const received = await session.joint.exchange(pending.map(({ message }) => message));
  for (const [index, sharing] of pending.entries()) sharing.complete(received[index]!);
}
