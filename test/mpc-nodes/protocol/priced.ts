/** What is priced by a dry run: each primitive and each function, on columns of n rows. */

import { toBits } from "@sharebridge/mpc-nodes/protocol/functions/bits-of.ts";
import { compact } from "@sharebridge/mpc-nodes/protocol/functions/compact.ts";
import { isNegative, lessThan } from "@sharebridge/mpc-nodes/protocol/functions/compare.ts";
import { divide, reciprocal } from "@sharebridge/mpc-nodes/protocol/functions/divide.ts";
import { equal } from "@sharebridge/mpc-nodes/protocol/functions/equal.ts";
import { exponential } from "@sharebridge/mpc-nodes/protocol/functions/exponential.ts";
import { greatestOf, minimum } from "@sharebridge/mpc-nodes/protocol/functions/extremes.ts";
import { groupSums } from "@sharebridge/mpc-nodes/protocol/functions/group.ts";
import { histogram } from "@sharebridge/mpc-nodes/protocol/functions/histogram.ts";
import { linearSolve } from "@sharebridge/mpc-nodes/protocol/functions/linear-solve.ts";
import { logarithm } from "@sharebridge/mpc-nodes/protocol/functions/logarithm.ts";
import { logisticRegression } from "@sharebridge/mpc-nodes/protocol/functions/logistic-regression.ts";
import { lookUp, match } from "@sharebridge/mpc-nodes/protocol/functions/match.ts";
import { discreteGaussian } from "@sharebridge/mpc-nodes/protocol/functions/noise/gaussian.ts";
import { discreteLaplace } from "@sharebridge/mpc-nodes/protocol/functions/noise/laplace.ts";
import { select } from "@sharebridge/mpc-nodes/protocol/functions/select.ts";
import { sigmoid } from "@sharebridge/mpc-nodes/protocol/functions/sigmoid.ts";
import { sort } from "@sharebridge/mpc-nodes/protocol/functions/sort.ts";
import { reciprocalSquareRoot, squareRoot } from "@sharebridge/mpc-nodes/protocol/functions/square-root.ts";
import { rowsWithin } from "@sharebridge/mpc-nodes/protocol/functions/within.ts";
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";

export type Priced = (mpc: Mpc, rows: number) => Promise<unknown>;

const x = (mpc: Mpc, rows: number): Vector => mpc.random(rows, 64);
const x128 = (mpc: Mpc, rows: number): Vector => mpc.random(rows, 128);
const format = { fractionBits: 16 };

export const primitives: Record<string, Priced> = {
  multiply: (mpc, n) => mpc.multiply(x(mpc, n), x(mpc, n)),
  "multiply, 128 bits": (mpc, n) => mpc.multiply(x128(mpc, n), x128(mpc, n)),
  dot: (mpc, n) => mpc.dot([[x(mpc, n), x(mpc, n)]]),
  "innerProducts of 10": (mpc, n) => {
    const columns = Array.from({ length: 10 }, () => x(mpc, n));
    return mpc.innerProducts(columns, columns);
  },
  "matrixProduct by 10 × 1": (mpc, n) =>
    mpc.matrixProduct(x(mpc, 10 * n), x(mpc, 10), { rows: n, inner: 10, columns: 1 }),
  open: (mpc, n) => mpc.open([x(mpc, n)]),
  truncate: (mpc, n) => mpc.truncate([{ value: x(mpc, n), bits: 16 }]),
  "truncate, 128 bits": (mpc, n) => mpc.truncate([{ value: x128(mpc, n), bits: 16 }]),
  widen: (mpc, n) => mpc.widen(x(mpc, n)),
  "and, 1 plane": (mpc, n) => mpc.and(mpc.randomBits(1, n), mpc.randomBits(1, n)),
  "openBits, 1 plane": (mpc, n) => mpc.openBits([mpc.randomBits(1, n)]),
  "addends, 64 planes": (mpc, n) => mpc.addends(x(mpc, n), 64),
  "inject, 1 plane": (mpc, n) => mpc.inject(mpc.randomBits(1, n), 64),
  "count, 1 plane": (mpc, n) => mpc.count(mpc.randomBits(1, n), 64),
  random: async (mpc, n) => [mpc.random(n, 64), mpc.randomBits(1, n), mpc.randomPermutation(n)],
  shuffle: (mpc, n) => mpc.shuffle(mpc.randomPermutation(n), [x(mpc, n)]),
  unshuffle: (mpc, n) => mpc.unshuffle(mpc.randomPermutation(n), [x(mpc, n)]),
  "shuffleBits, 64 planes": (mpc, n) => mpc.shuffleBits(mpc.randomPermutation(n), [mpc.randomBits(64, n)]),
};

