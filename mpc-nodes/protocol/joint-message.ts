/**
 * Joint message passing (ePrint 2020/1330, with the check in the same round: PROTOCOL 1). Sender and checker both
 * know a value that the receiver lacks. The sender sends it, the checker sends its tag, and nothing that depends on the
 * value leaves the receiver before the tag has been verified: `exchange` returns verified bytes or throws.
 */
import { concatenateBytes, equalBytes } from "../math/bytes.ts";
import { type PartyId, partiesExcept } from "../math/party.ts";
import { ProtocolError } from "./errors.ts";
import { type Network, receiveBytes } from "./network.ts";
import { type Roles, TAG_BYTES, type Tagger } from "./tags.ts";

export interface JointMessage extends Roles {
  readonly byteLength: number;
  /** The value, at sender and checker; null at the others. */
  readonly bytes: Uint8Array | null;
}

/** Rounds of joint messages in one session. */
export interface JointMessages {
  /** Rounds so far in which anything was sent by anyone. */
  readonly rounds: number;
  /**
   * One round. All four parties call it with the same list, apart from `bytes`; each sends at most one frame to each peer.
   * @returns at each index the received and verified bytes where this party is the receiver, else null
   * @throws ProtocolError BadTag; after any failure the session is dead and later rounds throw SessionAborted
   */
  exchange(messages: readonly JointMessage[]): Promise<(Uint8Array | null)[]>;
}

/** All messages of a round with the same roles: one value, one tag. */
interface Group extends Roles {
  readonly members: number[];
  byteLength: number;
}

export function createJointMessages(network: Network, tag: Tagger): JointMessages {
  let rounds = 0;
  let busy = false;
  let failure: unknown = null;

  async function exchange(messages: readonly JointMessage[]): Promise<(Uint8Array | null)[]> {
    if (failure !== null) {
      throw new ProtocolError("SessionAborted", "the session was aborted by an earlier failure", [], {
        cause: failure,
      });
    }
    if (busy) {
      throw new ProtocolError(
        "ConcurrentRounds",
        "a round is under way; operations of one session run one after another",
      );
    }
    busy = true;
    try {
      return await oneRound(messages);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      busy = false;
    }
  }

  async function oneRound(messages: readonly JointMessage[]): Promise<(Uint8Array | null)[]> {
    const groups = groupByRoles(messages);
    if (groups.length === 0)
      return messages.map((message) => (message.receiver === network.party ? new Uint8Array() : null));
    const round = rounds++;

    for (const peer of partiesExcept(network.party)) {
      const frame = joined(groups.flatMap((group) => outgoing(group, peer, round, messages)));
      if (frame.length > 0) network.send(peer, frame);
    }
    const frames = new Map<PartyId, Uint8Array>();
    await Promise.all(
      partiesExcept(network.party).map(async (peer) => {
        const byteLength = groups.reduce((total, group) => total + incomingLength(group, peer), 0);
        if (byteLength > 0) frames.set(peer, await receiveBytes(network, peer, byteLength));
      }),
    );
    return verified(groups, frames, round, messages);
  }

  function outgoing(group: Group, peer: PartyId, round: number, messages: readonly JointMessage[]): Uint8Array[] {
    if (group.receiver !== peer) return [];
    if (group.sender === network.party) return [jointValue(group, messages)];
    if (group.checker === network.party) return [tag(group, round, jointValue(group, messages))];
    return [];
  }

  function incomingLength(group: Group, peer: PartyId): number {
    if (group.receiver !== network.party) return 0;
    if (group.sender === peer) return group.byteLength;
    return group.checker === peer ? TAG_BYTES : 0;
  }

  /** Cuts the frames into values and tags, in the order of the groups, and verifies every one before returning any. */
  function verified(
    groups: readonly Group[],
    frames: ReadonlyMap<PartyId, Uint8Array>,
    round: number,
    messages: readonly JointMessage[],
  ): (Uint8Array | null)[] {
    const offsets = [0, 0, 0, 0];
    const take = (peer: PartyId, byteLength: number): Uint8Array => {
      offsets[peer] = offsets[peer]! + byteLength;
      return frames.get(peer)!.subarray(offsets[peer]! - byteLength, offsets[peer]!);
    };
    const received: (Uint8Array | null)[] = messages.map((message) =>
      message.receiver === network.party ? new Uint8Array() : null,
    );
    for (const group of groups.filter(({ receiver }) => receiver === network.party)) {
      const { sender, checker } = group;
      const value = take(sender, group.byteLength);
      if (!equalBytes(tag(group, round, value), take(checker, TAG_BYTES))) {
        throw new ProtocolError(
          "BadTag",
          `in round ${round} the value from seat ${sender} does not match the tag from seat ${checker}; one of the two deviates`,
          [sender, checker],
        );
      }
      let offset = 0;
      for (const index of group.members) {
        const { byteLength } = messages[index]!;
        received[index] = value.subarray(offset, offset + byteLength);
        offset += byteLength;
      }
    }
    return received;
  }

  return {
    get rounds() {
      return rounds;
    },
    exchange,
  };
}

/** In order of first appearance; empty messages are left out. */
function groupByRoles(messages: readonly JointMessage[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, { sender, checker, receiver, byteLength }] of messages.entries()) {
    if (byteLength === 0) continue;
    const name = `${sender}${checker}${receiver}`;
    const group = groups.get(name) ?? { sender, checker, receiver, members: [], byteLength: 0 };
    group.members.push(index);
    group.byteLength += byteLength;
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The parts one after another; a single part as it is, not copied. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : concatenateBytes(parts);
}

/** What sender and checker both know. */
function jointValue(group: Group, messages: readonly JointMessage[]): Uint8Array {
  return joined(
    group.members.map((index) => {
      const { bytes, byteLength } = messages[index]!;
      if (bytes?.length !== byteLength) {
        throw new ProtocolError(
          "InvalidOperand",
          `sender and checker must know the ${byteLength} bytes of a joint message`,
        );
      }
      return bytes;
    }),
  );
}
