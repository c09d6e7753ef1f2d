/**
 * What a party remembers of the joint messages that it sent or vouched for, until their receiver has verified them: enough to
 * settle a dispute about any of them (PROTOCOL 4) by a digest, never by the message.
 *
 * The messages themselves are kept where they lie, because hashing each would cost more than computing it. A receiver that goes on
 * to a later step has verified what came before, so its next frame lets them go. Where a receiver says nothing for long, what
 * it has not acknowledged is hashed, and only the digests stay.
 *
 * Memory is given back only once the network has let go of it too: a corrupt receiver can go on without having read, and
 * what still waits for it would then be whatever the memory holds by that time, shares for instance.
 */
import { createHmac } from "node:crypto";
import type { Arena, Region } from "../kernels/heap.ts";
import { ByteWriter } from "../math/bytes.ts";
import { type PartyId, partiesExcept } from "../math/party.ts";
import type { Network } from "./network.ts";
import type { Roles } from "./tags.ts";

export const DIGEST_BYTES = 32;
/** Messages of one session that are kept unhashed. */
export const MAX_KEPT_BYTES = 33_554_432;
/** Digests of one session that are kept: more than the steps by which an honest peer can be behind. */
const MAX_DIGESTS = 65_536;

export interface KeptMessage {
  readonly roles: Roles;
  readonly pointer: number;
  readonly byteLength: number;
}

interface KeptStep {
  readonly round: number;
  readonly step: number;
  /** Counts all steps of the session. */
  readonly serial: number;
  readonly region: Region;
  readonly messages: readonly KeptMessage[];
  readonly receivers: readonly PartyId[];
  /** What lies in the region and was sent: bytes to each peer up to its end, counted from the first step. */
  readonly sent: readonly { readonly peer: PartyId; readonly upTo: number }[];
}

export interface StepToKeep extends Pick<KeptStep, "round" | "step" | "serial" | "region" | "messages"> {
  readonly frames: readonly { readonly peer: PartyId; readonly byteLength: number }[];
}

/** HMAC-SHA-256 of a message and its place, under a key derived from k_bystander, which the fourth party lacks. */
export function disputeDigest(
  keys: readonly (Uint8Array | null)[],
  roles: Roles,
  round: number,
  step: number,
  message: Uint8Array,
): Uint8Array {
  const { sender, checker, receiver } = roles;
  const key = keys[partiesExcept(sender, checker, receiver)[0]!]!;
  const place = new ByteWriter().u8(sender).u8(checker).u8(receiver).u64(BigInt(round)).u32(step).finish();
  const derived = createHmac("sha256", key).update("sharebridge/1/dispute").digest();
  return new Uint8Array(createHmac("sha256", derived).update(place).update(message).digest());
}

function nameOf({ sender, checker, receiver }: Roles, round: number, step: number): string {
  return `${sender}${checker}${receiver}/${round}/${step}`;
}

export class Evidence {
  readonly #keys: readonly (Uint8Array | null)[];
  readonly #arena: Arena;
  readonly #network: Network;
  /** Oldest first. */
  #kept: KeptStep[] = [];
  #keptBytes = 0;
  readonly #digests = new Map<string, Uint8Array>();
  readonly #verifiedUpTo: [number, number, number, number] = [-1, -1, -1, -1];
  readonly #sent: [number, number, number, number] = [0, 0, 0, 0];

  constructor(keys: readonly (Uint8Array | null)[], arena: Arena, network: Network) {
    this.#keys = keys;
    this.#arena = arena;
    this.#network = network;
  }

  /** Keeps what one step sent and vouched for; the region is this object's from now on. */
  keep({ frames, ...step }: StepToKeep): void {
    const receivers = [...new Set(step.messages.map(({ roles }) => roles.receiver))];
    const sent = frames.map(({ peer, byteLength }) => {
      this.#sent[peer] += byteLength;
      return { peer, upTo: this.#sent[peer] };
    });
    this.#kept.push({ ...step, receivers, sent });
    this.#keptBytes += step.region.bytes;
  }

  /** `party` has shown that it verified all steps up to this serial number. */
  acknowledge(party: PartyId, serial: number): void {
    this.#verifiedUpTo[party] = Math.max(this.#verifiedUpTo[party], serial);
    let done = 0;
    const isDone = (step: KeptStep) => this.#isAcknowledged(step) && this.#hasLeft(step);
    while (done < this.#kept.length && isDone(this.#kept[done]!)) this.#free(this.#kept[done++]!);
    if (done > 0) this.#kept = this.#kept.slice(done);
  }

  /** Bounds what is kept: beyond the bound, the older half becomes digests. Rejects when a peer takes nothing for too long. */
  async bound(): Promise<void> {
    if (this.#keptBytes <= MAX_KEPT_BYTES) return;
    for (const peer of this.#network.peers) await this.#network.room(peer, 0);
    while (this.#keptBytes > MAX_KEPT_BYTES / 2) {
      const { round, step, messages } = this.#kept[0]!;
      for (const { roles, pointer, byteLength } of messages) {
        const message = this.#arena.heap.view(pointer, byteLength);
        this.#remember(nameOf(roles, round, step), disputeDigest(this.#keys, roles, round, step, message));
      }
      this.#free(this.#kept.shift()!);
    }
  }

  /** What a receiver has received and does not believe. */
  refuse(roles: Roles, round: number, step: number, message: Uint8Array): void {
    this.#remember(nameOf(roles, round, step), disputeDigest(this.#keys, roles, round, step, message));
  }

  /** The digest of a disputed message; null when this party never sent, vouched for or refused it. */
  digestOf(roles: Roles, round: number, step: number): Uint8Array | null {
    const known = this.#digests.get(nameOf(roles, round, step));
    if (known !== undefined) return known;
    const kept = this.#kept.find((each) => each.round === round && each.step === step);
    const message = kept?.messages.find(
      ({ roles: { sender, checker, receiver } }) =>
        sender === roles.sender && checker === roles.checker && receiver === roles.receiver,
    );
    if (message === undefined) return null;
    const bytes = this.#arena.heap.view(message.pointer, message.byteLength);
    return disputeDigest(this.#keys, roles, round, step, bytes);
  }

  #isAcknowledged({ serial, receivers }: KeptStep): boolean {
    return receivers.every((receiver) => this.#verifiedUpTo[receiver] >= serial);
  }

  #hasLeft({ sent }: KeptStep): boolean {
    return sent.every(({ peer, upTo }) => this.#sent[peer] - this.#network.queued(peer) >= upTo);
  }

  #remember(name: string, digest: Uint8Array): void {
    this.#digests.set(name, digest);
    if (this.#digests.size <= MAX_DIGESTS) return;
    const [oldest] = this.#digests.keys();
    this.#digests.delete(oldest!);
  }

  #free({ region }: KeptStep): void {
    this.#keptBytes -= region.bytes;
    this.#arena.free(region);
  }
}
