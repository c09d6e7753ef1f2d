/**
 * Logistic regression by mini-batch gradient descent: w ← w + η/B · Xᵀ(y − σ(X·w)) for each batch of B rows.
 *
 * Everything stays in words of 128 bits, so that the weights keep every bit of every gradient: they are never truncated. The learning
 * rate is not multiplied into the gradient but into the scores, whose 13 fraction bits let x³ and its coefficient be exact.
 * The scores are truncated and compared with the sigmoid's breakpoints by opening them once, masked. Six rounds a step: scores, opening,
 * injection (two; x² and x³ meanwhile), spline, gradient.
 */
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { openScores, type ScoreMasks, scoreMasks } from "./masked-scores.ts";
import { SIGMOID_PIECES, SPLINE_BITS, spline } from "./sigmoid.ts";

/** Fraction bits of the scores. */
const SCORE_BITS = 13;
/** Fraction bits of a predicted probability: those of x³ and of its coefficient. */
const PROBABILITY_BITS = 3 * SCORE_BITS + SPLINE_BITS;
/** Fraction bits of the learning rate over the batch's rows. */
const RATE_BITS = 24;
/** 2^8 bits for each mask are found by indices of 32 bits. */
const MOST_MASKS = 1 << 23;
const BREAKPOINTS = SIGMOID_PIECES.map(({ from }) => from);

export interface LogisticRegression {
  /** Features, rows × columns, row-major, of 64 bits with fractionBits; a column of ones for an intercept. */
  readonly X: Vector;
  /** 0 or 1 for each row, of 64 bits, without fraction bits. */
  readonly y: Vector;
  readonly rows: number;
  readonly columns: number;
  /** At most 16; |X| < 16 and |w| < 2^10 throughout, and |X·w| < 31. */
  readonly fractionBits: number;
  readonly epochs: number;
  /** Rows of a batch; the last batch of an epoch may have fewer. */
  readonly batch: number;
  /** η; rounded so that η/B is a multiple of 2^−24. */
  readonly learningRate: number;
  /** Fraction bits of the weights; fractionBits unless given. */
  readonly resultBits?: number;
  /** Masks are made for so many rows at a time, or for one step: bounds memory, at 250 bytes a row and under 1 KiB while they are made. 2^16 unless given. */
  readonly maskedRows?: number;
}

/**
 * The weights after `epochs` passes in the order of the rows, from zero.
 * Rounds: 6 a step, ⌈rows/batch⌉ steps an epoch, and 27; 23 more whenever `maskedRows` are used up. Error: {@link logisticRegressionError}.
 */
export function logisticRegression(mpc: Mpc, problem: LogisticRegression): Promise<Vector> {
  requireProblem(problem);
  const { columns, fractionBits, resultBits = fractionBits } = problem;
  return mpc.scope(async (s) => {
    const [X, y] = (await s.parallel([(task) => task.widen(problem.X), (task) => task.widen(problem.y)])) as [
      Vector,
      Vector,
    ];
    // The weights over η/B, with the fraction bits of a gradient.
    let weights = s.constant(0n, columns, 128);
    for (const block of blocksOf(problem)) {
      const before = weights;
      weights = await s.scope((task) => descend(task, block, { ...problem, X, y }, before));
      s.release(before);
    }
    const [result] = await s.truncate([
      { value: s.multiplyPublic(weights, rateOf(problem)), bits: gradientBits(fractionBits) + RATE_BITS - resultBits },
    ]);
    return s.narrow(result!);
  });
}

/** A predicted probability: the spline, and scores off by less than two units at a slope of at most 1/4. */
const PROBABILITY_ERROR = 2 ** -13.2 + 2 ** -(SCORE_BITS + 1);

/**
 * How far the weights can be off those of the same descent in real numbers, in the Euclidean norm, after so many steps.
 *
 * A step is w − η/B·∇L(w) of a convex L whose gradient has the Lipschitz constant B·norm²/4; it brings two weights no further apart while
 * η·norm² ≤ 8 (Nesterov, *Introductory Lectures on Convex Optimization*, 2004, Theorem 2.1.5), so the errors of the steps add up.
 * @param norm the largest Euclidean norm of a row of X
 */
export function logisticRegressionError(
  problem: Omit<LogisticRegression, "X" | "y">,
  { steps, norm }: { steps: number; norm: number },
): number {
  const { batch, learningRate, fractionBits, columns, resultBits = fractionBits } = problem;
  if (learningRate * norm ** 2 > 8) return Number.POSITIVE_INFINITY;
  // η/B is rounded, against gradients of at most B·norm.
  const rounding = Math.abs(batch * Number(rateOf(problem)) * 2 ** -RATE_BITS - learningRate);
  const step = norm * (learningRate * PROBABILITY_ERROR + rounding);
  return steps * step + Math.sqrt(columns) * 2 ** -resultBits;
}

