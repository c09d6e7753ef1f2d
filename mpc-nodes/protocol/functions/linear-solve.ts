/**
 * A·x = b for a small symmetric positive definite A: equilibrate, L·D·Lᵀ, substitute, and measure what is left (Golub, Van Loan, *Matrix
 * Computations*, §4.1.2; van der Sluis 1969 for the scaling; PROTOCOL 15 and 16). Words of 128 bits.
 *
 * The scaling S is by secret powers of two, S·A·S having a diagonal in [1/4, 1): it loses no bit. In a positive definite matrix so scaled
 * all that elimination makes is bounded: what remains of the matrix by 1, l_ij by 1/√d_j, and the right-hand side by the declared
 * size of the solution.
 *
 * A pivot below 2^−20, or negative, is a column that depends on those before it: its unknown is set to 0 and the answer is flagged.
 *
 * The flag is decided on all 128 bits of solution and residual, whatever elimination made of the secrets: unflagged, the solution is
 * within its declared size and A·x̂ − b within the tolerance.
 */
import { SOLVE_LIMITS, solveExcess } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { invertNormal } from "./divide.ts";
import { products, publicMinus } from "./fixed.ts";
import { isNegative, maximumMagnitude } from "./maximum.ts";
import { leadingOne, sumOf, toNormal, weigh } from "./normalize.ts";

/** Fraction bits of the scaled matrix and all that is made of it. */
const F = 56;
/** Pivots below 2^(36 − 56) are taken for 0. */
const SMALLEST_PIVOT_POSITION = F - 20;
export const LARGEST_SYSTEM = SOLVE_LIMITS.unknowns;
const TOLERANCE_LIMIT = 1n << BigInt(SOLVE_LIMITS.toleranceBits);

export interface LinearSystem {
  /** Row-major, symmetric, of 64 bits with fractionBits. */
  readonly matrix: Vector;
  readonly right: Vector;
  /** Unknowns: 1 to 16. */
  readonly size: number;
  /** Fraction bits of matrix and right-hand side. */
  readonly fractionBits: number;
  /** Fraction bits of the solution; fractionBits unless given. */
  readonly resultBits?: number;
  /** The words of the matrix are below 2^matrixBits; at most 55, which it is unless given. */
  readonly matrixBits?: number;
  /** |x_i| < 2^solutionBits. */
  readonly solutionBits: number;
  /** The largest residual, in words of the right-hand side, with which the solution is certified; 0 to 2^58 − 1. */
  readonly tolerance: bigint;
}

export interface LinearSolution {
  /** resultBits. */
  readonly solution: Vector;
  /** One element: max_i |(A·x − b)_i| of the solution as it stands, with fractionBits; up to one unit off. */
  readonly residual: Vector;
  /** One element: 1 where a pivot vanished, the residual exceeds the tolerance or some |x_i| ≥ 2^solutionBits, else 0. */
  readonly notCertified: Vector;
}

/**
 * Rounds: 43 an unknown, 12 for each doubling of their number, and 43. Never fails for what is in the secrets: a matrix that is not positive definite, or a solution
 * beyond its declared size, gives some solution, which is flagged.
 */
export function linearSolve(mpc: Mpc, system: LinearSystem): Promise<LinearSolution> {
  const checked = checkedSystem(system);
  return mpc.scope(async (s) => {
    const [matrix, right, diagonal] = (await s.parallel<Vector>([
      (task) => task.widen(checked.matrix),
      (task) => task.widen(checked.right),
      (task) => scaling(task, checked),
    ])) as [Vector, Vector, Vector];
    const rows = await scaled(s, matrix, right, diagonal, checked);
    const { columns, quotients, regular } = await factor(s, rows, checked.size);
    const unknowns = await substitute(s, columns, quotients);
    const shift = F - excess(checked) - checked.resultBits;
    const unscaled = await s.multiply(unknowns, diagonal);
    const [solution] = await s.truncate([
      { value: shift < 0 ? s.multiplyPublic(unscaled, 1n << BigInt(-shift)) : unscaled, bits: Math.max(shift, 0) },
    ]);
    const [residual, beyond] = (await s.parallel<Vector>([
      (task) => residualOf(task, matrix, right, solution!, checked),
      (task) => countBeyond(task, solution!, 1n << BigInt(checked.solutionBits + checked.resultBits)),
    ])) as [Vector, Vector];
    const failures = s.add(vanished(s, regular), beyond);
    // Either of: more left over than is tolerated, a failure.
    const flags = await isNegative(s, s.concatenate([publicMinus(s, checked.tolerance, residual), s.negate(failures)]));
    const [left, failed] = [s.slice(flags, 0, 1), s.slice(flags, 1, 2)];
    const notCertified = s.subtract(s.add(left, failed), await s.multiply(left, failed));
    return { solution: s.narrow(solution!), residual: s.narrow(residual), notCertified: s.narrow(notCertified) };
  });
}

