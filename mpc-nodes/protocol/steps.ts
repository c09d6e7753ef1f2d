/** How a round is cut into steps: what is made, sent and verified together. */
import type { PartyId } from "../math/party.ts";
import type { MessageRoles, RoundPart, Turn } from "./round.ts";

/** Bytes of one message in a step: 64 KiB is what ciphers and hashes are fastest at, and a dozen of them stay in the cache. */
export const STEP_BYTES = 262_144;
/** Steps that a party may be ahead of what it has verified in the same round: they hide the way there and back. */
export const WINDOW_STEPS = 3;

export interface Segment {
  readonly part: RoundPart;
  readonly from: number;
  readonly to: number;
}

/** All messages of a step with the same roles: one value, one tag. */
export interface Group {
  readonly roles: MessageRoles;
  byteLength: number;
  /** Segment, message of its part, offset within the group. */
  readonly members: { readonly segment: number; readonly message: number; readonly offset: number }[];
}

/** Consecutive segments of the parts, none longer than a step may be; every party cuts alike. */
export function* stepsOf(parts: readonly RoundPart[]): Generator<Segment[]> {
  let segments: Segment[] = [];
  let room = STEP_BYTES;
  for (const part of parts) {
    for (let from = 0; from < part.units; ) {
      const fitting = Math.floor(room / part.unitBytes);
      if (fitting <= 0 && segments.length > 0) {
        yield segments;
        segments = [];
        room = STEP_BYTES;
        continue;
      }
      const to = Math.min(part.units, from + Math.max(1, fitting));
      segments.push({ part, from, to });
      room -= (to - from) * part.unitBytes;
      from = to;
    }
  }
  if (segments.length > 0) yield segments;
}

/** In order of first appearance. */
export function groupsOf(segments: readonly Segment[], turn: Turn): Group[] {
  const groups: Group[] = [];
  const byRoles: (Group | undefined)[] = [];
  for (const [segment, { part, from, to }] of segments.entries()) {
    const bytes = (to - from) * part.unitBytes;
    for (const [message, both] of part.messages.entries()) {
      const roles = both[turn];
      const key = (roles.sender * 5 + (roles.checker ?? 4)) * 4 + roles.receiver;
      let group = byRoles[key];
      if (group === undefined) {
        group = { roles, byteLength: 0, members: [] };
        byRoles[key] = group;
        groups.push(group);
      }
      group.members.push({ segment, message, offset: group.byteLength });
      group.byteLength += bytes;
    }
  }
  return groups;
}

export function knows({ sender, checker }: MessageRoles, party: PartyId): boolean {
  return party === sender || party === checker;
}
