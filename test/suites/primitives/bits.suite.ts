import type { Bits, Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, expectRows, input, longSize, SIZES, total, unsigned } from "./columns.ts";

const mask = (planes: number): bigint => (1n << BigInt(planes)) - 1n;

/** An operation on two columns of bits, and what its rows should be. */
interface Case {
  run(mpc: Mpc, a: Bits, b: Bits): Bits | Promise<Bits>;
  expected(x: readonly bigint[], y: readonly bigint[], planes: number): bigint[];
}

const cases: Record<string, Case> = {
  xor: { run: (mpc, a, b) => mpc.xor(a, b), expected: (x, y) => x.map((value, row) => value ^ y[row]!) },
  and: { run: (mpc, a, b) => mpc.and(a, b), expected: (x, y) => x.map((value, row) => value & y[row]!) },
  andEach: {
    run: (mpc, a, b) => mpc.andEach(a, mpc.planes(b, [0])),
    expected: (x, y) => x.map((value, row) => value * (y[row]! & 1n)),
  },
  xorPublic: {
    run: (mpc, a) => mpc.xorPublic(a, -6n),
    expected: (x, _y, planes) => x.map((value) => BigInt.asUintN(planes, value ^ -6n)),
  },
  andPublic: { run: (mpc, a) => mpc.andPublic(a, 0xa5n), expected: (x) => x.map((value) => value & 0xa5n) },
  constantBits: {
    run: (mpc, a) => mpc.constantBits(-2n, a.planes, a.length),
    expected: (x, _y, planes) => x.map(() => BigInt.asUintN(planes, -2n)),
  },
  planes: {
    run: (mpc, a) => mpc.planes(a, [a.planes - 1, 0, 0]),
    expected: (x, _y, planes) => x.map((value) => (value >> BigInt(planes - 1)) | ((value & 1n) * 6n)),
  },
  stack: {
    run: (mpc, a, b) => mpc.stack([a, mpc.planes(b, [0]), b]),
    expected: (x, y, planes) =>
      x.map((value, row) => value | ((y[row]! & 1n) << BigInt(planes)) | (y[row]! << BigInt(planes + 1))),
  },
  concatenateBits: {
    run: (mpc, a, b) => mpc.concatenateBits([mpc.sliceBits(a, a.length >> 1, a.length), b, a]),
    expected: (x, y) => [...x.slice(x.length >> 1), ...y, ...x],
  },
  sliceBits: {
    run: (mpc, a) => mpc.sliceBits(a, a.length >> 2, a.length - (a.length >> 3)),
    expected: (x) => x.slice(x.length >> 2, x.length - (x.length >> 3)),
  },
  gatherBits: {
    run: (mpc, a) =>
      mpc.gatherBits(
        a,
        Uint32Array.from({ length: 2 * a.length }, (_, i) => (5 * i + 2) % a.length),
      ),
    expected: (x) => Array.from({ length: 2 * x.length }, (_, i) => x[(5 * i + 2) % x.length]!),
  },
  "gatherBits of few rows": {
    run: (mpc, a) => mpc.gatherBits(a, fewOf(a.length)),
    expected: (x) => Array.from(fewOf(x.length), (row) => x[row]!),
  },
};

/** Some of so many rows, not in order, the last among them. */
const fewOf = (length: number): Uint32Array =>
  Uint32Array.from({ length: length >> 3 }, (_, i) => (11 * (length - i) + length - 12) % length);

export function bitsSuite(runner: MpcRunner): void {
  describe(`bits: ${runner.name}`, () => {
    for (const [planes, lengths] of [
      [1, [1, 65]],
      [7, [64]],
      [64, SIZES],
    ] as const) {
      for (const length of lengths) {
        it(`${planes} planes of ${length} rows: every operation on them`, async () => {
          const [x, y] = ["b", "bb"].map((label) => unsigned(column(length, 64, label), planes)) as [
            bigint[],
            bigint[],
          ];
          const results = await runner.run([], async (mpc) => {
            const [a, b] = [x, y].map((rows) => {
              // Masked and unmasked again: the shares are random, unlike those of public bits.
              const noise = mpc.randomBits(planes, length);
              return mpc.xor(mpc.xor(mpc.publicBits(BigUint64Array.from(rows), planes), noise), noise);
            }) as [Bits, Bits];
            const outputs: Bits[] = [];
            for (const { run } of Object.values(cases)) outputs.push(await run(mpc, a, b));
            return [...outputs, a];
          });
          for (const [index, [name, { expected }]] of Object.entries(cases).entries())
            expectRows(results[index], expected(x, y, planes), name);
          expectRows(results.at(-1), x, "an operand afterwards");
        });
      }
    }

    for (const length of [...SIZES, longSize(64)]) {
      it(`${length} rows of 64 bits as summands, and their bits as numbers`, async () => {
        const x = column(length, 64, "addends");
        const [g, p, both, zero, one, , counts, wideCounts, cut] = await runner.run(
          [input(x, 64)],
          async (mpc, [a]) => {
            const { generate, propagate } = await mpc.addends(a!, 64);
            const low = mpc.planes(propagate, [0, 1, 2]);
            return [
              generate,
              propagate,
              await mpc.and(generate, propagate),
              ...(await mpc.inject(low, length % 2 === 0 ? 64 : 128)),
              await mpc.count(low, 64),
              await mpc.count(low, 128),
              mpc.concatenateBits([mpc.sliceBits(low, length >> 1, length), low]),
            ];
          },
        );
        expectRows(
          g!.map((each, row) => BigInt.asUintN(64, p![row]! + 2n * each)),
          unsigned(x, 64),
          "a + b",
        );
        expectRows(
          both,
          x.map(() => 0n),
          "generate and propagate exclude each other",
        );
        for (const [bit, injected] of [zero, one].entries())
          expectRows(
            injected,
            p!.map((each) => (each >> BigInt(bit)) & 1n),
            `bit ${bit}`,
          );
        const expected = [0n, 1n, 2n].map((bit) => total(p!.map((each) => (each >> bit) & 1n)));
        expectRows(counts, expected, "counts");
        expectRows(wideCounts, expected, "counts of two words");
        const low = p!.map((each) => each & 7n);
        expectRows(cut, [...low.slice(length >> 1), ...low], "rows put together");
      });
    }

    for (const word of [64, 128] as const) {
      it(`any number of low bits of ${word} as summands`, async () => {
        const x = column(65, word, "low bits");
        for (const planes of [1, 2, 63, 64, ...(word === 128 ? [65, 127, 128] : [])]) {
          const [g, p] = await runner.run([input(x, word)], async (mpc, [a]) => {
            const { generate, propagate } = await mpc.addends(a!, planes);
            return [generate, propagate];
          });
          const sums = g!.map((each, row) => (p![row]! + 2n * each) & mask(planes));
          expectRows(sums, unsigned(x, planes), `${planes} planes`);
        }
      });
    }

    it("public bits: their low planes; openings of several columns at once, and of none", async () => {
      await runner.run([], async (mpc) => {
        const words = BigUint64Array.of(5n, 2n ** 64n - 1n, 8n);
        const values = [mpc.publicBits(words, 64), mpc.publicBits(words, 3), mpc.publicBits(words, 0)];
        const opened = await mpc.openBits([...values, mpc.randomBits(3, 0)]);
        expect(opened.map((rows) => [...rows])).to.deep.equal([[...words], [5n, 7n, 0n], [0n, 0n, 0n], []]);
        expect(await mpc.openBits([])).to.deep.equal([]);
        return [];
      });
    });
  });
}
