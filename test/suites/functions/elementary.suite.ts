import { expect } from "chai";
import {
  EXPONENTIAL_COEFFICIENTS,
  exponential,
  exponentialError,
} from "../../../mpc-nodes/protocol/functions/exponential.ts";
import { LOGARITHM_COEFFICIENTS, logarithm, logarithmError } from "../../../mpc-nodes/protocol/functions/logarithm.ts";
import { sigmoid, sigmoidError } from "../../../mpc-nodes/protocol/functions/sigmoid.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { hardWords, signed, uniform, worst } from "./numeric-support.ts";

const horner = (coefficients: readonly bigint[], u: number): number =>
  coefficients.reduceRight((value, c) => value * u + Number(c) / 2 ** 60, 0);

export function elementarySuite(runner: MpcRunner): void {
  describe(`logarithm, exponential, sigmoid: ${runner.name}`, () => {
    it("the polynomials are as near to their functions as doubles can tell", () => {
      for (let k = -1008; k <= 1008; k++) {
        const z = k / 1000;
        expect(horner(EXPONENTIAL_COEFFICIENTS, z) / 2 ** ((1 + z) / 2) - 1).to.be.within(-(2 ** -51), 2 ** -51);
        if (Math.abs(z) <= 1)
          expect(horner(LOGARITHM_COEFFICIENTS, z) - Math.log((3 + z) / 4)).to.be.within(-(2 ** -51), 2 ** -51);
      }
    });

    for (const [fractionBits, resultBits] of [
      [16, 16],
      [20, 40],
      [40, 24],
    ] as const) {
      const format = { fractionBits, resultBits };
      const unit = 2 ** resultBits;
      it(`logarithm stays within its bound, ${fractionBits} to ${resultBits} bits`, async () => {
        const operands = hardWords(4);
        const [words] = await runner.run([{ words: operands, word: 64 }], async (mpc, [x]) => [
          await logarithm(mpc, x!, format),
        ]);
        const defined = (row: number) => operands[row]! > 0n;
        const expected = (row: number) =>
          defined(row) ? Math.log(Number(operands[row]!) / 2 ** fractionBits) * unit : 0;
        expect(
          worst(signed(words!), expected, (row) => (defined(row) ? logarithmError(format) * unit : 0.5)),
        ).to.be.at.most(1);
      });

      it(`exponential stays within its bound, ${fractionBits} to ${resultBits} bits`, async () => {
        const random = uniform(5);
        const top = (60 - resultBits) * Math.LN2;
        const reals = [0, top, -255, -44, ...Array.from({ length: 200 }, () => random() * (top + 45) - 45)];
        for (let i = -resultBits - 3; i < top / Math.LN2; i++) reals.push(i * Math.LN2);
        const nearest = (real: number) => BigInt(Math.round(real * 2 ** fractionBits));
        const operands = reals.flatMap((real) => [nearest(real), nearest(real) + 1n, nearest(real) - 1n]);
        const [words] = await runner.run([{ words: operands, word: 64 }], async (mpc, [x]) => [
          await exponential(mpc, x!, format),
        ]);
        const expected = (row: number) => Math.exp(Number(operands[row]!) / 2 ** fractionBits);
        expect(
          worst(
            signed(words!),
            (row) => expected(row) * unit,
            (row) => exponentialError(format, expected(row)) * unit,
          ),
        ).to.be.at.most(1);
      });
    }

    for (const fractionBits of [12, 16, 24]) {
      it(`sigmoid stays within its bound, ${fractionBits} bits`, async () => {
        const operands: bigint[] = [];
        for (let real = -31.99; real < 32; real += real > -11 && real < 11 ? 0.02 : 1)
          operands.push(BigInt(Math.round(real * 2 ** fractionBits)));
        const [words] = await runner.run([{ words: operands, word: 64 }], async (mpc, [x]) => [
          await sigmoid(mpc, x!, { fractionBits }),
        ]);
        const unit = 2 ** fractionBits;
        const expected = (row: number) => unit / (1 + Math.exp(-Number(operands[row]!) / unit));
        expect(worst(signed(words!), expected, () => sigmoidError({ fractionBits }) * unit)).to.be.at.most(1);
      });
    }
  });
}
