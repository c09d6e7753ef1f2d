import type { Bits, Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { fourRunner } from "../support/four-runner.ts";
import { deal, failureCode, runAll, runHonest, take } from "../support/parties.ts";
import { seededRandom, seededWords } from "../support/seeded-random.ts";

const runner = fourRunner(seed);
const TOP = 1n << 63n;
const EDGES = [0n, 1n, -1n, TOP - 1n, -TOP, 1n << 32n, -(1n << 32n), 0x5555_5555_5555_5555n];
/** Odd sizes, a word's neighbours, and more than a step. */
const SIZES = [0, 1, 63, 64, 65, 200, 33_001];

const u = (value: bigint, word = 64): bigint => BigInt.asUintN(word, value);

function column(length: number, label: string): bigint[] {
  const random = [...seededWords(seededRandom(seed, label), length)].map((word) => BigInt.asIntN(64, word));
  return random.map((value, row) => (row % 3 === 0 ? EDGES[(row / 3 + label.length) % EDGES.length]! : value));
}

describe("protocol: four-party operations against plaintext", () => {
  for (const word of [64, 128] as const) {
    for (const length of SIZES) {
      it(`${length} rows of ${word} bits: products, sums, openings`, async () => {
        const [x, y] = [column(length, "x"), column(length, "yy")].map((values) =>
          values.map((value) => (word === 64 ? value : value * value * 3n)),
        ) as [bigint[], bigint[]];
        const [product, inner, dots, prefix, sum, difference] = await runner.run(
          [
            { words: x, word },
            { words: y, word },
          ],
          async (mpc, [a, b]) => [
            await mpc.multiply(a!, b!),
            await mpc.innerProducts([a!, b!], [b!, b!]),
            await mpc.dot([
              [a!, b!],
              [a!, a!],
            ]),
            mpc.prefixSum(a!),
            mpc.sum(b!),
            mpc.subtract(a!, b!),
          ],
        );
        expect(product).to.deep.equal(x.map((value, row) => u(value * y[row]!, word)));
        expect(inner).to.deep.equal(x.map((value, row) => u(value * y[row]! + y[row]! * y[row]!, word)));
        expect(dots).to.deep.equal([
          u(
            x.reduce((total, value, row) => total + value * y[row]!, 0n),
            word,
          ),
          u(
            x.reduce((total, value) => total + value * value, 0n),
            word,
          ),
        ]);
        let running = 0n;
        expect(prefix).to.deep.equal(
          x.map((value) => {
            running += value;
            return u(running, word);
          }),
        );
        expect(sum).to.deep.equal([
          u(
            y.reduce((total, value) => total + value, 0n),
            word,
          ),
        ]);
        expect(difference).to.deep.equal(x.map((value, row) => u(value - y[row]!, word)));
      });

      it(`${length} rows of ${word} bits: truncation is within one unit, never below`, async () => {
        const limit = 1n << BigInt(word - 2);
        const extremes = [-limit, -limit + 1n, -1n, 0n, 1n, 2n, limit - 2n, limit - 1n, limit / 2n + 1n];
        const x = column(length, "t").map(
          (value, row) => extremes[row % 12] ?? (word === 64 ? value >> 2n : (value * value) >> 3n),
        );
        const shifts = [0, 1, 16, word / 2, word - 2];
        const results = await runner.run([{ words: x, word }], (mpc, [a]) =>
          mpc.truncate(shifts.map((bits) => ({ value: a!, bits }))),
        );
        for (const [index, bits] of shifts.entries()) {
          for (const [row, value] of x.entries()) {
            const floor = value >> BigInt(bits);
            const excess = BigInt.asIntN(word, results[index]![row]!) - floor;
            const exact = floor << BigInt(bits) === value;
            if (excess !== 0n && (exact || excess !== 1n)) expect.fail(`${value} / 2^${bits}: excess ${excess}`);
          }
        }
      });
    }
  }

  for (const length of SIZES) {
    it(`${length} rows: summands, bits as numbers, counts, widening`, async () => {
      const x = column(length, "b");
      const small = x.map((value) => value >> 1n);
      const [g, p, both, injected, counts, wide, cut] = await runner.run(
        [
          { words: x, word: 64 },
          { words: small, word: 64 },
        ],
        async (mpc, [a, b]) => {
          const { generate, propagate } = await mpc.addends(a!, 64);
          const low = mpc.planes(propagate, [0, 1, 2]);
          const [, one] = await mpc.inject(low, 64);
          return [
            generate,
            propagate,
            await mpc.and(generate, propagate),
            one!,
            await mpc.count(low, 128),
            await mpc.widen(b!),
            mpc.concatenateBits([mpc.sliceBits(low, length >> 1, length), low]),
          ];
        },
      );
      expect(g!.map((each, row) => u(p![row]! + 2n * each))).to.deep.equal(x.map((value) => u(value)));
      expect(both).to.deep.equal(g!.map((each, row) => each & p![row]!));
      expect(injected).to.deep.equal(p!.map((each) => (each >> 1n) & 1n));
      expect(counts).to.deep.equal([0n, 1n, 2n].map((bit) => p!.reduce((n, each) => n + ((each >> bit) & 1n), 0n)));
      expect(wide).to.deep.equal(small.map((value) => u(value, 128)));
      const low = p!.map((each) => each & 7n);
      expect(cut).to.deep.equal([...low.slice(length >> 1), ...low]);
    });

    it(`${length} rows: a shuffle keeps rows together, moves them, and is undone`, async () => {
      const x = Array.from({ length }, (_, row) => BigInt(row));
      const [a, b, back] = await runner.run(
        [
          { words: x, word: 64 },
          { words: x.map((value) => value * 7n), word: 64 },
        ],
        async (mpc, vectors) => {
          const order = mpc.randomPermutation(length);
          const shuffled = await mpc.shuffle(order, vectors);
          return [...shuffled, (await mpc.unshuffle(order, shuffled))[0]!];
        },
      );
      expect(b).to.deep.equal(a!.map((value) => value * 7n));
      expect([...a!].sort((l, r) => Number(l - r))).to.deep.equal(x);
      expect(back).to.deep.equal(x);
      if (length >= 63) expect(a).to.not.deep.equal(x);
    });
  }

  it("products of matrices", async () => {
    const [rows, inner, columns] = [5, 12, 7];
    const [a, b] = [column(rows * inner, "m"), column(inner * columns, "mm")];
    const [result] = await runner.run(
      [
        { words: a, word: 64 },
        { words: b, word: 64 },
      ],
      async (mpc, [left, right]) => [await mpc.matrixProduct(left!, right!, { rows, inner, columns })],
    );
    const expected = Array.from({ length: rows * columns }, (_, at) => {
      let sum = 0n;
      for (let k = 0; k < inner; k++)
        sum += a[Math.floor(at / columns) * inner + k]! * b[k * columns + (at % columns)]!;
      return u(sum);
    });
    expect(result).to.deep.equal(expected);
  });

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

  it("truncation rounds without bias", async () => {
    const rows = 4096;
    const values = Array<bigint>(rows).fill((5n << 20n) + (1n << 18n)); // 5 and a quarter
    const [results] = await runner.run([{ words: values, word: 64 }], (mpc, [a]) =>
      mpc.truncate([{ value: a!, bits: 20 }]),
    );
    const up = results!.filter((result) => result === 6n).length;
    // Mean rows/4, six standard deviations to each side.
    expect(up).to.be.within(rows / 4 - 6 * Math.sqrt((rows * 3) / 16), rows / 4 + 6 * Math.sqrt((rows * 3) / 16));
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
      expect(memory.events.every(({ index }) => index < 3)).to.equal(true);
    }
  });

  it("random bits and numbers are spread, and public bits are where they belong", async () => {
    const [bits, numbers, flipped, masked] = await runner.run([], async (mpc): Promise<(Vector | Bits)[]> => {
      const drawn = mpc.randomBits(8, 1000);
      return [drawn, mpc.random(1000, 64), mpc.xorPublic(drawn, 0xa5n), mpc.andPublic(drawn, 0x0fn)];
    });
    expect(new Set(numbers).size).to.equal(1000);
    expect(new Set(bits).size).to.be.greaterThan(200);
    expect(flipped).to.deep.equal(bits!.map((value) => value ^ 0xa5n));
    expect(masked).to.deep.equal(bits!.map((value) => value & 0x0fn));
  });
});
