/**
 * Joint sharing (after ePrint 2020/1330): a value that two parties know becomes a shared one at
 * the cost of one ring element. With r drawn from k_receiver, which the receiver alone lacks:
 *
 *     share[receiver] = r          share[other] = value − r          the other two shares are zero
 *
 * The receiver lacks share[receiver] and is sent value − r; the fourth party (`other`) lacks share[other] and draws r.
 */
import type { Ring } from "../../kernels/rings.ts";
import { PARTIES, type PartyId, partiesExcept } from "../../math/party.ts";
import type { Context } from "../replicated/context.ts";
import type { Shares } from "../replicated/values.ts";
import type { RoundPart, Turn } from "../round.ts";
import { knows } from "../steps.ts";
import type { Roles, TwoRoles } from "../tags.ts";

export interface Sharing {
  readonly roles: TwoRoles;
  /** The shares that it is added to. */
  readonly into: Shares;
  /**
   * At the two that know the value: message = value − mask, receiverShare += mask, otherShare += message, for units [from, to).
   * All are pointers to the first of these units.
   */
  share(message: number, receiverShare: number, otherShare: number, mask: number, from: number, to: number): void;
}

/**
 * The part of a round that shares values jointly. Masks are drawn as the messages are made, so every party makes them in the same
 * order.
 */
export function sharingPart(
  context: Context,
  ring: Ring,
  units: number,
  sharings: readonly Sharing[],
  before?: (from: number, to: number) => void,
): RoundPart {
  const { party, heap, randomness, scratch } = context;
  const bytes = ring.elementBytes;
  return {
    units,
    unitBytes: bytes,
    messages: sharings.map(({ roles }) => roles),
    produce(from, to, outgoing, turn) {
      before?.(from, to);
      const offset = from * bytes;
      for (const [index, { roles: both, into, share }] of sharings.entries()) {
        const roles = both[turn];
        const { receiver } = roles;
        if (party === receiver) continue;
        const mask = scratch[0];
        randomness.fill(receiver, "joint-sharing", heap, mask, (to - from) * bytes);
        const receiverShare = into[receiver] + offset;
        if (knows(roles, party)) share(outgoing[index]!, receiverShare, into[otherOf(roles)] + offset, mask, from, to);
        else ring.add(receiverShare, receiverShare, mask, to - from);
      }
    },
    consume(from, to, incoming, turn: Turn) {
      for (const [index, { roles, into }] of sharings.entries()) {
        if (roles[turn].receiver !== party) continue;
        const otherShare = into[otherOf(roles[turn])] + from * bytes;
        ring.add(otherShare, otherShare, incoming[index]!, to - from);
      }
    },
  };
}

/** The party that has no part in the message. */
function otherOf({ sender, checker, receiver }: Roles): PartyId {
  return partiesExcept(sender, checker, receiver)[0]!;
}

/**
 * How each party is told, jointly, what only it lacks: party i by i + 1, checked by i + 2; in odd steps by i + 3, checked by i + 1,
 * so that over two steps it hears from every other, which tells it what that one has verified.
 */
export const TELL_MISSING: readonly TwoRoles[] = PARTIES.map((receiver) => {
  const [one, two, three] = [1, 2, 3].map((step) => PARTIES[(receiver + step) % 4]!) as [PartyId, PartyId, PartyId];
  return [
    { sender: one, checker: two, receiver },
    { sender: three, checker: one, receiver },
  ];
});

/** Who shares what only 2 and 3, or only 0 and 1, know. In odd steps both pairs of roles change. */
export const BY_2_AND_3: TwoRoles = [
  { sender: 2, checker: 3, receiver: 1 },
  { sender: 3, checker: 2, receiver: 0 },
];
export const BY_0_AND_1: TwoRoles = [
  { sender: 0, checker: 1, receiver: 3 },
  { sender: 1, checker: 0, receiver: 2 },
];

/**
 * The product of two shared values (ePrint 2020/1330): x·y = Σ x_i y_i + Σ_{i<j} (x_i y_j + x_j y_i). All holders of
 * share i have x_i y_i; the cross term of {i, j} is known to the other two parties, who share it jointly: six ring elements in all,
 * one round. The receiver is i in one kind of step and j in the other, the two that know take turns at sending: over two
 * steps every party sends three elements and hears from every other, which tells it what that one has verified.
 */
export interface CrossTerm {
  readonly pair: readonly [PartyId, PartyId];
  readonly roles: TwoRoles;
}

export const CROSS_TERMS: readonly CrossTerm[] = [
  {
    pair: [0, 1],
    roles: [
      { sender: 2, checker: 3, receiver: 1 },
      { sender: 3, checker: 2, receiver: 0 },
    ],
  },
  {
    pair: [1, 2],
    roles: [
      { sender: 3, checker: 0, receiver: 2 },
      { sender: 0, checker: 3, receiver: 1 },
    ],
  },
  {
    pair: [2, 3],
    roles: [
      { sender: 0, checker: 1, receiver: 3 },
      { sender: 1, checker: 0, receiver: 2 },
    ],
  },
  {
    pair: [0, 3],
    roles: [
      { sender: 1, checker: 2, receiver: 0 },
      { sender: 2, checker: 1, receiver: 3 },
    ],
  },
  {
    pair: [0, 2],
    roles: [
      { sender: 3, checker: 1, receiver: 2 },
      { sender: 1, checker: 3, receiver: 0 },
    ],
  },
  {
    pair: [1, 3],
    roles: [
      { sender: 0, checker: 2, receiver: 1 },
      { sender: 2, checker: 0, receiver: 3 },
    ],
  },
];

/** The cross terms of a value shared by 2 and 3 (shares 0, 1) with one shared by 0 and 1 (shares 2, 3): the others vanish. */
export const ACROSS: readonly CrossTerm[] = [
  {
    pair: [1, 2],
    roles: [
      { sender: 3, checker: 0, receiver: 2 },
      { sender: 0, checker: 3, receiver: 1 },
    ],
  },
  {
    pair: [0, 3],
    roles: [
      { sender: 2, checker: 1, receiver: 0 },
      { sender: 1, checker: 2, receiver: 3 },
    ],
  },
  {
    pair: [0, 2],
    roles: [
      { sender: 1, checker: 3, receiver: 2 },
      { sender: 3, checker: 1, receiver: 0 },
    ],
  },
  {
    pair: [1, 3],
    roles: [
      { sender: 0, checker: 2, receiver: 1 },
      { sender: 2, checker: 0, receiver: 3 },
    ],
  },
];
