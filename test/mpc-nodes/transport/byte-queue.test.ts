import { expect } from "chai";
import fc from "fast-check";
import { ByteQueue } from "../../../mpc-nodes/transport/byte-queue.ts";
import { UNREAD_BLOCK_BYTES } from "../../../mpc-nodes/wire/limits.ts";
import { seed } from "../../support/seed.ts";

describe("byte queue", () => {
  it("gives bytes in the order in which they came, and holds no more blocks than they need", () => {
    const step = fc.record({ append: fc.nat(2 * UNREAD_BLOCK_BYTES), take: fc.nat(2 * UNREAD_BLOCK_BYTES) });
    const property = fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const queue = new ByteQueue();
      let [appended, taken] = [0, 0];
      for (const { append, take } of steps) {
        queue.append(Uint8Array.from({ length: append }, (_, index) => (appended + index) % 251));
        appended += append;
        const into = new Uint8Array(Math.min(take, queue.length));
        queue.take(into, into.length);
        for (const [index, byte] of into.entries()) {
          if (byte !== (taken + index) % 251) throw new Error(`byte ${taken + index} is ${byte}`);
        }
        taken += into.length;
        expect(queue.length).to.equal(appended - taken);
        const most = queue.length === 0 ? 0 : Math.ceil(queue.length / UNREAD_BLOCK_BYTES) + 1;
        expect(queue.heldBytes / UNREAD_BLOCK_BYTES).to.be.at.most(most);
      }
      queue.clear();
      expect([queue.length, queue.heldBytes]).to.deep.equal([0, 0]);
    });
    fc.assert(property, { seed, numRuns: 50 });
  });
});
