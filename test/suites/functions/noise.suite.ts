import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import { discreteGaussian } from "@sharebridge/mpc-nodes/protocol/functions/noise/gaussian.ts";
import { discreteLaplace } from "@sharebridge/mpc-nodes/protocol/functions/noise/laplace.ts";
import type { Bits, Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { seededRandom, seededWords } from "../../mpc-nodes/support/seeded-random.ts";
import { seed } from "../../support/seed.ts";
import { type MpcRunner, signed } from "../mpc-runner.ts";
import { refusalOf } from "../primitives/refusals.suite.ts";

/** The same Mpc, in every scope, whose bits of the request are known ones, in this order. */
function withBits(mpc: Mpc, known: { words: BigUint64Array }[]): Mpc {
  return new Proxy(mpc, {
    get(target, name) {
      if (name === "scope") {
        return <T>(body: (scope: Mpc) => Promise<T>) => target.scope((inner) => body(withBits(inner, known)));
      }
      if (name === "requestBits") {
        return (planes: number, length: number): Bits => {
          const { words } = known.shift()!;
          if (words.length !== length) throw new Error(`${length} rows were drawn where ${words.length} are known`);
          return target.publicBits(words, planes);
        };
      }
      const member = target[name as keyof Mpc];
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

const rational = (numerator: number, denominator = 1): Rational => ({
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});
const value = ({ numerator, denominator }: Rational): number => Number(numerator) / Number(denominator);
const real = (word: bigint): number => Number(word) / 2 ** 64;

/** Random words, and the extremes first. */
function words(label: string, length: number): BigUint64Array {
  const drawn = seededWords(seededRandom(seed, label), length);
  for (const [index, word] of [0n, (1n << 64n) - 1n, 1n << 20n, 1n << 63n].entries())
    if (index < length) drawn[index] = word;
  return drawn;
}

/** Of a discrete Gaussian number of this variance: the largest j for which what was drawn is below P(|x| ≥ j). */
function magnitudeIn(variance: number): (word: bigint) => number {
  const weights = Array.from({ length: 700 }, (_, x) => Math.exp((-x * x) / (2 * variance)));
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -1);
  return (word) => {
    let above = 0;
    for (let j = weights.length - 1; j > 0; j--) {
      above += (2 * weights[j]!) / total;
      if (real(word) < above) return j;
    }
    return 0;
  };
}

export function noiseSuite(runner: MpcRunner): void {
  describe(`noise: ${runner.name}`, () => {
    it("Laplace: what its coins say, by floating-point probabilities", async () => {
      for (const [scale, bits, rows] of [
        [rational(1, 3), 4, 65],
        [rational(5, 2), 7, 3],
        [rational(12), 10, 70],
        [rational(1000), 16, 1],
      ] as const) {
        const drawn = words(`laplace ${rows}`, 2 * bits * rows);
        const [noise] = await runner.run([], async (mpc) => [
          await discreteLaplace(withBits(mpc, [{ words: drawn }]), rows, { scale }),
        ]);
        const geometric = (row: number, first: number): number =>
          Array.from({ length: bits }, (_, i) => {
            const probability = 1 / (1 + Math.exp(2 ** i / value(scale)));
            return real(drawn[(first + i) * rows + row]!) < probability ? 2 ** i : 0;
          }).reduce((sum, part) => sum + part, 0);
        expect(signed(noise!, 64)).to.deep.equal(
          Array.from({ length: rows }, (_, row) => BigInt(geometric(row, 0) - geometric(row, bits))),
        );
      }
    });

    it("Gaussian: what the numbers drawn are in their tables, by floating-point probabilities", async () => {
      for (const [variance, rows, parts] of [
        [rational(1, 4), 65, [0.25]],
        [rational(7, 2), 130, [3.5]],
        [rational(100), 3, [100]],
        [rational(900), 40, [900]],
        // Of a large variance, 256 and 64 times what is left.
        [rational(1601), 40, [256, 1345 / 64]],
        [rational(256_256), 20, [256, 256, 3744 / 64]],
      ] as const) {
        const drawn = parts.map((_, part) => words(`gaussian ${rows} ${part}`, rows));
        const signs = parts.map((_, part) => words(`signs ${rows} ${part}`, rows).map((word) => word & 1n));
        const known = parts.flatMap((_, part) => [{ words: drawn[part]! }, { words: signs[part]! }]);
        const [noise] = await runner.run([], async (mpc) => [
          await discreteGaussian(withBits(mpc, [...known]), rows, { variance }),
        ]);
        const expected = Array<bigint>(rows).fill(0n);
        for (const [part, each] of parts.entries()) {
          const magnitude = magnitudeIn(each);
          for (let row = 0; row < rows; row++) {
            const size = 8n ** BigInt(part) * BigInt(magnitude(drawn[part]![row]!));
            expected[row]! += signs[part]![row] === 1n ? -size : size;
          }
        }
        const [least, ...rest] = signed(noise!, 64);
        expect(rest).to.deep.equal(expected.slice(1));
        // The least number drawn is the largest |x|, where the table ends: so many standard deviations, of all parts together.
        const most = parts.reduce((sum, each, part) => sum + 8 ** part * Math.sqrt(each), 0);
        expect(Math.abs(Number(least)) / most, `${value(variance)}`).to.be.within(7.9, 10.1);
      }
    });

    it("bits of the request are the request's own, uniform, and new in each draw", async () => {
      const [one, two, none] = await runner.run([], async (mpc) => [
        mpc.requestBits(64, 200),
        mpc.requestBits(64, 200),
        mpc.requestBits(3, 0),
      ]);
      expect(none).to.deep.equal([]);
      expect(new Set([...one!, ...two!]).size).to.equal(400);
      const ones = [...one!, ...two!].map((word) => word.toString(2).replaceAll("0", "").length);
      // 25,600 fair coins, seven standard deviations of 80.
      expect(ones.reduce((sum, count) => sum + count, 0)).to.be.within(12_800 - 560, 12_800 + 560);
    });

    it("no rows, and parameters out of range", async () => {
      await runner.run([], async (mpc) => {
        expect((await discreteLaplace(mpc, 0, { scale: rational(3) })).length).to.equal(0);
        expect((await discreteGaussian(mpc, 0, { variance: rational(3) })).length).to.equal(0);
        for (const scale of [rational(0), rational(-1), rational(1, 65), rational(2 ** 40 + 1), rational(1, 0)])
          expect((await refusalOf(() => discreteLaplace(mpc, 1, { scale }))).code).to.equal("InvalidOperand");
        for (const variance of [
          rational(0),
          rational(-1),
          rational(1, 65),
          rational(2 ** 80 + 2 ** 40),
          rational(1, -1),
        ])
          expect((await refusalOf(() => discreteGaussian(mpc, 1, { variance }))).code).to.equal("InvalidOperand");
        return [];
      });
    });
  });
}
