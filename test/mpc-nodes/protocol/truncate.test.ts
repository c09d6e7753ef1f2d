import { truncate } from "@sharebridge/mpc-nodes/protocol/truncate.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { collect, deal, failureCode, runAll, runHonest } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const LIMIT = 1n << 62n;
const EXTREMES = [-LIMIT, -LIMIT + 1n, -(1n << 61n), -1n, 0n, 1n, 2n, (1n << 61n) + 1n, LIMIT - 2n, LIMIT - 1n];

interface Item {
  readonly bits: number;
  readonly values: readonly bigint[];
}

/** Truncates every item in one call and returns the signed results. */
async function run(items: readonly Item[], runSeed: number): Promise<bigint[][]> {
  const dealt = items.map(({ values }, index) =>
    deal(
      BigUint64Array.from(values, (value) => BigInt.asUintN(64, value)),
      seededRandom(runSeed, `input ${index}`),
    ),
  );
  const { results } = await runHonest(
    (s) =>
      truncate(
        s,
        items.map(({ bits }, index) => ({ value: dealt[index]![s.party]!, bits })),
      ),
    { seed: runSeed },
  );
  return items.map((_, index) =>
    Array.from(collect(results.map((vectors) => vectors[index]!)), (word) => BigInt.asIntN(64, word)),
  );
}

function check({ bits, values }: Item, results: readonly bigint[]): void {
  expect(results.length).to.equal(values.length);
  for (const [row, value] of values.entries()) {
    const floor = value >> BigInt(bits);
    const excess = results[row]! - floor;
    const exact = floor << BigInt(bits) === value;
    // Never below the floor, never a whole unit above the exact quotient.
    if (excess !== 0n && (exact || excess !== 1n)) {
      expect.fail(`${value} / 2^${bits} gave ${results[row]}, floor ${floor}`);
    }
  }
}

describe("protocol: truncation", () => {
  it("is within one unit for the extremes, every number of bits, many masks", async () => {
    const items = Array.from({ length: 63 }, (_, bits) => ({
      bits,
      values: Array.from({ length: 40 }, () => EXTREMES).flat(),
    }));
    const results = await run(items, seed);
    for (const [index, item] of items.entries()) check(item, results[index]!);
  });

  it("is within one unit for any value, any bits, any batch", async () => {
    const value = fc.oneof(fc.constantFrom(...EXTREMES), fc.bigInt({ min: -LIMIT, max: LIMIT - 1n }));
    const item = fc.record({ bits: fc.integer({ min: 0, max: 62 }), values: fc.array(value, { maxLength: 7 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 4 }), fc.nat(), async (items, runSeed) => {
        const results = await run(items, runSeed);
        for (const [index, each] of items.entries()) check(each, results[index]!);
      }),
      { seed, numRuns: 40 },
    );
  });

  it("rounds without bias", async () => {
    const rows = 4096;
    const values = Array.from({ length: rows }, () => (5n << 20n) + (1n << 18n)); // 5 and a quarter
    const [results] = await run([{ bits: 20, values }], seed);
    const up = results!.filter((result) => result === 6n).length;
    // Mean rows/4, six standard deviations to each side.
    expect(up).to.be.within(rows / 4 - 6 * Math.sqrt((rows * 3) / 16), rows / 4 + 6 * Math.sqrt((rows * 3) / 16));
  });

  it("is where local truncation of the shares, which it replaces, is wrong", () => {
    const values = new BigUint64Array(1000).fill(1n << 40n);
    const [first, second] = deal(values, seededRandom(seed, "local"));
    const shares = [second!.shares[0]!, first!.shares[1]!, first!.shares[2]!, first!.shares[3]!];
    const wrong = values.filter((value, row) => {
      const local = shares.reduce((sum, words) => sum + (BigInt.asIntN(64, words[row]!) >> 20n), 0n);
      const error = BigInt.asIntN(64, local) - (value >> 20n);
      return error > 4n || error < -4n;
    });
    expect(wrong.length).to.be.greaterThan(0);
  });

  it("refuses impossible shifts before anything is sent", async () => {
    const [part] = deal(BigUint64Array.of(1n), seededRandom(seed, "shift"));
    for (const bits of [-1, 63, 1.5, Number.NaN]) {
      const { outcomes } = await runAll(
        (s) => truncate(s, [{ value: { ...part!, shares: rotate(part!.shares, s.party) }, bits }]),
        { seed },
      );
      expect(outcomes.map(failureCode)).to.deep.equal(Array(4).fill("InvalidShift"));
    }
  });
});

/** A part of party 0 as some part of another party; only its form matters. */
function rotate<T>(shares: readonly T[], by: number): T[] {
  return shares.map((_, index) => shares[(index - by + 4) % 4]!);
}