/** The rows of a step. */
interface Step {
  readonly from: number;
  readonly to: number;
}

/** All steps, in blocks whose masks are made together. */
function blocksOf({ rows, epochs, batch, maskedRows = 1 << 16 }: LogisticRegression): Step[][] {
  const blocks: Step[][] = [];
  let masked = Number.POSITIVE_INFINITY;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(from + batch, rows);
      if (masked + to - from > maskedRows) {
        blocks.push([]);
        masked = 0;
      }
      blocks.at(-1)!.push({ from, to });
      masked += to - from;
    }
  }
  return blocks;
}

/** @param problem with X and y of 128 bits */
async function descend(mpc: Mpc, steps: readonly Step[], problem: LogisticRegression, start: Vector): Promise<Vector> {
  const { columns } = problem;
  const used = steps.reduce((sum, { from, to }) => sum + to - from, 0);
  // Whole words of bits, which are quicker to put together.
  const masks = await scoreMasks(mpc, Math.ceil(used / 64) * 64, maskFormat(problem));
  let weights = start;
  let spent = 0;
  for (const { from, to } of steps) {
    const current = weights;
    weights = await mpc.scope(async (s) => {
      const batch = { X: s.slice(problem.X, from * columns, to * columns), y: s.slice(problem.y, from, to) };
      return s.add(current, await batchGradient(s, { ...problem, ...batch }, current, masks, spent));
    });
    if (current !== start) mpc.release(current);
    spent += to - from;
  }
  return weights;
}

/** Xᵀ(y − σ(X·w)) of one batch, with the masks from row `spent` on. */
async function batchGradient(
  mpc: Mpc,
  problem: LogisticRegression,
  weights: Vector,
  masks: ScoreMasks,
  spent: number,
): Promise<Vector> {
  const { X, y, columns } = problem;
  const rows = y.length;
  const product = await mpc.matrixProduct(X, weights, { rows, inner: columns, columns: 1 });
  const value = mpc.multiplyPublic(product, rateOf(problem));
  const { scores, pieces } = await openScores(mpc, value, masks, spent, BREAKPOINTS, maskFormat(problem));
  const [piece, square, cube] = (
    await mpc.parallel<Vector[]>([
      (task) => task.inject(pieces, 128),
      async (task) => {
        const square = await task.multiply(scores, scores);
        return [square, await task.multiply(square, scores)];
      },
    ])
  ).flat() as [Vector, Vector, Vector];
  const shifts = [0, 1, 2, 3].map((power) => (3 - power) * SCORE_BITS);
  const predicted = await spline(mpc, [scores, square, cube], piece, shifts);
  const residual = mpc.subtract(mpc.multiplyPublic(y, 1n << BigInt(PROBABILITY_BITS)), predicted);
  return mpc.matrixProduct(residual, X, { rows: 1, inner: rows, columns });
}

const gradientBits = (fractionBits: number): number => PROBABILITY_BITS + fractionBits;

/** The scores' fraction bits before truncation are 87 to 119. */
const maskFormat = ({ fractionBits }: LogisticRegression) => ({
  valueBits: fractionBits + gradientBits(fractionBits) + RATE_BITS,
  scoreBits: SCORE_BITS,
});

const rateOf = ({ learningRate, batch }: Pick<LogisticRegression, "learningRate" | "batch">): bigint =>
  BigInt(Math.max(1, Math.round((learningRate / batch) * 2 ** RATE_BITS)));

function requireProblem(problem: LogisticRegression): void {
  const { X, y, rows, columns, fractionBits, batch, learningRate, resultBits = fractionBits, maskedRows = 1 } = problem;
  const shaped = rows >= 1 && columns >= 1 && batch >= 1 && X.length === rows * columns && y.length === rows;
  if (!shaped || !(learningRate > 0 && learningRate <= 16))
    throw new ProtocolError("InvalidOperand", "Not a regression problem");
  if (!(maskedRows >= 1) || Math.max(maskedRows, Math.min(batch, rows)) > MOST_MASKS)
    throw new ProtocolError("InvalidOperand", "Masks are made for 1 to 2^23 rows at a time");
  const bits = [fractionBits, resultBits];
  if (!bits.every((b) => Number.isInteger(b) && b >= 0 && b <= 40) || fractionBits > 16)
    throw new ProtocolError("InvalidShift", "A regression takes up to 16 fraction bits, and gives up to 40");
}
