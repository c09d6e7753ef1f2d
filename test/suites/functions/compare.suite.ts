import { andTree, orTree } from "@sharebridge/mpc-nodes/protocol/functions/and-tree.ts";
import { lessThan, lessThanPublic, topBit } from "@sharebridge/mpc-nodes/protocol/functions/compare.ts";
import { equal, equalToEach, isZero } from "@sharebridge/mpc-nodes/protocol/functions/equal.ts";
import { greatestOf, leastOf, maximum, minimum } from "@sharebridge/mpc-nodes/protocol/functions/extremes.ts";
import { histogram } from "@sharebridge/mpc-nodes/protocol/functions/histogram.ts";
import { select, selectBits } from "@sharebridge/mpc-nodes/protocol/functions/select.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { signed } from "../mpc-runner.ts";
import { refusalOf } from "../primitives/refusals.suite.ts";
import { compareColumns } from "./columns-of-numbers.ts";

const inOrder = (numbers: readonly bigint[]): bigint[] => [...numbers].sort((a, b) => (a < b ? -1 : 1));
const bit = (condition: boolean): bigint => (condition ? 1n : 0n);

export function compareSuite(runner: MpcRunner): void {
  describe(`comparison and selection: ${runner.name}`, () => {
    for (const word of [64, 128] as const) {
      it(`order and equality of ${word}-bit numbers`, async () => {
        for (const rows of [0, 1, 65, 200]) {
          const [x, y] = compareColumns(word, rows);
          const inputs = [x, y].map((words) => ({ words, word }));
          const [less, below, sign, same, zero] = await runner.run(inputs, async (mpc, [a, b]) =>
            mpc.parallel([
              (task) => lessThan(task, a!, b!),
              (task) => lessThanPublic(task, a!, 17n),
              (task) => topBit(task, a!),
              (task) => equal(task, a!, b!),
              (task) => isZero(task, b!),
            ]),
          );
          expect(less).to.deep.equal(x.map((value, row) => bit(value < y[row]!)));
          expect(below).to.deep.equal(x.map((value) => bit(value < 17n)));
          expect(sign).to.deep.equal(x.map((value) => bit(value < 0n)));
          expect(same).to.deep.equal(x.map((value, row) => bit(value === y[row])));
          expect(zero).to.deep.equal(y.map((value) => bit(value === 0n)));
        }
      });

      it(`choosing between ${word}-bit numbers`, async () => {
        const [x, y] = compareColumns(word, 130);
        const inputs = [x, y].map((words) => ({ words, word }));
        const [chosen, least, most] = await runner.run(inputs, async (mpc, [a, b]) => [
          await select(mpc, await lessThanPublic(mpc, a!, 0n), a!, b!),
          await minimum(mpc, a!, b!),
          await maximum(mpc, a!, b!),
        ]);
        expect(signed(chosen!, word)).to.deep.equal(x.map((value, row) => (value < 0n ? value : y[row]!)));
        expect(signed(least!, word)).to.deep.equal(x.map((value, row) => inOrder([value, y[row]!])[0]!));
        expect(signed(most!, word)).to.deep.equal(x.map((value, row) => inOrder([value, y[row]!])[1]!));
      });
    }

    it("the low bits alone, in every width from 1 or 2 up", async () => {
      const x = Array.from({ length: 70 }, (_, row) => BigInt(row) - 3n);
      for (const planes of [1, 2, 3, 4, 5, 7, 8, 33]) {
        const [zero, top] = await runner.run([{ words: x, word: 64 }], async (mpc, [a]) => [
          await isZero(mpc, a!, planes),
          await topBit(mpc, a!, Math.max(2, planes)),
        ]);
        const [low, high] = [(1n << BigInt(planes)) - 1n, BigInt(Math.max(2, planes) - 1)];
        expect(zero, `${planes}`).to.deep.equal(x.map((value) => bit((value & low) === 0n)));
        expect(top, `${planes}`).to.deep.equal(x.map((value) => BigInt.asUintN(64, value >> high) & 1n));
      }
    });

    it("least and greatest of a column, and the first row where they stand", async () => {
      for (const words of [[5n], [2n, 2n], [3n, -1n, -1n], [7n, 9n, 9n, -4n, 0n], compareColumns(64, 33)[0]]) {
        const outputs = await runner.run([{ words, word: 64 }], async (mpc, [column]) => {
          const [least, most] = [await leastOf(mpc, column!), await greatestOf(mpc, column!)];
          return [least.value, least.index, most.value, most.index];
        });
        const values = outputs.map((rows) => signed(rows, 64)[0]!);
        const [low, high] = [inOrder(words)[0]!, inOrder(words).at(-1)!];
        expect(values).to.deep.equal([low, BigInt(words.indexOf(low)), high, BigInt(words.indexOf(high))]);
      }
    });

    it("trees over planes, and a choice of bits", async () => {
      const words = [0n, 1n, 30n, 31n, 16n, 7n];
      for (const planes of [1, 2, 3, 5]) {
        const [all, any, chosen] = await runner.run([{ words, word: 64 }], async (mpc, [x]) => {
          // Of a sum with nothing, the propagated bits are not the number's; those of constants are.
          const value = mpc.publicBits(BigUint64Array.from(words), planes);
          const flipped = mpc.xorPublic(value, (1n << BigInt(planes)) - 1n);
          return [
            await andTree(mpc, value),
            await orTree(mpc, value),
            await selectBits(mpc, await isZero(mpc, x!), flipped, value),
          ];
        });
        const mask = (1n << BigInt(planes)) - 1n;
        expect(all).to.deep.equal(words.map((value) => bit((value & mask) === mask)));
        expect(any).to.deep.equal(words.map((value) => bit((value & mask) !== 0n)));
        expect(chosen).to.deep.equal(words.map((value) => (value === 0n ? mask : value & mask)));
      }
    });

    it("equality with several values at once, and counts of them", async () => {
      const words = Array.from({ length: 131 }, (_, row) => BigInt((row * row) % 7));
      const [matches, counts] = await runner.run([{ words, word: 64 }], async (mpc, [x]) => [
        await equalToEach(mpc, x!, [0n, 2n, 4n], 3),
        await histogram(mpc, x!, 5, 3),
      ]);
      expect(matches).to.deep.equal(
        words.map((value) => bit(value === 0n) | (bit(value === 2n) << 1n) | (bit(value === 4n) << 2n)),
      );
      expect(counts).to.deep.equal([0n, 1n, 2n, 3n, 4n].map((bin) => BigInt(words.filter((v) => v === bin).length)));
    });

    it("values and bins that the compared bits cannot tell apart are refused", async () => {
      await runner.run([{ words: [5n, 13n], word: 64 }], async (mpc, [x]) => {
        for (const call of [
          () => equalToEach(mpc, x!, [7n, 8n], 3),
          () => equalToEach(mpc, x!, [-1n], 3),
          () => equalToEach(mpc, x!, [0n], 0),
          () => equalToEach(mpc, x!, [0n], 65),
          () => histogram(mpc, x!, 9, 3),
          () => histogram(mpc, x!, 0, 3),
        ])
          expect((await refusalOf(call)).code).to.equal("InvalidOperand");
        return [];
      });
      // Every value of three bits, and what lies outside of them modulo eight.
      const [counts] = await runner.run([{ words: [5n, 13n, -1n], word: 64 }], async (mpc, [x]) => [
        await histogram(mpc, x!, 8, 3),
      ]);
      expect(counts).to.deep.equal([0n, 0n, 0n, 0n, 0n, 2n, 0n, 1n]);
    });
  });
}
