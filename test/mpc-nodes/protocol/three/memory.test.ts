/** What a computation of three leaves in the heap: nothing, however it ends. */
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { RoundPart } from "@sharebridge/mpc-nodes/protocol/round.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { allOf, deal, failureCode, runThree, TOSS_FRAMES, testHeap } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { takeThree } from "../../support/three-runner.ts";
import { openResults, operations } from "./operation-table.ts";

const EXCLUDED: PartyId = 1;
const x = deal([3n, 4n, 5n], seededRandom(seed, "memory three"));

describe("three parties: memory of a computation", () => {
  afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

  for (const [name, run] of Object.entries(operations)) {
    it(`${name}: a session that is closed leaves nothing, nor does one that failed in any of its rounds`, async () => {
      const right = await runThree(
        EXCLUDED,
        async (session) => {
          await openResults(session.mpc, await run(session.mpc, takeThree(session, x)));
          return session.rounds;
        },
        { seed },
      );
      allOf(right);
      expect(testHeap().usedBytes).to.equal(0);
      const frames = right.memory.events.filter(
        ({ kind, from, index }) => kind === "sent" && from === 2 && index >= TOSS_FRAMES,
      );
      for (const frame of frames) {
        const { outcomes } = await runThree(
          EXCLUDED,
          (session) =>
            session.mpc.scope(async (mpc) => void (await openResults(mpc, await run(mpc, takeThree(session, x))))),
          {
            seed,
            tamper: ({ from, to, index, payload }) =>
              from === 2 && to === frame.to && index === frame.index ? payload.map((byte) => byte ^ 1) : payload,
          },
        );
        expect(testHeap().usedBytes, `frame ${frame.index} to ${frame.to}`).to.equal(0);
        expect(outcomes.length).to.equal(3);
      }
    });

    it(`${name}: nor one that is closed in the middle, after any number of rounds`, async () => {
      const rounds = allOf(
        await runThree(
          EXCLUDED,
          async (session) => {
            await openResults(session.mpc, await run(session.mpc, takeThree(session, x)));
            return session.rounds;
          },
          { seed },
        ),
      )[0]!;
      for (let most = 0; most < rounds - TOSS_FRAMES; most++) {
        const { outcomes } = await runThree(
          EXCLUDED,
          async (session) => {
            const { context } = session.mpc;
            const { exchange } = context;
            let done = 0;
            // The request is cancelled while the messages of a round are on their way.
            Object.assign(context, {
              exchange: async (...parts: readonly RoundPart[]) => {
                const ended = exchange(...parts);
                if (done++ === most && session.network.party === 3) {
                  ended.catch(() => {});
                  await session.close();
                }
                return ended;
              },
            });
            await openResults(session.mpc, await run(session.mpc, takeThree(session, x)));
          },
          { seed },
        );
        expect(testHeap().usedBytes, `after ${most} rounds`).to.equal(0);
        expect(outcomes.map(failureCode).filter((code) => code !== null).length, `after ${most} rounds`).to.be.at.least(
          1,
        );
      }
    });
  }

  it("what tasks leave to verify is freed when it was verified", async () => {
    let waiting: (() => void)[] = [];
    /** What the heap has when all three have come here. */
    const used = async (): Promise<number> => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 3) return;
        for (const go of waiting) go();
        waiting = [];
      });
      return testHeap().usedBytes;
    };
    const run = await runThree(
      EXCLUDED,
      async (session) => {
        const { mpc } = session;
        const value = takeThree(session, x);
        const once = async (): Promise<void> => {
          await mpc.parallel(
            Array.from({ length: 8 }, () => async (task) => {
              await task.and(task.randomBits(1, 64), task.randomBits(1, 64));
              await task.multiply(value, value);
            }),
          );
          await mpc.open([value]);
        };
        // Frames that a dispute could be about are kept for some rounds.
        for (let time = 0; time < 4; time++) await once();
        const before = await used();
        for (let time = 0; time < 20; time++) await once();
        const grown = (await used()) - before;
        await used();
        return grown;
      },
      { seed },
    );
    for (const grown of allOf(run)) expect(grown).to.equal(0);
  });

  it("a heap that is too small is an error of its own, and frees", async () => {
    const heap = new Heap(24 << 20);
    const { outcomes } = await runThree(
      EXCLUDED,
      (session) => session.mpc.scope(async (mpc) => void mpc.constant(1n, 1_000_000, 64)),
      { seed, heap },
    );
    expect(outcomes.map(failureCode)).to.include("OutOfMemory");
    expect(heap.usedBytes).to.equal(0);
  });
});
