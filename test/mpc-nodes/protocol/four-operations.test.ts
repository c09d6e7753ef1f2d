/** What of the operations only four parties show: rounds, frames, and why truncation is not left to each share. */
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { expectRefusals } from "../../suites/primitives/refusals.suite.ts";
import { seed } from "../../support/seed.ts";
import { deal, failureCode, runAll, runHonest, TOSS_FRAMES, take } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

describe("protocol: operations of four parties", () => {
  it("tasks side by side take the rounds of the longest, and results feed what follows", async () => {
    const x = deal([3n, 5n], seededRandom(seed, "tasks"));
    const { results } = await runHonest(
      async (session) => {
        const value = take(session, x);
        const before = session.rounds;
        const powers: Vector[] = await session.mpc.parallel(
          [1, 3, 2].map((depth) => async (task: Mpc) => {
            let power: Vector = value;
            for (let i = 0; i < depth; i++) power = await task.multiply(power, value);
            return power;
          }),
        );
        return { rounds: session.rounds - before, opened: await session.mpc.open(powers) };
      },
      { seed },
    );
    for (const { rounds, opened } of results) {
      expect(rounds).to.equal(3);
      expect(opened.map((words) => [...words])).to.deep.equal([
        [9n, 25n],
        [81n, 625n],
        [27n, 125n],
      ]);
    }
  });

  it("truncation rounds up as often as the remainder says", async () => {
    const rows = 4096;
    for (const value of [(5n << 20n) + (1n << 18n), -(5n << 20n) + (1n << 18n)]) {
      const x = deal(Array<bigint>(rows).fill(value), seededRandom(seed, "bias"));
      const { results } = await runHonest(
        async (session) => {
          const [quotient] = await session.mpc.truncate([{ value: take(session, x), bits: 20 }]);
          const [opened] = await session.mpc.open([quotient!]);
          return opened!;
        },
        { seed },
      );
      const up = [...results[0]!].filter((result) => BigInt.asIntN(64, result) === (value >> 20n) + 1n).length;
      // A quarter is cut off: mean rows/4, six standard deviations to each side.
      expect(Math.abs(up - rows / 4)).to.be.at.most(6 * Math.sqrt((rows * 3) / 16));
    }
  });

  it("truncation is right where that of the shares alone, which it replaces, is wrong", () => {
    const values = Array<bigint>(1000).fill(1n << 40n);
    const { shares } = deal(values, seededRandom(seed, "local"));
    const wrong = values.filter((value, row) => {
      const local = shares.reduce((sum, words) => sum + (BigInt.asIntN(64, words[row]!) >> 20n), 0n);
      const error = BigInt.asIntN(64, local) - (value >> 20n);
      return error > 4n || error < -4n;
    });
    expect(wrong.length).to.be.greaterThan(0);
  });

  it("refuses impossible shifts before anything is sent", async () => {
    const x = deal([1n], seededRandom(seed, "shift"));
    for (const bits of [-1, 63, 1.5, Number.NaN]) {
      const { outcomes, memory } = await runAll((s) => s.mpc.truncate([{ value: take(s, x), bits }]), { seed });
      expect(outcomes.map(failureCode)).to.include("InvalidShift");
      expect(memory.events.every(({ index }) => index < TOSS_FRAMES)).to.equal(true);
    }
  });

  it("refuses bad operands of every operation before anything is sent", async () => {
    const { memory } = await runHonest((session) => expectRefusals(session.mpc), { seed });
    expect(memory.events.every(({ index }) => index < TOSS_FRAMES)).to.equal(true);
  });
});
