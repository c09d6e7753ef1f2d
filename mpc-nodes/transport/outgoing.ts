import { FrameWriter } from "../wire/frames.ts";
import { FRAME_HEADER_BYTES, type FrameKind, MAX_DATA_FRAME_BYTES } from "../wire/limits.ts";
import { Fifo } from "./fifo.ts";
import type { Held } from "./held.ts";

interface Item {
  readonly kind: FrameKind;
  body: Uint8Array;
  /** Whose payload it is; null for what the queue's own side made. */
  readonly held: Held | null;
}

/** What one session has queued for the peer. */
interface Lane {
  readonly sessionId: string;
  readonly writer: FrameWriter;
  items: Fifo<Item>;
  queuedBytes: number;
}

/**
 * What waits to be sent to one peer: per session in order, sessions in turn, each a frame at a time, so that a short
 * message is never behind more than a frame of each other session. Payloads are referred to, not copied, until `fill` puts
 * them into the buffer that goes to the socket; from then on they are their owner's again.
 */
export class OutgoingQueue {
  readonly #lanes = new Map<string, Lane>();
  /** The lanes that have something, next first. */
  #turns = new Fifo<Lane>();
  #queuedBytes = 0;

  /** Payload bytes of all sessions. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Payload bytes of one session. */
  queuedFor(sessionId: string): number {
    return this.#lanes.get(sessionId)?.queuedBytes ?? 0;
  }

  push(kind: FrameKind, sessionId: string, body: Uint8Array, held: Held | null): void {
    let lane = this.#lanes.get(sessionId);
    if (lane === undefined) {
      lane = { sessionId, writer: new FrameWriter(sessionId), items: new Fifo(), queuedBytes: 0 };
      this.#lanes.set(sessionId, lane);
      this.#turns.push(lane);
    }
    held?.retain();
    lane.items.push({ kind, body, held });
    lane.queuedBytes += body.length;
    this.#queuedBytes += body.length;
  }

  /** Writes frames into `target`, as many as there are and fit; returns how many bytes they take. */
  fill(target: Uint8Array): number {
    let end = 0;
    while (this.#turns.length > 0) {
      const lane = this.#turns.first;
      const frameEnd = lane.items.length === 0 ? end : this.#writeFrame(lane, target, end);
      if (frameEnd === null) break;
      end = frameEnd;
      this.#turns.shift();
      if (lane.items.length > 0) this.#turns.push(lane);
      else this.#lanes.delete(lane.sessionId);
    }
    return end;
  }

  /** Forgets the session's payloads; what it has to say about itself still leaves. */
  drop(sessionId: string): void {
    const lane = this.#lanes.get(sessionId);
    if (lane === undefined) return;
    for (const item of lane.items.takeAll()) {
      if (item.kind === "data") this.#taken(lane, item, item.body.length);
      else lane.items.push(item);
    }
  }

  /** Forgets the payloads of all sessions but those that `keeps` names. */
  dropUnless(keeps: (sessionId: string) => boolean): void {
    for (const sessionId of this.#lanes.keys()) if (!keeps(sessionId)) this.drop(sessionId);
  }

  /** Forgets everything. */
  clear(): void {
    for (const lane of this.#lanes.values()) for (const { held } of lane.items.takeAll()) held?.release();
    this.#lanes.clear();
    this.#turns = new Fifo();
    this.#queuedBytes = 0;
  }

  /** One frame of the lane; null when nothing of it fits. Payloads that follow each other share a frame. */
  #writeFrame(lane: Lane, target: Uint8Array, start: number): number | null {
    const { items, writer } = lane;
    const { kind, body } = items.first;
    const space = target.length - start - FRAME_HEADER_BYTES;
    if (kind !== "data") {
      if (body.length > space) return null;
      writer.write(target, start, kind, body.length);
      target.set(body, start + FRAME_HEADER_BYTES);
      this.#taken(lane, items.shift(), body.length);
      return start + FRAME_HEADER_BYTES + body.length;
    }
    if (space <= 0) return null;
    const limit = start + FRAME_HEADER_BYTES + Math.min(space, MAX_DATA_FRAME_BYTES);
    let end = start + FRAME_HEADER_BYTES;
    while (end < limit && items.length > 0 && items.first.kind === "data") {
      const item = items.first;
      const whole = item.body.length <= limit - end;
      const part = whole ? item.body : item.body.subarray(0, limit - end);
      target.set(part, end);
      end += part.length;
      if (whole) {
        this.#taken(lane, items.shift(), part.length);
      } else {
        item.body = item.body.subarray(part.length);
        lane.queuedBytes -= part.length;
        this.#queuedBytes -= part.length;
      }
    }
    writer.write(target, start, kind, end - start - FRAME_HEADER_BYTES);
    return end;
  }

  #taken(lane: Lane, item: Item, byteLength: number): void {
    lane.queuedBytes -= byteLength;
    this.#queuedBytes -= byteLength;
    item.held?.release();
  }
}
