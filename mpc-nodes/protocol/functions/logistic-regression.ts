/**
 * Logistic regression by mini-batch gradient descent: w ← w + η/B · Xᵀ(y − σ(X·w)) for each batch of B rows.
 *
 * Everything stays in words of 128 bits, so that the weights keep every bit of every gradient: they are never truncated, and a step
 * has one truncation, that of the scores, which serves the spline and its breakpoints at once. The learning rate is not
 * multiplied into the gradient but into the scores. Twelve rounds a step.
 */
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { fusedSigmoid, SPLINE_BITS } from "./sigmoid.ts";

/** Fraction bits of the scores. */
const SCORE_BITS = 16;
/** Fraction bits of the scores that are compared with the breakpoints. */
const COARSE_BITS = 2;
/** Fraction bits of the learning rate over the batch's rows. */
const RATE_BITS = 24;

export interface LogisticRegression {
  /** Features, rows × columns, row-major, of 64 bits with fractionBits; a column of ones for an intercept. */
  readonly X: Vector;
  /** 0 or 1 for each row, of 64 bits, without fraction bits. */
  readonly y: Vector;
  readonly rows: number;
  readonly columns: number;
  /** At most 16; |X| < 16 and |w| < 2^10 throughout, and |X·w| < 32. */
  readonly fractionBits: number;
  readonly epochs: number;
  /** Rows of a batch; the last batch of an epoch may have fewer. */
  readonly batch: number;
  /** η; rounded so that η/B is a multiple of 2^−24. */
  readonly learningRate: number;
  /** Fraction bits of the weights; fractionBits unless given. */
  readonly resultBits?: number;
}

/**
 * The weights after `epochs` passes in the order of the rows, from zero.
 * Rounds: 12 a step, ⌈rows/batch⌉ steps an epoch, and four.
 */
export function logisticRegression(mpc: Mpc, problem: LogisticRegression): Promise<Vector> {
  requireProblem(problem);
  const { rows, columns, fractionBits, epochs, batch, resultBits = fractionBits } = problem;
  return mpc.scope(async (s) => {
    const [X, y] = (await s.parallel([(task) => task.widen(problem.X), (task) => task.widen(problem.y)])) as [
      Vector,
      Vector,
    ];
    // The weights over η/B, with the fraction bits of a gradient.
    let weights = s.constant(0n, columns, 128);
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let from = 0; from < rows; from += batch) {
        const to = Math.min(from + batch, rows);
        const current = weights;
        weights = await s.scope(async (step) => {
          const part = step.slice(X, from * columns, to * columns);
          const gradient = await batchGradient(step, part, step.slice(y, from, to), current, problem);
          return step.add(current, gradient);
        });
        s.release(current);
      }
    }
    const [result] = await s.truncate([
      { value: s.multiplyPublic(weights, rateOf(problem)), bits: gradientBits(fractionBits) + RATE_BITS - resultBits },
    ]);
    return s.narrow(result!);
  });
}

/** Xᵀ(y − σ(X·w)) of one batch. */
async function batchGradient(
  mpc: Mpc,
  X: Vector,
  y: Vector,
  weights: Vector,
  problem: LogisticRegression,
): Promise<Vector> {
  const { columns, fractionBits } = problem;
  const rows = y.length;
  const product = await mpc.matrixProduct(X, weights, { rows, inner: columns, columns: 1 });
  const value = mpc.multiplyPublic(product, rateOf(problem));
  const bits = fractionBits + gradientBits(fractionBits) + RATE_BITS;
  const [scores, coarse] = (await mpc.truncate([
    { value, bits: bits - SCORE_BITS },
    { value, bits: bits - COARSE_BITS },
  ])) as [Vector, Vector];
  const predicted = await fusedSigmoid(mpc, scores, mpc.narrow(coarse), SCORE_BITS);
  const residual = mpc.subtract(mpc.multiplyPublic(y, 1n << BigInt(SCORE_BITS + SPLINE_BITS)), predicted);
  const transposed = mpc.gather(X, transposition(rows, columns));
  return mpc.matrixProduct(transposed, residual, { rows: columns, inner: rows, columns: 1 });
}

const gradientBits = (fractionBits: number): number => SCORE_BITS + SPLINE_BITS + fractionBits;

const rateOf = ({ learningRate, batch }: LogisticRegression): bigint =>
  BigInt(Math.max(1, Math.round((learningRate / batch) * 2 ** RATE_BITS)));

/** Where each element of the transposed matrix, columns × rows, stands in the row-major one. */
function transposition(rows: number, columns: number): Uint32Array {
  return Uint32Array.from({ length: rows * columns }, (_, i) => (i % rows) * columns + Math.floor(i / rows));
}

function requireProblem({
  X,
  y,
  rows,
  columns,
  fractionBits,
  batch,
  learningRate,
  resultBits,
}: LogisticRegression): void {
  const shaped = rows >= 1 && columns >= 1 && batch >= 1 && X.length === rows * columns && y.length === rows;
  if (!shaped || !(learningRate > 0 && learningRate <= 16))
    throw new ProtocolError("InvalidOperand", "Not a regression problem");
  const bits = [fractionBits, resultBits ?? fractionBits];
  if (!bits.every((b) => Number.isInteger(b) && b >= 0 && b <= 40) || fractionBits > 16)
    throw new ProtocolError("InvalidShift", "A regression takes up to 16 fraction bits, and gives up to 40");
}
