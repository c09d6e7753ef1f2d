import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";
import { column, edgesOf, expectRows, input, longSize, runningTotals, SIZES, total, unsigned } from "./columns.ts";

/** An operation on two columns, and what its rows should be. */
interface Case {
  run(mpc: Mpc, a: Vector, b: Vector): Vector | Promise<Vector>;
  expected(x: readonly bigint[], y: readonly bigint[]): bigint[];
}

const products = (x: readonly bigint[], y: readonly bigint[]): bigint[] => x.map((value, row) => value * y[row]!);

/** Public words of 64 bits, read as signed. */
function publicWords(length: number): BigUint64Array {
  return BigUint64Array.from(column(length, 64, "public"), (value) => BigInt.asUintN(64, value));
}

const withMessages: Record<string, Case> = {
  multiply: { run: (mpc, a, b) => mpc.multiply(a, b), expected: products },
  square: { run: (mpc, a) => mpc.multiply(a, a), expected: (x) => products(x, x) },
  innerProducts: {
    run: (mpc, a, b) => mpc.innerProducts([a, b, a], [b, b, a]),
    expected: (x, y) => x.map((value, row) => value * y[row]! + y[row]! * y[row]! + value * value),
  },
  dot: {
    run: (mpc, a, b) =>
      mpc.dot([
        [a, b],
        [a, a],
        [mpc.slice(a, 0, a.length >> 1), mpc.slice(b, 0, a.length >> 1)],
      ]),
    expected: (x, y) => [total(products(x, y)), total(products(x, x)), total(products(x.slice(0, x.length >> 1), y))],
  },
  prefixSum: { run: (mpc, a) => mpc.prefixSum(a), expected: (x) => runningTotals(x) },
  sum: { run: (mpc, _a, b) => mpc.sum(b), expected: (_x, y) => [total(y)] },
  subtract: { run: (mpc, a, b) => mpc.subtract(a, b), expected: (x, y) => x.map((value, row) => value - y[row]!) },
};

const withoutMessages: Record<string, Case> = {
  add: { run: (mpc, a, b) => mpc.add(a, b), expected: (x, y) => x.map((value, row) => value + y[row]!) },
  negate: { run: (mpc, a) => mpc.negate(a), expected: (x) => x.map((value) => -value) },
  addPublicWords: {
    run: (mpc, a) => mpc.addPublicWords(a, publicWords(a.length)),
    expected: (x) => x.map((value, row) => value + BigInt.asIntN(64, publicWords(x.length)[row]!)),
  },
  multiplyPublicWords: {
    run: (mpc, a) => mpc.multiplyPublicWords(a, publicWords(a.length)),
    expected: (x) =>
      products(
        x,
        [...publicWords(x.length)].map((word) => BigInt.asIntN(64, word)),
      ),
  },
  constants: {
    run: (mpc, a) => mpc.constants(publicWords(a.length), a.word),
    expected: (x) => [...publicWords(x.length)].map((word) => BigInt.asIntN(64, word)),
  },
  constant: { run: (mpc, a) => mpc.constant(-3n, a.length, a.word), expected: (x) => x.map(() => -3n) },
  broadcast: {
    run: (mpc, a, b) => mpc.broadcast(mpc.sum(a), b.length),
    expected: (x, y) => y.map(() => total(x)),
  },
  concatenate: {
    run: (mpc, a, b) => mpc.concatenate([a, mpc.slice(b, 0, 0), b, a]),
    expected: (x, y) => [...x, ...y, ...x],
  },
  slice: {
    run: (mpc, a) => mpc.slice(a, a.length >> 2, a.length - (a.length >> 2)),
    expected: (x) => x.slice(x.length >> 2, x.length - (x.length >> 2)),
  },
  gather: {
    run: (mpc, a) =>
      mpc.gather(
        a,
        Uint32Array.from({ length: 2 * a.length }, (_, i) => (7 * i + 3) % a.length),
      ),
    expected: (x) => Array.from({ length: 2 * x.length }, (_, i) => x[(7 * i + 3) % x.length]!),
  },
};

