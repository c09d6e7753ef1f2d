import { expect } from "chai";
import { divide, divisionError, reciprocal, reciprocalError } from "../../../mpc-nodes/protocol/functions/divide.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { hardWords, signed } from "./numeric-support.ts";

/** |actual − numerator·2^scale/denominator| over the bound, by exact rationals. */
function ratioToBound(
  actual: bigint,
  numerator: bigint,
  denominator: bigint,
  bound: (magnitude: number) => number,
): number {
  const distance = actual * denominator - numerator;
  const off = Number((distance << 30n) / denominator) / 2 ** 30;
  return Math.abs(off) / bound(Math.abs(Number(numerator) / Number(denominator)));
}

export function divideSuite(runner: MpcRunner): void {
  describe(`divide: ${runner.name}`, () => {
    for (const [fractionBits, resultBits] of [
      [16, 16],
      [30, 40],
      [0, 0],
    ] as const) {
      const format = { fractionBits, resultBits };
      const unit = 2 ** resultBits;

      it(`stays within its bound, ${fractionBits} to ${resultBits} bits, and gives 0 for a divisor of 0`, async () => {
        const pairs = hardWords(1).flatMap((b) =>
          [1n, -5n, 98304n, (1n << 40n) + 12345n, (1n << 62n) - 1n, -(1n << 62n), 0n].map((a) => [a, b] as const),
        );
        const fits = pairs.filter(([a, b]) => {
          const quotient = b === 0n ? 0n : (a << BigInt(resultBits)) / b;
          return quotient < 1n << 61n && quotient > -(1n << 61n);
        });
        const columns = [0, 1].map((k) => ({ words: fits.map((pair) => pair[k]!), word: 64 as const }));
        const [words] = await runner.run(columns, async (mpc, [a, b]) => [await divide(mpc, a!, b!, format)]);
        for (const [row, quotient] of signed(words!).entries()) {
          const [a, b] = fits[row]!;
          if (b === 0n) expect(quotient).to.equal(0n);
          else {
            const bound = (magnitude: number) => divisionError(format, magnitude / unit) * unit;
            expect(ratioToBound(quotient, a << BigInt(resultBits), b, bound), `${a} / ${b}`).to.be.at.most(1);
          }
        }
      });

      if (fractionBits + resultBits > 61) continue;
      it(`reciprocal stays within its bound, ${fractionBits} to ${resultBits} bits`, async () => {
        const divisors = hardWords(2);
        const [words] = await runner.run([{ words: divisors, word: 64 }], async (mpc, [x]) => [
          await reciprocal(mpc, x!, format),
        ]);
        for (const [row, result] of signed(words!).entries()) {
          const b = divisors[row]!;
          if (b === 0n) expect(result).to.equal(0n);
          else {
            const bound = (magnitude: number) => reciprocalError(format, magnitude / unit) * unit;
            expect(ratioToBound(result, 1n << BigInt(fractionBits + resultBits), b, bound), `1 / ${b}`).to.be.at.most(
              1,
            );
          }
        }
      });
    }
  });
}
