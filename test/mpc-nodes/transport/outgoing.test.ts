import { expect } from "chai";
import { Held } from "../../../mpc-nodes/transport/held.ts";
import { OutgoingQueue } from "../../../mpc-nodes/transport/outgoing.ts";
import { FrameDecoder } from "../../../mpc-nodes/wire/frames.ts";
import { FRAME_HEADER_BYTES, MAX_DATA_FRAME_BYTES } from "../../../mpc-nodes/wire/limits.ts";
import { idOf } from "../../suites/network-support.ts";

const [LARGE, SMALL, OTHER] = [idOf(1), idOf(2), idOf(3)];

/** What leaves in one batch: [session, kind, bytes] of each frame; data of a frame whole, as the batch is pushed whole. */
function batch(queue: OutgoingQueue, size = 1_000_000): [string, string, Uint8Array][] {
  const target = new Uint8Array(size);
  const length = queue.fill(target);
  const frames: [string, string, Uint8Array][] = [];
  new FrameDecoder().push(target.subarray(0, length), {
    frame: ({ sessionId, kind, body }) => frames.push([sessionId, kind, body]),
    data: (sessionId, bytes) => frames.push([sessionId, "data", bytes]),
  });
  return frames;
}

async function isIdle(held: Held): Promise<boolean> {
  return Promise.race([held.idle().then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
}

describe("outgoing queue", () => {
  let queue: OutgoingQueue;
  let held: Held;

  beforeEach(() => {
    queue = new OutgoingQueue();
    held = new Held();
  });

  it("gives sessions turns, a frame at a time", () => {
    queue.push("data", LARGE, new Uint8Array(3 * MAX_DATA_FRAME_BYTES), held);
    queue.push("data", SMALL, Uint8Array.of(1), held);
    queue.push("data", OTHER, new Uint8Array(MAX_DATA_FRAME_BYTES + 1), held);
    const order = batch(queue).map(([sessionId, , bytes]) => [sessionId, bytes.length]);
    expect(order).to.deep.equal([
      [LARGE, MAX_DATA_FRAME_BYTES],
      [SMALL, 1],
      [OTHER, MAX_DATA_FRAME_BYTES],
      [LARGE, MAX_DATA_FRAME_BYTES],
      [OTHER, 1],
      [LARGE, MAX_DATA_FRAME_BYTES],
    ]);
    expect([queue.queuedBytes, queue.fill(new Uint8Array(100))]).to.deep.equal([0, 0]);
  });

  it("keeps a session's frames in order, and puts payloads that follow each other into one", () => {
    queue.push("announce", SMALL, new Uint8Array(32), null);
    queue.push("data", SMALL, Uint8Array.of(1, 2), held);
    queue.push("data", SMALL, Uint8Array.of(3), held);
    queue.push("close", SMALL, Uint8Array.of(0), null);
    const frames = batch(queue).map(([, kind, bytes]) => [kind, ...(kind === "data" ? bytes : [])]);
    expect(frames).to.deep.equal([["announce"], ["data", 1, 2, 3], ["close"]]);
  });

  it("fills a batch to its last byte when more waits, whatever the sizes", () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => index % 251);
    for (const size of [FRAME_HEADER_BYTES + 1, 100, 1_000, 1_024]) {
      for (let at = 0; at < bytes.length; at += 333) queue.push("data", SMALL, bytes.subarray(at, at + 333), held);
      const received: number[] = [];
      while (queue.queuedBytes > 0) {
        const full = queue.queuedBytes >= size;
        const frames = batch(queue, size);
        const length = frames.reduce((sum, [, , { length }]) => sum + FRAME_HEADER_BYTES + length, 0);
        if (full) expect(length).to.equal(size);
        for (const [, , part] of frames) received.push(...part);
      }
      expect(received).to.deep.equal([...bytes]);
    }
  });

  it("refers to a payload until its last byte has left", async () => {
    queue.push("data", LARGE, new Uint8Array(200), held);
    expect(await isIdle(held)).to.equal(false);
    batch(queue, 100);
    expect(await isIdle(held)).to.equal(false);
    expect(queue.queuedFor(LARGE)).to.equal(200 - (100 - FRAME_HEADER_BYTES));
    batch(queue, 1_000);
    expect(await isIdle(held)).to.equal(true);
    expect(queue.queuedFor(LARGE)).to.equal(0);
  });

  it("drops one session's payloads and lets go of them, but says that it is over", async () => {
    const others = new Held();
    queue.push("data", LARGE, new Uint8Array(200), held);
    queue.push("data", SMALL, Uint8Array.of(5), others);
    batch(queue, 100);
    queue.drop(LARGE);
    queue.push("close", LARGE, Uint8Array.of(1), null);
    expect([await isIdle(held), await isIdle(others)]).to.deep.equal([true, false]);
    expect(batch(queue).map(([sessionId, kind]) => [sessionId, kind])).to.deep.equal([
      [SMALL, "data"],
      [LARGE, "close"],
    ]);
  });

  it("drops all sessions but those that are kept, or everything", async () => {
    const others = new Held();
    queue.push("data", LARGE, new Uint8Array(200), held);
    queue.push("data", SMALL, new Uint8Array(10), others);
    queue.dropUnless((sessionId) => sessionId === SMALL);
    expect([await isIdle(held), await isIdle(others), queue.queuedBytes]).to.deep.equal([true, false, 10]);
    queue.clear();
    expect([await isIdle(others), queue.queuedBytes, batch(queue).length]).to.deep.equal([true, 0, 0]);
  });
});