/**
 * One element of 128 bits: how many pivots of A vanish; 0 shows that A is positive definite, up to the roundings of its elimination.
 *
 * With L·D·Lᵀ = S·A·S + Δ and D > 0: each |Δ_ij| sums 16 roundings of a unit 2^−56 over a pivot's root, ≥ 2^−10, and so ‖Δ‖₂ ≤ 16·2^−40; as
 * S·A·S has a diagonal of at least 1/4, the smallest eigenvalue of A is above −4·max a_ii·2^−36 = −{@link SOLVE_LIMITS}.definite·max a_ii
 * (Higham, *Accuracy and Stability*, §10.1). Elimination of a matrix that is far from positive semidefinite may leave the ring, after
 * which this count says nothing: A + μ·1 must be a Gram matrix for some μ of the size of A's pivots.
 */
export function vanishedPivots(
  mpc: Mpc,
  system: Pick<LinearSystem, "matrix" | "size" | "matrixBits">,
): Promise<Vector> {
  const { size } = system;
  return mpc.scope(async (s) => {
    const right = s.constant(0n, size, 64);
    const checked = checkedSystem({ ...system, right, fractionBits: 0, solutionBits: 0, tolerance: 0n });
    const [matrix, diagonal] = (await s.parallel<Vector>([
      (task) => task.widen(checked.matrix),
      (task) => scaling(task, checked),
    ])) as [Vector, Vector];
    const rows = await scaled(s, matrix, s.constant(0n, size, 128), diagonal, checked);
    return vanished(s, (await factor(s, rows, size)).regular);
  });
}

function vanished(mpc: Mpc, regular: readonly Vector[]): Vector {
  return publicMinus(mpc, BigInt(regular.length), sumOf(mpc, regular));
}

/** One element: how often x_i ≥ bound or x_i ≤ −bound. */
async function countBeyond(mpc: Mpc, x: Vector, bound: bigint): Promise<Vector> {
  const distances = mpc.concatenate([publicMinus(mpc, bound - 1n, x), mpc.addPublic(x, bound - 1n)]);
  return mpc.sum(await isNegative(mpc, distances));
}

/**
 * How far the solution can be off, in the maximum norm: ‖A⁻¹‖₂·‖r‖₂ (Higham, *Accuracy and Stability*, §7.1), from the opened residual and a
 * declared smallest eigenvalue of A, for instance a ridge.
 */
export function solutionError({
  residual,
  size,
  smallestEigenvalue,
}: {
  residual: number;
  size: number;
  smallestEigenvalue: number;
}): number {
  return (Math.sqrt(size) * residual) / smallestEigenvalue;
}

/** 2^⌊(55 − t)/2⌋ for each element of the diagonal, t its leading one; 0 for 0. */
function scaling(mpc: Mpc, { matrix, size }: Checked): Promise<Vector> {
  return mpc.scope(async (s) => {
    const diagonal = s.gather(
      matrix,
      Uint32Array.from({ length: size }, (_, i) => i * (size + 1)),
    );
    const { positions } = await leadingOne(s, diagonal, 128);
    return weigh(s, positions, (t) => (t < F ? 1n << BigInt((F - 1 - t) >> 1) : 0n));
  });
}

/** S·A·S with S·b as one more column, row-major. */
async function scaled(mpc: Mpc, matrix: Vector, right: Vector, diagonal: Vector, system: Checked): Promise<Vector> {
  const { size } = system;
  const row = Uint32Array.from({ length: size * size }, (_, k) => Math.floor(k / size));
  const column = Uint32Array.from({ length: size * size }, (_, k) => k % size);
  const [inner, side] = (await mpc.parallel<Vector>([
    async (task) =>
      task.multiply(matrix, await task.multiply(task.gather(diagonal, row), task.gather(diagonal, column))),
    async (task) => {
      const value = await task.multiply(right, diagonal);
      const bits = excess(system);
      if (bits <= 0) return task.multiplyPublic(value, 1n << BigInt(-bits));
      const [shortened] = await task.truncate([{ value, bits }]);
      return shortened!;
    },
  ])) as [Vector, Vector];
  const order = Uint32Array.from({ length: size * (size + 1) }, (_, k) => {
    const [i, j] = [Math.floor(k / (size + 1)), k % (size + 1)];
    return j < size ? i * size + j : size * size + i;
  });
  return mpc.gather(mpc.concatenate([inner, side]), order);
}

interface Factors {
  /** columns[j]: l_ij for i > j. */
  readonly columns: Vector[];
  /** quotients[j]: the eliminated right-hand side over the pivot. */
  readonly quotients: Vector[];
  /** regular[j]: 1 where pivot j is large enough. */
  readonly regular: Vector[];
}