export const functions: Record<string, Priced> = {
  lessThan: (mpc, n) => lessThan(mpc, x(mpc, n), x(mpc, n)),
  "isNegative, 128 bits": (mpc, n) => isNegative(mpc, x128(mpc, n)),
  equal: (mpc, n) => equal(mpc, x(mpc, n), x(mpc, n)),
  "rowsWithin, 1 column": (mpc, n) => rowsWithin(mpc, [x(mpc, n)], [{ minimum: -9n, maximum: 99n }]),
  "toBits, 64 planes": (mpc, n) => toBits(mpc, x(mpc, n), 64),
  select: (mpc, n) => select(mpc, mpc.randomBits(1, n), x(mpc, n), x(mpc, n)),
  minimum: (mpc, n) => minimum(mpc, x(mpc, n), x(mpc, n)),
  greatestOf: (mpc, n) => greatestOf(mpc, x(mpc, n)),
  "histogram, 10 bins of 4 bits": (mpc, n) => histogram(mpc, x(mpc, n), 10, 4),
  "sort, 32 bits": (mpc, n) => sort(mpc, x(mpc, n), [], { bits: 32 }),
  "sort, 32 bits, 2 more columns": (mpc, n) => sort(mpc, x(mpc, n), [x(mpc, n), x(mpc, n)], { bits: 32 }),
  "compact, 1 column": (mpc, n) => compact(mpc, mpc.randomBits(1, n), { vectors: [x(mpc, n)], bits: [] }),
  "match n with n, 32 bits, 1 column": (mpc, n) => joined(mpc, n, false),
  "match n with n once, 32 bits, 1 column": (mpc, n) => joined(mpc, n, true),
  "groupSums, 32 bits, 1 column": (mpc, n) => groupSums(mpc, { keys: x(mpc, n), columns: [x(mpc, n)] }, { bits: 32 }),
  divide: (mpc, n) => divide(mpc, x(mpc, n), x(mpc, n), format),
  reciprocal: (mpc, n) => reciprocal(mpc, x(mpc, n), format),
  squareRoot: (mpc, n) => squareRoot(mpc, x(mpc, n), format),
  reciprocalSquareRoot: (mpc, n) => reciprocalSquareRoot(mpc, x(mpc, n), format),
  exponential: (mpc, n) => exponential(mpc, x(mpc, n), format),
  logarithm: (mpc, n) => logarithm(mpc, x(mpc, n), format),
  sigmoid: (mpc, n) => sigmoid(mpc, x(mpc, n), format),
  "discreteLaplace, scale 100": (mpc, n) => discreteLaplace(mpc, n, { scale: { numerator: 100n, denominator: 1n } }),
  "discreteGaussian, variance 100": (mpc, n) =>
    discreteGaussian(mpc, n, { variance: { numerator: 100n, denominator: 1n } }),
  "logisticRegression, 10 columns, 1 epoch, batch 128": (mpc, n) =>
    logisticRegression(mpc, {
      ...{ X: x(mpc, 10 * n), y: x(mpc, n), rows: n, columns: 10, fractionBits: 16 },
      ...{ epochs: 1, batch: 128, learningRate: 0.1 },
    }),
};

async function joined(mpc: Mpc, n: number, once: boolean): Promise<unknown> {
  const [left, right] = [mpc.randomBits(32, n), mpc.randomBits(32, n)];
  return lookUp(mpc, await match(mpc, left, right, { once }), { vectors: [x(mpc, n)], bits: [] });
}

/** Systems of so many equations; their cost does not depend on any number of rows. */
export function solve(mpc: Mpc, size: number): Promise<unknown> {
  return linearSolve(mpc, {
    ...{ matrix: x(mpc, size * size), right: x(mpc, size), size },
    ...{ fractionBits: 16, solutionBits: 20, tolerance: 1n },
  });
}
