/** What sorting and compaction must do, whoever computes. */

import { toBits } from "@sharebridge/mpc-nodes/protocol/functions/bits-of.ts";
import { compact } from "@sharebridge/mpc-nodes/protocol/functions/compact.ts";
import { applyOrder, undoOrder } from "@sharebridge/mpc-nodes/protocol/functions/order.ts";
import { type KeyOptions, median, orderOf, quantile, sort } from "@sharebridge/mpc-nodes/protocol/functions/sort.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, expectedOrder, randomKeys, rowNumbers, unsigned } from "./columns.ts";

const CASES: readonly { name: string; keys: readonly bigint[]; options: KeyOptions }[] = [
  { name: "no row", keys: [], options: { bits: 8 } },
  { name: "one row", keys: [7n], options: { bits: 8 } },
  { name: "two rows in order", keys: [1n, 2n], options: { bits: 2 } },
  { name: "two rows out of order", keys: [2n, 1n], options: { bits: 2 } },
  { name: "an odd number of rows", keys: randomKeys("odd", 63, 1n << 16n), options: { bits: 16 } },
  { name: "65 rows", keys: randomKeys("65", 65, 1n << 32n), options: { bits: 32 } },
  { name: "200 rows of few keys", keys: randomKeys("few", 200, 5n), options: { bits: 3 } },
  { name: "200 rows of many equal keys of two digits", keys: randomKeys("some", 200, 16n), options: { bits: 4 } },
  { name: "equal keys alone", keys: Array<bigint>(66).fill(9n), options: { bits: 5 } },
  { name: "reversed keys", keys: rowNumbers(65).reverse(), options: { bits: 7 } },
  { name: "keys of one bit", keys: randomKeys("bit", 130, 2n), options: { bits: 1 } },
  {
    name: "extremes of 62 bits",
    keys: [(1n << 62n) - 1n, 0n, 1n << 61n, (1n << 62n) - 2n, 1n, 0n, (1n << 62n) - 1n],
    options: { bits: 62 },
  },
  {
    name: "extremes of signed 64 bits",
    keys: [0n, -1n, 1n, -(1n << 63n), (1n << 63n) - 1n, 0n, -(1n << 63n)],
    options: { bits: 64, signed: true },
  },
  {
    name: "signed keys, largest first",
    keys: randomKeys("signed", 70, 40n).map((key) => key - 20n),
    options: { bits: 6, signed: true, descending: true },
  },
  { name: "unsigned keys, largest first", keys: randomKeys("down", 70, 30n), options: { bits: 5, descending: true } },
];

export function sortSuite(runner: MpcRunner): void {
  describe(`sort: ${runner.name}`, () => {
    for (const { name, keys, options } of CASES) {
      it(`sorts ${name}, rows of equal keys in their order`, async () => {
        const rows = rowNumbers(keys.length);
        const [sorted, numbers] = await runner.run([column(keys), column(rows)], async (mpc, [key, row]) => {
          const result = await sort(mpc, key!, [row!], options);
          return [result.keys, ...result.columns];
        });
        const order = expectedOrder(keys, options.descending);
        expect(numbers).to.deep.equal(order.map(BigInt));
        expect(sorted).to.deep.equal(unsigned(order.map((row) => keys[row]!)));
      });
    }

    it("carries words of 128 bits and bits, and undoes an order of several digits and of one", async () => {
      const keys = randomKeys("carry", 67, 1n << 9n);
      const wide = keys.map((key) => -(key << 70n) - 5n);
      for (const bits of [9, 3]) {
        const result = await runner.run([column(keys), { words: wide, word: 128 }], async (mpc, [key, other]) => {
          const order = await orderOf(mpc, key!, { bits });
          const flags = await toBits(mpc, key!, 9);
          const there = await applyOrder(mpc, order, { vectors: [key!, other!], bits: [flags] });
          const back = await undoOrder(mpc, order, there);
          return [...there.vectors, ...there.bits, ...back.vectors, ...back.bits];
        });
        const order = expectedOrder(keys.map((key) => key % (1n << BigInt(bits))));
        const [sortedKeys, sortedWide] = [order.map((row) => keys[row]!), order.map((row) => wide[row]!)];
        expect(result).to.deep.equal([
          sortedKeys,
          unsigned(sortedWide, 128),
          sortedKeys,
          keys,
          unsigned(wide, 128),
          keys,
        ]);
      }
    });

    it("finds quantiles and the lower median", async () => {
      const keys = randomKeys("quantile", 100, 1000n).map((key) => key - 500n);
      const sorted = expectedOrder(keys).map((row) => keys[row]!);
      const options = { bits: 11, signed: true };
      const result = await runner.run([column(keys)], async (mpc, [key]) => [
        await quantile(mpc, key!, Uint32Array.of(0, 25, 99), options),
        await median(mpc, key!, options),
        await median(mpc, mpc.slice(key!, 0, 1), options),
      ]);
      expect(result).to.deep.equal([
        unsigned([sorted[0]!, sorted[25]!, sorted[99]!]),
        unsigned([sorted[49]!]),
        unsigned([keys[0]!]),
      ]);
    });

    for (const length of [0, 1, 2, 63, 65, 200]) {
      it(`moves the valid ones of ${length} rows to the front`, async () => {
        const flags = randomKeys(`compact/${length}`, length, 2n);
        const result = await runner.run([column(flags), column(rowNumbers(length))], async (mpc, [flag, row]) => {
          const moved = await compact(mpc, await toBits(mpc, flag!, 1), { vectors: [row!], bits: [] });
          return [moved.valid, ...moved.vectors];
        });
        const order = expectedOrder(flags, true);
        expect(result).to.deep.equal([order.map((row) => flags[row]!), order.map(BigInt)]);
      });
    }
  });
}