async function factor(mpc: Mpc, matrix: Vector, size: number): Promise<Factors> {
  const factors: Factors = { columns: [], quotients: [], regular: [] };
  let rest = matrix;
  for (let left = size; left >= 1; left--) {
    // `left` rows of left + 1: the first row is the pivot, the others of its column (by symmetry), and the right-hand side.
    const pivot = mpc.slice(rest, 0, 1);
    const others = mpc.slice(rest, 1, left + 1);
    const { inverse, power, regular } = await invertPivot(mpc, pivot);
    const [mantissas] = await products(mpc, [[others, mpc.broadcast(inverse, left), 61]]);
    const ratios = await mpc.multiply(mantissas!, mpc.broadcast(power, left));
    const column = mpc.slice(ratios, 0, left - 1);
    factors.columns.push(column);
    factors.quotients.push(mpc.slice(ratios, left - 1, left));
    factors.regular.push(regular);
    if (left === 1) break;
    const cells = (left - 1) * left;
    const i = Uint32Array.from({ length: cells }, (_, k) => Math.floor(k / left));
    const j = Uint32Array.from({ length: cells }, (_, k) => k % left);
    const [change] = await products(mpc, [[mpc.gather(column, i), mpc.gather(others, j), F]]);
    const remaining = mpc.gather(
      rest,
      Uint32Array.from({ length: cells }, (_, k) => (i[k]! + 1) * (left + 1) + j[k]! + 1),
    );
    rest = mpc.subtract(remaining, change!);
  }
  return factors;
}

/** 1/pivot as inverse/2^61 · power, in units where both are 0 for a pivot that is too small. */
async function invertPivot(mpc: Mpc, pivot: Vector): Promise<{ inverse: Vector; power: Vector; regular: Vector }> {
  const { positions, negative } = await leadingOne(mpc, mpc.narrow(pivot), 128);
  const large = (weight: (t: number) => bigint) =>
    weigh(mpc, positions, (t) => (t < SMALLEST_PIVOT_POSITION || t > F ? 0n : weight(t)));
  const positive = publicMinus(mpc, 1n, negative);
  const [power, normal, regular] = (await mpc.parallel(
    [large((t) => 1n << BigInt(F - t)), large(toNormal), large(() => 1n)].map(
      (value) => (task: Mpc) => task.multiply(value, positive),
    ),
  )) as [Vector, Vector, Vector];
  return { inverse: await invertNormal(mpc, await mpc.multiply(pivot, normal)), power, regular };
}

/** From the last unknown to the first: x_j = q_j − Σ_{i > j} l_ij·x_i. */
async function substitute(mpc: Mpc, columns: readonly Vector[], quotients: readonly Vector[]): Promise<Vector> {
  let known = quotients.at(-1)!;
  for (let j = columns.length - 2; j >= 0; j--) {
    const [sum] = await mpc.truncate([{ value: await mpc.dot([[columns[j]!, known]]), bits: F }]);
    known = mpc.concatenate([mpc.subtract(quotients[j]!, sum!), known]);
  }
  return known;
}

async function residualOf(mpc: Mpc, matrix: Vector, right: Vector, solution: Vector, system: Checked): Promise<Vector> {
  const { size, resultBits } = system;
  const product = await mpc.matrixProduct(matrix, solution, { rows: size, inner: size, columns: 1 });
  const difference = mpc.subtract(product, mpc.multiplyPublic(right, 1n << BigInt(resultBits)));
  const [residual] = await mpc.truncate([{ value: await maximumMagnitude(mpc, difference), bits: resultBits }]);
  return residual!;
}

/** Of S·b, for S⁻¹·x. */
function excess({ size, solutionBits, matrixBits }: Omit<Checked, "matrix" | "right">): number {
  return solveExcess(size, matrixBits, solutionBits);
}

type Checked = Required<LinearSystem>;

function checkedSystem(system: LinearSystem): Checked {
  const {
    size,
    matrix,
    right,
    fractionBits,
    resultBits = fractionBits,
    matrixBits = SOLVE_LIMITS.matrixBits,
    solutionBits,
  } = system;
  const whole = Number.isInteger(size) && size >= 1 && size <= LARGEST_SYSTEM;
  if (!whole || matrix.length !== size * size || right.length !== size)
    throw new ProtocolError("InvalidOperand", "Not a system of 1 to 16 equations");
  const bits = [fractionBits, resultBits, matrixBits, solutionBits + 128].every((b) => Number.isInteger(b) && b >= 0);
  if (
    !bits ||
    system.tolerance < 0n ||
    system.tolerance >= TOLERANCE_LIMIT ||
    matrixBits > SOLVE_LIMITS.matrixBits ||
    solutionBits + resultBits > SOLVE_LIMITS.solutionBits ||
    resultBits > SOLVE_LIMITS.resultBits ||
    solveExcess(size, matrixBits, solutionBits) < SOLVE_LIMITS.excess
  )
    throw new ProtocolError("InvalidShift", "Bits of a linear system are beyond what its words can hold");
  return { ...system, resultBits, matrixBits };
}
