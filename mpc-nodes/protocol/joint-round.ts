/**
 * Rounds of joint messages (ePrint 2020/1330, with the check in the same round: PROTOCOL 1). Sender and checker both know a value
 * that the receiver lacks. The sender sends it, the checker sends its tag, and nothing that depends on the value leaves the
 * receiver before the tag has been verified. What one party alone knows (among three) goes without a tag. A round is cut into steps; what a party sends in a round depends on nothing that it
 * receives in it, so it may be some steps ahead of what it has verified.
 *
 * In every step every party hears from every other, be it a byte that says only that it is there. So no honest party can get ahead of one that
 * a corrupt party holds up, and wait for it longer than that one waited: the accusation would name the two of them (PROTOCOL 5).
 */
import type { Arena, Region } from "../kernels/heap.ts";
import { equalBytes } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { ProtocolError } from "./errors.ts";
import type { Evidence, KeptMessage } from "./evidence.ts";
import type { Network } from "./network.ts";
import type { Progress } from "./progress.ts";
import { type Carrier, type RoundPart, type Turn, turnOf } from "./round.ts";
import { type Group, groupsOf, knows, type Segment, stepsOf, WINDOW_STEPS } from "./steps.ts";
import { type Roles, TAG_BYTES, type Tagger } from "./tags.ts";

/** Frames begin at multiples of this many bytes of a region, for the kernels' sake. */
const ALIGNMENT = 16;

/** What a peer is sent in a step in which there is nothing to tell it. */
export const PRESENCE_BYTES = 1;

/** A step that was sent and is not verified yet. */
interface Underway {
  readonly round: number;
  readonly step: number;
  readonly serial: number;
  readonly turn: Turn;
  readonly segments: readonly Segment[];
  readonly groups: readonly Group[];
}

export interface JointRoundsOptions {
  readonly network: Network;
  readonly tag: Tagger;
  readonly evidence: Evidence;
  readonly progress: Progress;
  /** For frames. What is sent may be referred to until the network is idle, so whoever closes it waits for that. */
  readonly arena: Arena;
}

export class JointRounds implements Carrier {
  readonly #options: JointRoundsOptions;
  readonly #party: PartyId;
  #rounds = 0;
  #serial = 0;

  constructor(options: JointRoundsOptions) {
    this.#options = options;
    this.#party = options.network.party;
  }

  async round(parts: readonly RoundPart[]): Promise<void> {
    const round = this.#rounds++;
    const first = this.#serial;
    const underway: Underway[] = [];
    let step = 0;
    for (const segments of stepsOf(parts)) {
      const turn = turnOf(round, step);
      const sent: Underway = { round, step, serial: this.#serial++, turn, segments, groups: groupsOf(segments, turn) };
      step += 1;
      this.#send(sent);
      underway.push(sent);
      if (underway.length > WINDOW_STEPS) await this.#receive(underway.shift()!, first);
      await this.#makeRoom();
    }
    for (const sent of underway) await this.#receive(sent, first);
  }

  async #makeRoom(): Promise<void> {
    const { network, evidence } = this.#options;
    for (const peer of network.peers) await network.room(peer);
    await evidence.bound();
  }

  /** Makes the step's messages where they are sent from; one frame to each peer: values, then tags, in the order of the groups. */
  #send({ round, step, serial, turn, segments, groups }: Underway): void {
    const { network, tag, evidence, arena } = this.#options;
    const { heap } = arena;
    const party = this.#party;
    const frames = network.peers.map((peer) => ({ peer, offset: 0, byteLength: 0 }));
    const present: typeof frames = [];
    const offsets: number[] = [];
    let end = 0;
    for (const frame of frames) {
      frame.offset = end;
      for (const [index, { roles, byteLength }] of groups.entries()) {
        if (roles.receiver !== frame.peer || roles.sender !== party) continue;
        offsets[index] = end + frame.byteLength;
        frame.byteLength += byteLength;
      }
      for (const { roles } of groups) {
        if (roles.receiver === frame.peer && roles.checker === party) frame.byteLength += TAG_BYTES;
      }
      if (frame.byteLength === 0) present.push(frame);
      frame.byteLength = Math.max(PRESENCE_BYTES, frame.byteLength);
      end = aligned(end + frame.byteLength);
    }
    // What this party only vouches for lies behind the frames.
    for (const [index, { roles, byteLength }] of groups.entries()) {
      if (roles.checker !== party) continue;
      offsets[index] = end;
      end = aligned(end + byteLength);
    }
    const region = arena.take(end);
    // What the memory held before must not leave.
    for (const { offset } of present) heap.zero(region.pointer + offset, PRESENCE_BYTES);

