/** What matches, groups and segments must do, whoever computes. */

import { toBits } from "@sharebridge/mpc-nodes/protocol/functions/bits-of.ts";
import { groupSums } from "@sharebridge/mpc-nodes/protocol/functions/group.ts";
import { lookUp, match, matched, partnersOf } from "@sharebridge/mpc-nodes/protocol/functions/match.ts";
import { segmentedSum } from "@sharebridge/mpc-nodes/protocol/functions/segments.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, randomKeys, rowNumbers, unsigned } from "./columns.ts";

interface Side {
  readonly keys: readonly bigint[];
  readonly valid?: readonly bigint[];
}

const TOP = (1n << 62n) - 1n;

const CASES: readonly { name: string; left: Side; right: Side; bits: number }[] = [
  { name: "two empty tables", left: { keys: [] }, right: { keys: [] }, bits: 8 },
  { name: "an empty right side", left: { keys: [0n, 1n] }, right: { keys: [] }, bits: 8 },
  { name: "an empty left side", left: { keys: [] }, right: { keys: [0n, 1n] }, bits: 8 },
  { name: "one row each, equal", left: { keys: [0n] }, right: { keys: [0n] }, bits: 1 },
  { name: "one row each, different", left: { keys: [0n] }, right: { keys: [1n] }, bits: 1 },
  { name: "no key in common", left: { keys: [2n, 4n, 6n] }, right: { keys: [1n, 3n, 5n, 7n] }, bits: 3 },
  { name: "extreme keys", left: { keys: [TOP, 0n, 1n, TOP - 1n] }, right: { keys: [0n, TOP] }, bits: 62 },
  {
    name: "left keys that repeat",
    left: { keys: randomKeys("match/left", 200, 100n) },
    right: { keys: rowNumbers(65).map((row) => (row * 37n) % 101n) },
    bits: 7,
  },
  {
    name: "right keys that repeat",
    left: { keys: rowNumbers(16) },
    right: { keys: randomKeys("match/repeat", 33, 16n) },
    bits: 4,
  },
  { name: "one key everywhere", left: { keys: Array<bigint>(5).fill(3n) }, right: { keys: [3n, 3n, 3n] }, bits: 2 },
  {
    name: "rows that do not count",
    left: { keys: randomKeys("match/l", 70, 20n), valid: randomKeys("match/lv", 70, 2n) },
    right: { keys: randomKeys("match/r", 40, 20n), valid: randomKeys("match/rv", 40, 2n) },
    bits: 5,
  },
];

function counts({ valid }: Side, row: number): boolean {
  return valid === undefined || valid[row] === 1n;
}

/** The column of valid rows as an input; ones if absent. */
function validity({ keys, valid }: Side) {
  return column(valid ?? keys.map(() => 1n));
}

/** By definition, with a plain map: for each left row the last right row of its key; `once`, only for the first left row of the key. */
function expectedPartners(left: readonly bigint[], right: readonly bigint[], once: boolean): number[] {
  const last = new Map(right.map((key, row) => [key, row]));
  const taken = new Set<bigint>();
  return left.map((key) => {
    if (once && taken.has(key)) return -1;
    taken.add(key);
    return last.get(key) ?? -1;
  });
}

interface Matched {
  readonly matched: readonly bigint[];
  readonly numbers: readonly bigint[];
  readonly planes: readonly bigint[];
  /** `once`: the right rows that are partners of odd left rows. */
  readonly partners: readonly bigint[] | undefined;
}

/** Three planes and a column of words of the right table, looked up. */
async function matchedBy(
  runner: MpcRunner,
  [left, right]: readonly (readonly bigint[])[],
  payload: readonly bigint[],
  { bits, once }: { bits: number; once: boolean },
): Promise<Matched> {
  const columns = [column(left!), column(right!), column(payload)];
  const [matched_, numbers, planes, partners] = await runner.run(columns, async (mpc, [lefts, rights, words]) => {
    const keys = [await toBits(mpc, lefts!, bits), await toBits(mpc, rights!, bits)] as const;
    const matching = await match(mpc, ...keys, { once });
    const found = await lookUp(mpc, matching, { vectors: [words!], bits: [await toBits(mpc, words!, 3)] });
    const odd = mpc.publicBits(
      BigUint64Array.from(left!, (_, row) => BigInt(row % 2)),
      1,
    );
    const back = once ? [await partnersOf(mpc, matching, odd)] : [];
    return [await matched(mpc, matching), found.vectors[0]!, found.bits[0]!, ...back];
  });
  return { matched: matched_!, numbers: numbers!, planes: planes!, partners };
}

