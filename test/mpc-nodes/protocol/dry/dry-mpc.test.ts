/** The counted cost of four parties is what `costOf` says before anyone computes: rounds, and bytes that each party sends. */
import { type Cost, costOf } from "@sharebridge/mpc-nodes/protocol/dry/dry-mpc.ts";
import { toBits } from "@sharebridge/mpc-nodes/protocol/functions/bits-of.ts";
import { lessThan } from "@sharebridge/mpc-nodes/protocol/functions/compare.ts";
import { divide } from "@sharebridge/mpc-nodes/protocol/functions/divide.ts";
import { equal } from "@sharebridge/mpc-nodes/protocol/functions/equal.ts";
import { minimum } from "@sharebridge/mpc-nodes/protocol/functions/extremes.ts";
import { histogram } from "@sharebridge/mpc-nodes/protocol/functions/histogram.ts";
import { lookUp, match } from "@sharebridge/mpc-nodes/protocol/functions/match.ts";
import { sort } from "@sharebridge/mpc-nodes/protocol/functions/sort.ts";
import type { Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { expectRefusals } from "../../../suites/primitives/refusals.suite.ts";
import { seed } from "../../../support/seed.ts";
import { runHonest } from "../../support/parties.ts";

type Body = (mpc: Mpc, n: number) => Promise<unknown>;

const numbers = (mpc: Mpc, n: number) => mpc.random(n, 64);
const wide = (mpc: Mpc, n: number) => mpc.random(n, 128);
const permutation = (mpc: Mpc, n: number) => mpc.randomPermutation(n);

const primitives: Record<string, Body> = {
  multiply: (mpc, n) => mpc.multiply(numbers(mpc, n), numbers(mpc, n)),
  "multiply, two words": (mpc, n) => mpc.multiply(wide(mpc, n), wide(mpc, n)),
  dot: (mpc, n) =>
    mpc.dot([
      [numbers(mpc, n), numbers(mpc, n)],
      [numbers(mpc, 3), numbers(mpc, 3)],
    ]),
  innerProducts: (mpc, n) => {
    const [a, b] = [numbers(mpc, n), numbers(mpc, n)];
    return mpc.innerProducts([a, b, a], [b, b, a]);
  },
  matrixProduct: (mpc, n) => mpc.matrixProduct(wide(mpc, 2 * n), wide(mpc, 6), { rows: n, inner: 2, columns: 3 }),
  truncate: (mpc, n) =>
    mpc.truncate([
      { value: numbers(mpc, n), bits: 9 },
      { value: wide(mpc, 3), bits: 70 },
    ]),
  widen: (mpc, n) => mpc.widen(numbers(mpc, n)),
  open: (mpc, n) => mpc.open([numbers(mpc, n), wide(mpc, 5)]),
  and: (mpc, n) => mpc.and(mpc.randomBits(3, n), mpc.randomBits(3, n)),
  andEach: (mpc, n) => mpc.andEach(mpc.randomBits(3, n), mpc.randomBits(1, n)),
  openBits: (mpc, n) => mpc.openBits([mpc.randomBits(3, n), mpc.randomBits(64, 65)]),
  addends: (mpc, n) => mpc.addends(numbers(mpc, n), 9),
  "addends, two words": (mpc, n) => mpc.addends(wide(mpc, n), 65),
  inject: (mpc, n) => mpc.inject(mpc.randomBits(3, n), 64),
  "inject, two words": (mpc, n) => mpc.inject(mpc.randomBits(2, n), 128),
  count: (mpc, n) => mpc.count(mpc.randomBits(3, n), 64),
  "count, two words": (mpc, n) => mpc.count(mpc.randomBits(3, n), 128),
  shuffle: (mpc, n) => mpc.shuffle(permutation(mpc, n), [numbers(mpc, n), wide(mpc, n)]),
  unshuffle: (mpc, n) => mpc.unshuffle(permutation(mpc, n), [numbers(mpc, n), wide(mpc, n)]),
  shuffleBits: (mpc, n) => mpc.shuffleBits(permutation(mpc, n), [mpc.randomBits(3, n), mpc.randomBits(65, n)]),
  unshuffleBits: (mpc, n) => mpc.unshuffleBits(permutation(mpc, n), [mpc.randomBits(3, n), mpc.randomBits(65, n)]),
  "tasks of different depth": (mpc, n) =>
    mpc.parallel<unknown>([
      (task) => task.addends(numbers(task, n), 3),
      async (task) => task.multiply(numbers(task, n), await task.multiply(numbers(task, n), numbers(task, n))),
      async (task) => task.scope((scope) => scope.shuffle(permutation(scope, n), [numbers(scope, n)])),
    ]),
};

/** With the rounds of each for 100 rows. */
const functions: Record<string, { run: Body; rounds: number }> = {
  lessThan: { run: (mpc, n) => lessThan(mpc, numbers(mpc, n), numbers(mpc, n)), rounds: 8 },
  equal: { run: (mpc, n) => equal(mpc, numbers(mpc, n), numbers(mpc, n)), rounds: 8 },
  toBits: { run: (mpc, n) => toBits(mpc, numbers(mpc, n), 64), rounds: 8 },
  minimum: { run: (mpc, n) => minimum(mpc, numbers(mpc, n), numbers(mpc, n)), rounds: 11 },
  histogram: { run: (mpc, n) => histogram(mpc, numbers(mpc, n), 5, 8), rounds: 10 },
  sort: { run: (mpc, n) => sort(mpc, numbers(mpc, n), [wide(mpc, n)], { bits: 16 }), rounds: 64 },
  match: {
    run: (mpc, n) => joined(mpc, n, false),
    rounds: 98,
  },
  "match once": {
    run: (mpc, n) => joined(mpc, n, true),
    rounds: 73,
  },
  divide: {
    run: (mpc, n) => divide(mpc, numbers(mpc, n), numbers(mpc, n), { fractionBits: 16 }),
    rounds: 36,
  },
};

async function joined(mpc: Mpc, n: number, once: boolean): Promise<unknown> {
  const matching = await match(mpc, mpc.randomBits(16, n), mpc.randomBits(16, n), { once });
  return lookUp(mpc, matching, { vectors: [numbers(mpc, n)], bits: [mpc.randomBits(2, n)] });
}

async function counted(run: Body, n: number): Promise<Cost> {
  const { results } = await runHonest(
    async (session) => {
      const { statistics } = session.network;
      const before = { rounds: session.rounds, bytes: statistics.bytesSent };
      await session.mpc.scope(async (mpc) => void (await run(mpc, n)));
      return { rounds: session.rounds - before.rounds, bytes: statistics.bytesSent - before.bytes };
    },
    { seed },
  );
  return { rounds: results[0]!.rounds, bytesSent: results.map(({ bytes }) => bytes) };
}

describe("protocol: cost worked out beforehand", () => {
  const all = { ...primitives, ...Object.fromEntries(Object.entries(functions).map(([name, { run }]) => [name, run])) };
  for (const [name, run] of Object.entries(all)) {
    it(`${name}: what four parties were counted to need`, async () => {
      for (const n of [1, 100, 5000]) {
        expect(await costOf((mpc) => run(mpc, n)), `${n} rows`).to.deep.equal(await counted(run, n));
      }
    });
  }

  for (const [name, { run, rounds }] of Object.entries(functions)) {
    it(`${name}: ${rounds} rounds`, async () => {
      expect((await costOf((mpc) => run(mpc, 100))).rounds).to.equal(rounds);
    });
  }

  it("a thousand comparisons cost what the documentation says", async () => {
    const { rounds, bytesSent } = await costOf((mpc) => lessThan(mpc, mpc.random(1000, 64), mpc.random(1000, 64)));
    expect(rounds).to.equal(8);
    expect(Math.round(bytesSent.reduce((sum, bytes) => sum + bytes, 0) / 1000)).to.equal(140);
  });

  it("the bits of a number are 310 products of bits: the Sklansky network without what its first groups pass on", async () => {
    const bytes = async (words: number): Promise<number> => {
      const { bytesSent } = await costOf((mpc) => toBits(mpc, mpc.random(64 * words, 64), 64));
      return bytesSent.reduce((sum, each) => sum + each, 0);
    };
    // What 64 more rows cost: a word in each of six messages for a product, and as much for each of the 64 planes of summands.
    expect(((await bytes(2)) - (await bytes(1))) / (6 * 8) - 64).to.equal(310);
  });

  it("nothing costs nothing", async () => {
    for (const [name, run] of Object.entries({ multiply: primitives.multiply!, widen: primitives.widen! }))
      expect(await costOf((mpc) => run(mpc, 0)), name).to.deep.equal({ rounds: 0, bytesSent: [0, 0, 0, 0] });
  });

  it("operands are refused as by those who compute", async () => {
    await costOf(expectRefusals);
  });
});
