/** What a computation leaves in the heap (nothing) and how much it takes while it runs. */

import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { MAX_KEPT_BYTES } from "@sharebridge/mpc-nodes/protocol/evidence.ts";
import type { Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { STEP_BYTES, WINDOW_STEPS } from "@sharebridge/mpc-nodes/protocol/steps.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { deal, failureCode, runAll, runHonest, TOSS_FRAMES, take, testHeap } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { operations } from "./operation-table.ts";

const x = deal([3n, 4n, 5n], seededRandom(seed, "memory"));

describe("protocol: memory of a computation", () => {
  afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

  for (const [name, run] of Object.entries(operations)) {
    it(`${name}: a session that is closed leaves nothing, nor does one that failed`, async () => {
      await runHonest((session) => run(session, take(session, x)), { seed });
      expect(testHeap().usedBytes).to.equal(0);
      const { outcomes } = await runAll(
        (session) => session.mpc.scope(async () => void (await run(session, take(session, x)))),
        {
          seed,
          tamper: ({ from, index, payload }) =>
            from === 2 && index === TOSS_FRAMES ? payload.map((b) => b ^ 1) : payload,
        },
      );
      expect(outcomes.map(failureCode)).to.include("BadTag");
    });
  }

  it("what a scope returns survives it, nested in anything; the rest is freed at once", async () => {
    const { results } = await runHonest(
      async (session) => {
        const { mpc } = session;
        const input = take(session, x);
        const before = testHeap().usedBytes;
        const { kept, list } = await mpc.scope(async (outer) => {
          outer.add(input, input);
          const kept = await outer.scope(async (s) => {
            s.constant(1n, 100_000, 64);
            return s.add(input, input);
          });
          return { kept, list: [kept, [outer.addPublic(kept, 1n)]] as const };
        });
        expect(list[0]).to.equal(kept);
        // Two columns of three shares, at this party; the others take as much meanwhile.
        expect(testHeap().usedBytes - before).to.be.at.most(4 * 2 * 256);
        return mpc.open([kept, list[1][0]!]);
      },
      { seed },
    );
    for (const opened of results)
      expect(opened.map((words) => [...words])).to.deep.equal([
        [6n, 8n, 10n],
        [7n, 9n, 11n],
      ]);
  });

  it("a view into a value keeps the value's region until both are released", async () => {
    await runHonest(
      async (session) => {
        const { mpc } = session;
        const bits = mpc.constantBits(5n, 3, 100);
        const middle = mpc.planes(bits, [2]);
        mpc.release(bits);
        mpc.constantBits(0n, 3, 100);
        const [words] = await mpc.openBits([middle]);
        expect([...words!]).to.deep.equal(Array(100).fill(1n));
      },
      { seed },
    );
  });

  it("a task that fails frees what the tasks beside it hold, even what they return later", async () => {
    const { outcomes } = await runAll(
      (session) =>
        session.mpc.scope(async (s) => {
          await s.parallel([
            async (task): Promise<Vector> => {
              await task.multiply(take(session, x), take(session, x));
              throw new Error("gave up");
            },
            async (task) => {
              const product = await task.multiply(take(session, x), take(session, x));
              for (let turn = 0; turn < 20; turn++) await null;
              return task.add(product, product);
            },
          ]);
          return undefined;
        }),
      { seed },
    );
    for (const outcome of outcomes) expect(outcome.status).to.equal("rejected");
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("a product of 300000 rows takes its operands, its result and a window of frames", async () => {
    const rows = 300_000;
    const heap = new Heap(2 ** 30);
    await runHonest(
      async (session) => {
        const a = session.mpc.constant(3n, rows, 64);
        const product = await session.mpc.multiply(a, a);
        session.mpc.release(product);
      },
      { seed, heap },
    );
    const column = 3 * 8 * rows;
    // A party sends and receives at most three messages and vouches for three in a step; scratch is 4 × 128 KiB.
    const frames = 9 * (WINDOW_STEPS + 2) * STEP_BYTES + 4 * 131_072;
    const perParty = 2 * column + Math.min(frames, frames + MAX_KEPT_BYTES);
    expect(heap.peakBytes).to.be.at.most(4 * perParty);
    expect(heap.usedBytes).to.equal(0);
  });

  it("a heap that is too small is an error of its own, and frees", async () => {
    const heap = new Heap(4 << 20);
    const { outcomes } = await runAll((session) => session.mpc.scope(async (s) => s.constant(1n, 1_000_000, 64)), {
      seed,
      heap,
    });
    expect(outcomes.map(failureCode)).to.include("OutOfMemory");
    expect(heap.usedBytes).to.equal(0);
  });
});
