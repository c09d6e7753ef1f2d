/**
 * What a single party receives is uniform given all that it knows already. So that nothing but the masks can hide the
 * input, the input stands bare in one share and the other shares are zero; and as the receiver can draw from all keys but
 * its own index's, every other mask is set to zero for its test.
 */

import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { FOUR } from "@sharebridge/mpc-nodes/protocol/four/operations.ts";
import { refresh } from "@sharebridge/mpc-nodes/protocol/four/refresh.ts";
import type { FourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { asVector } from "@sharebridge/mpc-nodes/protocol/four/values.ts";
import type { Bits, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { Context } from "@sharebridge/mpc-nodes/protocol/replicated/context.ts";
import { ReplicatedMpc } from "@sharebridge/mpc-nodes/protocol/replicated/door.ts";
import type { Tasks } from "@sharebridge/mpc-nodes/protocol/replicated/tasks.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { isPresence } from "../support/memory-network.ts";
import { type Dealt, dealShares, runHonest, TOSS_FRAMES, take } from "../support/parties.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../support/uniformity.ts";

const ROWS = 4096;

function bareShares(value: bigint, carrier: PartyId, rows: number): Dealt {
  return dealShares(PARTIES.map((j) => new BigUint64Array(rows).fill(j === carrier ? value : 0n)));
}

/** Bits whose shares are zero (random streams are, below) but for one, which is the value's. */
function bareBits({ mpc }: FourSession, planes: number, x: Vector, value: bigint): Bits {
  return mpc.xorPublic(mpc.randomBits(planes, x.length), value);
}

type Operation = (session: FourSession, x: Vector, value: bigint) => Promise<unknown>;

/** Operations that open nothing, where messages grow with the rows. */
const operations: Record<string, Operation> = {
  multiply: ({ mpc }, x) => mpc.multiply(x, x),
  innerProducts: ({ mpc }, x) => mpc.innerProducts([x, x], [x, x]),
  matrixProduct: ({ mpc }, x) =>
    mpc.matrixProduct(x, mpc.constant(3n, 1, 64), { rows: x.length, inner: 1, columns: 1 }),
  truncate: ({ mpc }, x) => mpc.truncate([{ value: x, bits: 9 }]),
  widen: ({ mpc }, x) => mpc.widen(x),
  addends: ({ mpc }, x) => mpc.addends(x, 16),
  and: (session, x, value) => session.mpc.and(bareBits(session, 16, x, value), bareBits(session, 16, x, value)),
  inject: (session, x, value) => session.mpc.inject(bareBits(session, 1, x, value), 64),
  count: (session, x, value) => session.mpc.count(bareBits(session, 1, x, value), 64),
  shuffle: ({ mpc }, x) => mpc.shuffle(mpc.randomPermutation(x.length), [x]),
  unshuffle: ({ mpc }, x) => mpc.unshuffle(mpc.randomPermutation(x.length), [x]),
  refresh: ({ mpc }, x) => refresh(mpc.context, asVector(x)),
};

/** Who receives at least a column of ring elements. */
const receivers: Record<string, readonly PartyId[]> = { refresh: [1, 2, 3] };

const noTasks: Tasks<Context> = {
  inScope() {
    throw new Error("no scope is opened here");
  },
  parallel() {
    throw new Error("no task is started here");
  },
};

/** Leaves out masks: those drawn from keys that `keep` refuses are zero, at all parties alike; and so are random secrets. */
function masksOf(keep: (j: PartyId) => boolean): (session: FourSession) => FourSession {
  return (session) => {
    const { context } = session.mpc;
    const randomness: typeof context.randomness = {
      ...context.randomness,
      fill(j, purpose, heap, pointer, length) {
        const masked = purpose === "permutation" || (purpose === "joint-sharing" && keep(j));
        if (masked) context.randomness.fill(j, purpose, heap, pointer, length);
        else heap.zero(pointer, length);
      },
    };
    return { ...session, mpc: new ReplicatedMpc({ ...context, randomness }, noTasks, FOUR) };
  };
}

interface View {
  readonly receiver: PartyId;
  readonly operation: string;
  readonly value: bigint;
  readonly carrier: PartyId;
  readonly keep: (j: PartyId) => boolean;
  readonly rows?: number;
}

/** All that the receiver receives in the operation, the coin toss excluded: twice, because who receives changes with the rounds. */
async function viewOf({ receiver, operation, value, carrier, keep, rows = ROWS }: View): Promise<Uint8Array> {
  const x = bareShares(value, carrier, rows);
  const run = operations[operation]!;
  const { memory } = await runHonest(
    async (session) => {
      for (let time = 0; time < 2; time++) await run(session, take(session, x), value);
    },
    { seed, alter: masksOf(keep) },
  );
  const frames = memory.events.filter(
    (event) => event.kind === "received" && event.to === receiver && event.index >= TOSS_FRAMES && !isPresence(event),
  );
  return concatenateBytes(frames.map(({ payload }) => payload));
}

describe("protocol: a single party's view", () => {
  for (const operation of Object.keys(operations)) {
    it(`${operation}: is uniform by the masks that the receiver cannot draw, for any input`, async () => {
      for (const receiver of receivers[operation] ?? PARTIES) {
        for (const [value, carrier] of [
          [0n, 0],
          [1n, 0],
          [1n, 1],
          [1n, 2],
          [1n, 3],
          [(1n << 40n) + 3n, 2],
        ] as const) {
          const view = await viewOf({ receiver, operation, value, carrier, keep: (j) => j === receiver });
          expect(view.length).to.be.at.least(ROWS);
          const label = `value ${value} in share ${carrier}, party ${receiver}`;
          expect(byteChiSquare(view), label).to.be.below(CHI_SQUARE_BOUND);
          // Of a zero input the words are the masks: none is used twice.
          if (value === 0n) expect(new Set(decodeWords(view)).size, label).to.equal(view.length / 8);
        }
      }
    });

    it(`${operation}: control: with every mask but those, the same test fails`, async () => {
      for (const receiver of receivers[operation] ?? PARTIES) {
        // Passes of a permutation hide what the next begins with, so there all masks are left out.
        const keep = (j: PartyId): boolean => j !== receiver && !operation.endsWith("shuffle");
        const view = await viewOf({ receiver, operation, value: 1n, carrier: 0, keep });
        expect(byteChiSquare(view), `party ${receiver}`).to.be.above(CHI_SQUARE_BOUND);
      }
    });
  }

  it("multiply: is uniform where a round has several steps and who sends changes", async () => {
    for (const receiver of PARTIES) {
      const view = await viewOf({
        receiver,
        operation: "multiply",
        value: 1n,
        carrier: 0,
        keep: (j) => j === receiver,
        rows: 40_000,
      });
      expect(byteChiSquare(view), `party ${receiver}`).to.be.below(CHI_SQUARE_BOUND);
    }
  });
});
