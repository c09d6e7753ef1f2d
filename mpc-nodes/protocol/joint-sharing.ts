/**
 * Joint sharing (after ePrint 2020/1330): a value that two parties know becomes a shared one at
 * the cost of one ring element. With r drawn from k_receiver, which the receiver alone lacks:
 *
 *     share[receiver] = r          share[other] = value − r          the other two shares are zero
 *
 * The receiver lacks share[receiver] and is sent value − r; the fourth party (`other`) lacks share[other] and draws r.
 */
import { kernels } from "../kernels/active.ts";
import { forEachChunk } from "../math/chunks.ts";
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

/** A sharing that takes its value piece by piece, so that a large one need not stand in memory whole. */
export interface OpenSharing extends PendingSharing {
  readonly roles: Roles;
  /** True at sender and checker. */
  readonly knows: boolean;
  /**
   * Adds words [from, to) of the shares; every word once, before the message is exchanged.
   * @param value those words of the value, at sender and checker; null at the others
   */
  add(from: number, to: number, value: BigUint64Array | null): void;
}

/** Four zero vectors, but for the party's own index. */
export function zeroShares(party: PartyId, length: number): Accumulator {
  return PARTIES.map((j) => (j === party ? null : new BigUint64Array(length)));
}

/**
 * Begins a sharing of a jointly known value of `length` words, which is added to `into`. Draws from k_receiver at once, so all
 * parties call it in the same order.
 */
export function beginSharing(session: Session, roles: Roles, length: number, into: Accumulator): OpenSharing {
  const { party } = session;
  const { sender, checker, receiver } = roles;
  const other = partiesExcept(sender, checker, receiver)[0]!;
  const knows = party === sender || party === checker;
  // At sender and checker each piece of the mask becomes what is sent, value − mask, in the same memory.
  const mask = party === receiver ? null : session.randomness.words(receiver, "joint-sharing", length);
  return {
    roles,
    knows,
    message: { sender, checker, receiver, byteLength: length * WORD_BYTES, bytes: knows ? viewBytes(mask!) : null },
    add(from, to, value) {
      if (mask === null) return;
      const piece = mask.subarray(from, to);
      addTo(into[receiver]!.subarray(from, to), piece);
      if (!knows) return;
      kernels.subtract(piece, value!, piece);
      addTo(into[other]!.subarray(from, to), piece);
    },
    complete(received) {
      if (party === receiver) addTo(into[other]!, viewWords(received!));
    },
  };
}

/**
 * Adds a sharing of a jointly known value to `into`; like `beginSharing`, with the value at hand.
 * @param value the words, at sender and checker; null at the others
 */
export function shareJointly(
  session: Session,
  roles: Roles,
  length: number,
  value: BigUint64Array | null,
  into: Accumulator,
): PendingSharing {
  const sharing = beginSharing(session, roles, length, into);
  if (sharing.knows && value?.length !== length) {
    throw new ProtocolError(
      "InvalidOperand",
      `sender and checker must know the ${length} words that they share jointly`,
    );
  }
  forEachChunk(length, (from, to) => sharing.add(from, to, value?.subarray(from, to) ?? null));
  return sharing;
}

function addTo(out: BigUint64Array, words: BigUint64Array): void {
  kernels.add(out, out, words);
}

/** One round for a list of sharings. */
export async function completeSharings(session: Session, pending: readonly PendingSharing[]): Promise<void> {
  const received = await session.joint.exchange(pending.map(({ message }) => message));
  for (const [index, sharing] of pending.entries()) sharing.complete(received[index]!);
}