    const outgoing = segments.map(({ part }) => part.messages.map(() => 0));
    const kept: KeptMessage[] = [];
    for (const [index, { roles, byteLength, members }] of groups.entries()) {
      if (!knows(roles, party)) continue;
      const pointer = region.pointer + offsets[index]!;
      // What nobody vouches for is nobody's to dispute.
      if (roles.checker !== null) kept.push({ roles: roles as Roles, pointer, byteLength });
      for (const { segment, message, offset } of members) outgoing[segment]![message] = pointer + offset;
    }
    for (const [index, { part, from, to }] of segments.entries()) part.produce(from, to, outgoing[index]!, turn);

    for (const frame of frames) {
      let tagAt = region.pointer + frame.offset;
      for (const { roles, byteLength } of groups) {
        if (roles.receiver === frame.peer && roles.sender === party) tagAt += byteLength;
      }
      for (const [index, { roles, byteLength }] of groups.entries()) {
        if (roles.receiver !== frame.peer || roles.checker !== party) continue;
        const message = heap.view(region.pointer + offsets[index]!, byteLength);
        heap.write(tagAt, tag(roles as Roles, round, step, message));
        tagAt += TAG_BYTES;
      }
      network.send(frame.peer, heap.view(region.pointer + frame.offset, frame.byteLength));
    }
    evidence.keep({ round, step, serial, region, messages: kept, frames });
  }

  async #receive(sent: Underway, firstSerial: number): Promise<void> {
    await this.#receiveStep(sent, firstSerial);
    this.#options.progress.place += 1;
  }

  /** Waits for the step's frames, verifies every tag, and only then hands the messages on. */
  async #receiveStep(sent: Underway, firstSerial: number): Promise<void> {
    const { network, evidence, arena } = this.#options;
    const { groups, serial } = sent;
    const frames: { peer: PartyId; byteLength: number; offset: number }[] = [];
    let end = 0;
    for (const peer of network.peers) {
      let byteLength = 0;
      for (const { roles, byteLength: bytes } of groups) {
        if (roles.receiver !== this.#party) continue;
        if (roles.sender === peer) byteLength += bytes;
        else if (roles.checker === peer) byteLength += TAG_BYTES;
      }
      byteLength = Math.max(PRESENCE_BYTES, byteLength);
      frames.push({ peer, byteLength, offset: end });
      end = aligned(end + byteLength);
    }
    const region = arena.take(end);
    await Promise.all(
      frames.map(({ peer, byteLength, offset }) =>
        network.receive(peer, arena.heap.view(region.pointer + offset, byteLength)),
      ),
    );
    this.#verify(sent, frames, region);
    arena.free(region);
    // Who has sent this step has verified all steps that were not under way any more when it did.
    for (const { peer } of frames) evidence.acknowledge(peer, Math.max(firstSerial - 1, serial - WINDOW_STEPS - 1));
  }

  #verify(
    { round, step, turn, segments, groups }: Underway,
    frames: readonly { peer: PartyId; offset: number }[],
    region: Region,
  ): void {
    const { heap } = this.#options.arena;
    const next = [0, 0, 0, 0];
    for (const { peer, offset } of frames) next[peer] = region.pointer + offset;
    const take = (peer: PartyId, byteLength: number): number => {
      next[peer] = next[peer]! + byteLength;
      return next[peer]! - byteLength;
    };
    const mine = groups.filter(({ roles }) => roles.receiver === this.#party);
    const incoming = segments.map(({ part }) => part.messages.map(() => 0));
    const pointers = mine.map(({ roles, byteLength }) => take(roles.sender, byteLength));
    for (const [index, { roles, byteLength, members }] of mine.entries()) {
      if (roles.checker !== null) {
        const message = heap.view(pointers[index]!, byteLength);
        this.#verifyTag(roles as Roles, round, step, message, heap.view(take(roles.checker, TAG_BYTES), TAG_BYTES));
      }
      for (const { segment, message: k, offset } of members) incoming[segment]![k] = pointers[index]! + offset;
    }
    for (const [index, { part, from, to }] of segments.entries()) part.consume(from, to, incoming[index]!, turn);
  }

  #verifyTag(roles: Roles, round: number, step: number, message: Uint8Array, given: Uint8Array): void {
    const { tag, evidence } = this.#options;
    if (equalBytes(tag(roles, round, step, message), given)) return;
    evidence.refuse(roles, round, step, message);
    const { sender, checker } = roles;
    throw new ProtocolError(
      "BadTag",
      `in step ${step} of round ${round} the value from seat ${sender} does not match the tag from seat ${checker}; one of the two deviates`,
      [sender, checker],
      { place: { roles, round, step } },
    );
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
