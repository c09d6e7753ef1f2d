import { expect } from "chai";
import { logisticRegression } from "../../../mpc-nodes/protocol/functions/logistic-regression.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { signed, uniform } from "./numeric-support.ts";

const FRACTION = 12;
const RESULT = 20;

export function sample(rows: number, truth: readonly number[]) {
  const random = uniform(rows);
  const X = Array.from({ length: rows }, () =>
    truth.map((_, j) => (j === 0 ? 1 : Math.round((random() * 4 - 2) * 2 ** FRACTION) / 2 ** FRACTION)),
  );
  const y = X.map((row) => (random() < probability(row, truth) ? 1 : 0));
  return { X, y };
}

const probability = (row: readonly number[], w: readonly number[]): number =>
  1 / (1 + Math.exp(-row.reduce((total, x, j) => total + x * w[j]!, 0)));

/** Plain mini-batch gradient ascent on the likelihood, in doubles. */
function descend(X: readonly number[][], y: readonly number[], epochs: number, batch: number, rate: number): number[] {
  const w = X[0]!.map(() => 0);
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let from = 0; from < X.length; from += batch) {
      const rows = X.slice(from, from + batch);
      const errors = rows.map((row, i) => y[from + i]! - probability(row, w));
      for (const j of w.keys())
        w[j]! += (rate / batch) * rows.reduce((total, row, i) => total + row[j]! * errors[i]!, 0);
    }
  return w;
}

export function logisticRegressionSuite(runner: MpcRunner): void {
  describe(`logistic regression: ${runner.name}`, () => {
    for (const [rows, batch, epochs, learningRate] of [
      [200, 64, 3, 0.5],
      [65, 100, 4, 1],
      [1, 1, 2, 0.25],
    ] as const) {
      it(`follows gradient descent in doubles: ${rows} rows, batches of ${batch}`, async () => {
        const { X, y } = sample(rows, [0.5, 1.5, -1]);
        const scale = (value: number) => BigInt(Math.round(value * 2 ** FRACTION));
        const [words] = await runner.run(
          [
            { words: X.flat().map(scale), word: 64 },
            { words: y.map(BigInt), word: 64 },
          ],
          async (mpc, [features, labels]) => [
            await logisticRegression(mpc, {
              X: features!,
              y: labels!,
              rows,
              columns: 3,
              fractionBits: FRACTION,
              epochs,
              batch,
              learningRate,
              resultBits: RESULT,
            }),
          ],
        );
        const expected = descend(X, y, epochs, batch, learningRate);
        for (const [j, word] of signed(words!).entries())
          expect(Math.abs(Number(word) / 2 ** RESULT - expected[j]!)).to.be.at.most(2 ** -10);
      });
    }
  });
}
