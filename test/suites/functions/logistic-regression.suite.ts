import { expect } from "chai";
import {
  type LogisticRegression,
  logisticRegression,
  logisticRegressionError,
} from "../../../mpc-nodes/protocol/functions/logistic-regression.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { signed, uniform } from "./numeric-support.ts";

const FRACTION = 12;
const RESULT = 20;

interface Sample {
  readonly X: readonly (readonly number[])[];
  readonly y: readonly number[];
}

export function sample(rows: number, truth: readonly number[]): Sample {
  const random = uniform(rows);
  const X = Array.from({ length: rows }, () =>
    truth.map((_, j) => (j === 0 ? 1 : Math.round((random() * 4 - 2) * 2 ** FRACTION) / 2 ** FRACTION)),
  );
  const y = X.map((row) => (random() < probability(row, truth) ? 1 : 0));
  return { X, y };
}

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, j) => total + value * b[j]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(inner(a, a));
const distance = (a: readonly number[], b: readonly number[]): number => norm(a.map((value, j) => value - b[j]!));
const probability = (row: readonly number[], w: readonly number[]): number => 1 / (1 + Math.exp(-inner(row, w)));

/** Plain mini-batch gradient ascent on the likelihood, in doubles. */
function descend({ X, y }: Sample, { epochs, batch, learningRate }: Settings): number[] {
  const w = X[0]!.map(() => 0);
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let from = 0; from < X.length; from += batch) {
      const rows = X.slice(from, from + batch);
      const errors = rows.map((row, i) => y[from + i]! - probability(row, w));
      for (const j of w.keys())
        w[j]! += (learningRate / batch) * rows.reduce((total, row, i) => total + row[j]! * errors[i]!, 0);
    }
  return w;
}

/** Where the likelihood of two weights is largest: Newton's iteration, with Cramer's rule. */
function mostLikely({ X, y }: Sample): number[] {
  let [a, b] = [0, 0];
  for (let i = 0; i < 50; i++) {
    const [g, H] = [
      [0, 0],
      [0, 0, 0],
    ] as [number[], number[]];
    for (const [row, [u, v]] of (X as [number, number][]).entries()) {
      const p = probability([u, v], [a, b]);
      g[0]! += u * (y[row]! - p);
      g[1]! += v * (y[row]! - p);
      for (const [k, product] of [u * u, u * v, v * v].entries()) H[k]! += product * p * (1 - p);
    }
    const determinant = H[0]! * H[2]! - H[1]! ** 2;
    a += (g[0]! * H[2]! - g[1]! * H[1]!) / determinant;
    b += (g[1]! * H[0]! - g[0]! * H[1]!) / determinant;
  }
  return [a, b];
}

type Settings = Pick<LogisticRegression, "epochs" | "batch" | "learningRate" | "maskedRows">;

async function fitted(runner: MpcRunner, { X, y }: Sample, settings: Settings): Promise<number[]> {
  const [words] = await runner.run(
    [
      { words: X.flat().map((value) => BigInt(Math.round(value * 2 ** FRACTION))), word: 64 },
      { words: y.map(BigInt), word: 64 },
    ],
    async (mpc, [features, labels]) => [
      await logisticRegression(mpc, {
        ...{ X: features!, y: labels!, rows: X.length, columns: X[0]!.length },
        ...{ fractionBits: FRACTION, resultBits: RESULT },
        ...settings,
      }),
    ],
  );
  return signed(words!).map((word) => Number(word) / 2 ** RESULT);
}

function errorBound({ X }: Sample, settings: Settings): number {
  const [rows, columns] = [X.length, X[0]!.length];
  return logisticRegressionError(
    { ...settings, rows, columns, fractionBits: FRACTION, resultBits: RESULT },
    { steps: settings.epochs * Math.ceil(rows / settings.batch), norm: Math.max(...X.map(norm)) },
  );
}

export function logisticRegressionSuite(runner: MpcRunner): void {
  describe(`logistic regression: ${runner.name}`, () => {
    for (const [rows, batch, epochs, learningRate, maskedRows] of [
      [200, 64, 3, 0.5, undefined],
      [200, 64, 3, 0.5, 150],
      [65, 100, 4, 0.875, 1],
      [1, 1, 2, 0.25, undefined],
    ] as const) {
      const masked = maskedRows === undefined ? "" : `, masks of ${maskedRows} at a time`;
      it(`follows gradient descent in doubles: ${rows} rows, batches of ${batch}${masked}`, async () => {
        const data = sample(rows, [0.5, 1.5, -1]);
        const settings = { epochs, batch, learningRate, ...(maskedRows === undefined ? {} : { maskedRows }) };
        const off = distance(await fitted(runner, data, settings), descend(data, settings));
        expect(off).to.be.at.most(errorBound(data, settings));
        // Errors of both signs: nowhere near their bound.
        expect(off).to.be.at.most(2 ** -11);
      });
    }

    it("comes to the weights of the largest likelihood, and stays there", async () => {
      const data = sample(96, [0.5, 1]);
      const expected = mostLikely(data);
      for (const epochs of [20, 24]) {
        const off = distance(await fitted(runner, data, { epochs, batch: 96, learningRate: 2.5 }), expected);
        expect(off).to.be.at.most(2 ** -11);
      }
    });

    it("the bound of a descent that may diverge is infinite", () => {
      const settings = { rows: 1, columns: 1, fractionBits: 12, epochs: 1, batch: 1, learningRate: 2 };
      expect(logisticRegressionError(settings, { steps: 1, norm: 2 })).to.be.below(1);
      expect(logisticRegressionError(settings, { steps: 1, norm: 2.1 })).to.equal(Number.POSITIVE_INFINITY);
    });

    it("scores near the end of their domain", async () => {
      const X = Array.from({ length: 64 }, (_, row) => [row % 2 === 0 ? 15.5 : -15.5]);
      const data = { X, y: X.map(([x]) => (x! > 0 ? 1 : 0)) };
      // The first step gives 1.94, that is scores of ±30; later ones change nothing.
      const settings = { epochs: 3, batch: 64, learningRate: 0.25 };
      const [weight] = await fitted(runner, data, settings);
      expect(Math.abs(weight! - 1.9375)).to.be.at.most(2 ** -11);
    });
  });
}