function expectedMatch(
  left: readonly bigint[],
  right: readonly bigint[],
  payload: readonly bigint[],
  once: boolean,
): Matched {
  const found = expectedPartners(left, right, once);
  const numbers = unsigned(found.map((partner) => (partner < 0 ? 0n : payload[partner]!)));
  const ofOdd = new Set(found.filter((_, row) => row % 2 === 1));
  return {
    matched: found.map((partner) => (partner < 0 ? 0n : 1n)),
    numbers,
    planes: numbers.map((word) => word % 8n),
    partners: once ? right.map((_, row) => (ofOdd.has(row) ? 1n : 0n)) : undefined,
  };
}

const randomTables = fc.record({
  left: fc.array(fc.nat(9), { maxLength: 70 }),
  right: fc.array(fc.nat(9), { maxLength: 70 }),
  once: fc.boolean(),
});

export function matchSuite(runner: MpcRunner): void {
  describe(`match: ${runner.name}`, () => {
    it("finds on random keys, many of them repeated, what a plain map finds", async () => {
      for (const { left, right, once } of fc.sample(randomTables, { seed, numRuns: 12 })) {
        const [lefts, rights] = [left.map(BigInt), right.map(BigInt)] as const;
        const payload = randomKeys(`match/${left}/${right}`, right.length, 1n << 63n).map((word) => -word);
        expect(
          await matchedBy(runner, [lefts, rights], payload, { bits: 4, once }),
          JSON.stringify({ left, right, once }),
        ).to.deep.equal(expectedMatch(lefts, rights, payload, once));
      }
    });

    for (const { name, left, right, bits } of CASES) {
      for (const once of [false, true]) {
        it(`matches ${name}${once ? ", once" : ""}`, async () => {
          const payload = randomKeys(`payload/${name}`, right.keys.length, 1n << 63n).map((word) => -word);
          expect(await matchedBy(runner, [left.keys, right.keys], payload, { bits, once })).to.deep.equal(
            expectedMatch(left.keys, right.keys, payload, once),
          );
        });
      }

      it(`groups ${name}`, async () => {
        const values = randomKeys(`group/${name}`, left.keys.length, 1n << 40n).map((word) => word - (1n << 39n));
        const result = await runner.run(
          [column(left.keys), validity(left), column(values)],
          async (mpc, [keys, valid, value]) => {
            const flags = left.valid && { valid: await toBits(mpc, valid!, 1) };
            const groups = await groupSums(mpc, { keys: keys!, columns: [value!], ...flags }, { bits });
            return [groups.keys, groups.counts, ...groups.sums, groups.valid];
          },
        );
        expect(result).to.deep.equal(expectedGroups(left, values));
      });
    }

    for (const length of [0, 1, 2, 65, 200]) {
      it(`sums up ${length} rows segment by segment`, async () => {
        const starts = randomKeys(`starts/${length}`, length, 3n).map((word) => (word === 0n ? 1n : 0n));
        const values = randomKeys(`values/${length}`, length, 1000n).map((word) => word - 500n);
        const result = await runner.run([column(starts), column(values)], async (mpc, [start, value]) =>
          segmentedSum(mpc, await toBits(mpc, start!, 1), [value!]),
        );
        let sum = 0n;
        const expected = values.map((value, row) => {
          sum = starts[row] === 1n ? value : sum + value;
          return sum;
        });
        expect(result).to.deep.equal([unsigned(expected)]);
      });
    }
  });
}

/** Keys, counts, sums and validity by definition, filled up with zeros. */
function expectedGroups(side: Side, values: readonly bigint[]): bigint[][] {
  const groups = new Map<bigint, { count: bigint; sum: bigint }>();
  for (const [row, key] of side.keys.entries()) {
    if (!counts(side, row)) continue;
    const { count, sum } = groups.get(key) ?? { count: 0n, sum: 0n };
    groups.set(key, { count: count + 1n, sum: sum + values[row]! });
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  const fill = (words: bigint[]) => [...unsigned(words), ...Array<bigint>(side.keys.length - words.length).fill(0n)];
  return [
    fill(sorted.map(([key]) => key)),
    fill(sorted.map(([, { count }]) => count)),
    fill(sorted.map(([, { sum }]) => sum)),
    fill(sorted.map(() => 1n)),
  ];
}