export function vectorsSuite(runner: MpcRunner): void {
  describe(`vectors: ${runner.name}`, () => {
    for (const word of [64, 128] as const) {
      for (const length of [...SIZES, longSize(word)]) {
        it(`${length} rows of ${word} bits: every operation on them`, async () => {
          const [x, y] = [column(length, word, "x"), column(length, word, "yy")];
          const cases = Object.entries(length > 200 ? withMessages : { ...withMessages, ...withoutMessages });
          const results = await runner.run([input(x, word), input(y, word)], async (mpc, [a, b]) => {
            const outputs: Vector[] = [];
            for (const [, { run }] of cases) outputs.push(await run(mpc, a!, b!));
            return [...outputs, a!];
          });
          for (const [index, [name, { expected }]] of cases.entries())
            expectRows(results[index], unsigned(expected(x, y), word), name);
          expectRows(results.at(-1), unsigned(x, word), "an operand afterwards");
        });
      }

      it(`public numbers of ${word} bits, negative ones and those beyond the ring`, async () => {
        const x = column(65, word, "public numbers");
        const numbers = [...edgesOf(word), 1n << BigInt(word), 3n - (1n << BigInt(word))];
        const results = await runner.run([input(x, word)], async (mpc, [a]) =>
          numbers.flatMap((n) => [mpc.addPublic(a!, n), mpc.multiplyPublic(a!, n), mpc.constant(n, 2, word)]),
        );
        for (const [index, n] of numbers.entries()) {
          const [sum, product, constant] = results.slice(3 * index, 3 * index + 3);
          expectRows(
            sum,
            x.map((value) => BigInt.asUintN(word, value + n)),
            `+ ${n}`,
          );
          expectRows(
            product,
            x.map((value) => BigInt.asUintN(word, value * n)),
            `· ${n}`,
          );
          expectRows(constant, unsigned([n, n], word), `${n}`);
        }
      });

      it(`products of matrices of ${word} bits, also of none`, async () => {
        const shapes = [
          [5, 12, 7],
          [1, 65, 1],
          [65, 1, 2],
          [0, 3, 2],
          [2, 0, 3],
          [2, 3, 0],
        ] as const;
        for (const [rows, inner, columns] of shapes) {
          const [x, y] = [column(rows * inner, word, "left"), column(inner * columns, word, "right")];
          const [product] = await runner.run([input(x, word), input(y, word)], async (mpc, [a, b]) => [
            await mpc.matrixProduct(a!, b!, { rows, inner, columns }),
          ]);
          const expected = Array.from({ length: rows * columns }, (_, at) => {
            const [row, at2] = [Math.floor(at / columns), at % columns];
            return total(Array.from({ length: inner }, (_, k) => x[row * inner + k]! * y[k * columns + at2]!));
          });
          expectRows(product, unsigned(expected, word), `${rows} × ${inner} × ${columns}`);
        }
      });
    }

    for (const length of [...SIZES, longSize(128)]) {
      it(`${length} rows from one word to two and back`, async () => {
        const limit = 1n << 62n;
        const x = column(length, 64, "widen").map((value, row) => [-limit, limit - 1n][row % 6] ?? value >> 1n);
        const y = column(length, 128, "narrow");
        const [wide, narrow, back] = await runner.run([input(x, 64), input(y, 128)], async (mpc, [a, b]) => {
          const widened = await mpc.widen(a!);
          return [widened, mpc.narrow(b!), mpc.narrow(widened)];
        });
        expectRows(wide, unsigned(x, 128), "widen");
        expectRows(narrow, unsigned(y, 64), "narrow");
        expectRows(back, unsigned(x, 64), "narrow of widen");
      });
    }

    it("opens columns of both words at once, and nothing", async () => {
      await runner.run([input([5n, -1n], 64), input([-2n], 128), input([], 64)], async (mpc, [a, b, none]) => {
        const opened = await mpc.open([a!, b!, none!]);
        expect(opened.map((words) => [...words])).to.deep.equal([
          [5n, 2n ** 64n - 1n],
          [2n ** 64n - 2n, 2n ** 64n - 1n],
          [],
        ]);
        expect(await mpc.open([])).to.deep.equal([]);
        return [];
      });
    });
  });
}
