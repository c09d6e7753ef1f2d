/** What joins, intersections, groups and segments must do, whoever computes. */

import { toBits } from "@sharebridge/mpc-nodes/protocol/functions/bits-of.ts";
import { groupSums } from "@sharebridge/mpc-nodes/protocol/functions/group.ts";
import { intersectionSize, join } from "@sharebridge/mpc-nodes/protocol/functions/join.ts";
import { segmentedSum } from "@sharebridge/mpc-nodes/protocol/functions/segments.ts";
import { expect } from "chai";
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
    left: { keys: randomKeys("join/left", 200, 100n) },
    right: { keys: rowNumbers(65).map((row) => (row * 37n) % 101n) },
    bits: 7,
  },
  {
    name: "right keys that repeat",
    left: { keys: rowNumbers(16) },
    right: { keys: randomKeys("join/repeat", 33, 16n) },
    bits: 4,
  },
  { name: "one key everywhere", left: { keys: Array<bigint>(5).fill(3n) }, right: { keys: [3n, 3n, 3n] }, bits: 2 },
  {
    name: "rows that do not count",
    left: { keys: randomKeys("join/l", 70, 20n), valid: randomKeys("join/lv", 70, 2n) },
    right: { keys: randomKeys("join/r", 40, 20n), valid: randomKeys("join/rv", 40, 2n) },
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

/** By definition: for each left row the last valid right row of its key. */
function expectedJoin(left: Side, right: Side, payload: readonly bigint[]) {
  const partners = left.keys.map((key, row) =>
    counts(left, row) ? right.keys.findLastIndex((other, index) => other === key && counts(right, index)) : -1,
  );
  const rightKeys = right.keys.filter((_, row) => counts(right, row));
  return {
    matched: partners.map((partner) => (partner < 0 ? 0n : 1n)),
    payload: partners.map((partner) => (partner < 0 ? 0n : payload[partner]!)),
    duplicates: [BigInt(rightKeys.length - new Set(rightKeys).size)],
  };
}

export function joinSuite(runner: MpcRunner): void {
  describe(`join: ${runner.name}`, () => {
    for (const { name, left, right, bits } of CASES) {
      it(`joins ${name}`, async () => {
        const payload = randomKeys(`payload/${name}`, right.keys.length, 1n << 63n).map((word) => -word);
        const wide = payload.map((word) => word << 40n);
        const result = await runner.run(
          [
            column(left.keys),
            validity(left),
            column(right.keys),
            validity(right),
            column(payload),
            { words: wide, word: 128 },
          ],
          async (mpc, [leftKeys, leftValid, rightKeys, rightValid, numbers, wides]) => {
            const joined = await join(
              mpc,
              { keys: leftKeys!, ...(left.valid && { valid: await toBits(mpc, leftValid!, 1) }) },
              {
                keys: rightKeys!,
                columns: [numbers!, wides!],
                ...(right.valid && { valid: await toBits(mpc, rightValid!, 1) }),
              },
              { bits },
            );
            return [joined.matched, ...joined.columns, joined.duplicates];
          },
        );
        const { matched, payload: expected, duplicates } = expectedJoin(left, right, payload);
        expect(result).to.deep.equal([
          matched,
          unsigned(expected),
          unsigned(
            expected.map((word) => word << 40n),
            128,
          ),
          duplicates,
        ]);
      });

      it(`counts the keys in common of ${name}`, async () => {
        const result = await runner.run(
          [column(left.keys), validity(left), column(right.keys), validity(right)],
          async (mpc, [leftKeys, leftValid, rightKeys, rightValid]) => [
            await intersectionSize(
              mpc,
              { keys: leftKeys!, valid: await toBits(mpc, leftValid!, 1) },
              { keys: rightKeys!, valid: await toBits(mpc, rightValid!, 1) },
              { bits },
            ),
          ],
        );
        const [ours, theirs] = [left, right].map((side) => new Set(side.keys.filter((_, row) => counts(side, row))));
        expect(result).to.deep.equal([[BigInt([...ours!].filter((key) => theirs!.has(key)).length)]]);
      });

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
