/**
 * Principal components: the largest eigenvalues of the correlation matrix of some columns, and their vectors, found inside the computation. Correlations
 * are not opened.
 *
 * Columns are divided by powers of two, to deviate by about one size, and taken as exact after rounding. Their covariances C = (n·XᵀX − sums·sumsᵀ)/n² have a
 * proven error. Of correlations D⁻¹·C·D⁻¹, D² the diagonal of C, the largest eigenvalue is found by power iteration (Golub, Van Loan, *Matrix
 * Computations*, §8.2), by squaring: B ← B²/trace(B²), so that after s squarings one multiplication is the 2^s-th step; plain steps
 * clean up after the rounding. The next one is found in B − λ·v·vᵀ (Hotelling 1933). However rough this is, only the pair of λ and u = D⁻¹·v counts
 * in the end, taken as it was `computed`.
 *
 * What is opened is λ, u, the variances D² and the residual r = C·u − λ·D²·u, which has a proven error again. D⁻¹·r is what D·u leaves over as an
 * eigenvector of the correlation matrix, which is symmetric: so it has an eigenvalue within |D⁻¹·r|/|D·u| of λ (Parlett, *The Symmetric Eigenvalue
 * Problem*, Theorem 4.5.1), a certain bound, which each eigenvalue comes with. Not certified: that no larger eigenvalue was passed over, as where
 * the start has no part in its direction; and how far v is off, which hangs on the other eigenvalues (Davis, Kahan 1970: the sine of the angle is at most
 * the residual over the gap). Of a column that is constant nothing is defined.
 */
import { type Tracer, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import { larger } from "../language/interval.ts";
import type { Expression, Program } from "../language/program.ts";
import { bitLength, ceilDivide } from "../language/rational.ts";
import type { NumberColumn } from "../language/schema.ts";
import type { Public, Secret, Value, WithColumn } from "../language/values.ts";
import { decodeWord, wordRange } from "../language/words.ts";

const { add, divide, multiply, number, rows, squareRoot, subtract, within } = expression;

export interface PrincipalComponentsDefinition {
  readonly name: string;
  /** Two to ten. Divided by 2^halvings, each deviates by 1/16 at least, and its range is no more than a few units. */
  readonly columns: readonly { readonly column: NumberColumn; readonly halvings: number }[];
  readonly components: number;
  /** The power iteration has 2^squarings steps: of an eigenvalue that is a part q of the largest, that power of q is left. */
  readonly squarings: number;
  readonly maximumRows: number;
}

/** Fraction bits: of what is squared; of vectors and eigenvalues; of u; of the residual, at most. */
const MATRIX_BITS = 28;
const VECTOR_BITS = 24;
const LOADING_BITS = 20;
const RESIDUAL_BITS = 50;
/** Of covariances, at most: fewer where many rows leave no room. */
const COVARIANCE_BITS = 32;
/** What deviations are at least taken for, when a column is divided by its own. */
const LEAST_DEVIATION = 1 / 16;
/** Plain steps after the squarings. */
const STEPS = 2;

type Scalar = Secret<"scalar">;
/** By rows, all elements. */
type Matrix = readonly (readonly Scalar[])[];

export function principalComponentsOf(definition: PrincipalComponentsDefinition): Program {
  const { name, columns, components, squarings, maximumRows } = definition;
  const names = columns.map(({ column }) => column.name);
  const description = `The first ${components} principal components of ${names.join(", ")}, standardised.`;
  return trace({ name, description, columns: columns.map(({ column }) => column), maximumRows }, (t) => {
    const covariance = covariances(t, definition);
    const variances = covariance.map((row, i) => t.output(`variance_${i}`, row[i]));
    const deviations = variances.map((variance) => t.step(squareRoot(variance)));
    for (const [i, variance] of variances.entries()) {
      const sample = divide(multiply(variance, rows), subtract(rows, number(1)));
      const scale = number(2 ** columns[i].halvings);
      t.finish(`deviation_${i}`, `Standard deviation of ${names[i]}`, multiply(squareRoot(sample), scale));
    }
    const scales = covariance.map((row, i) => reciprocalDeviation(t, row[i]));
    let rest = correlations(t, covariance, scales);
    for (let k = 0; k < components; k++) {
      const vector = dominant(t, rest, squarings);
      const image = product(t, rest, vector);
      const value = t.computed(
        shortened(
          t,
          sumOf(
            t,
            vector.map((each, i) => t.multiply(each, image[i])),
          ),
          VECTOR_BITS,
        ),
      );
      const loadings = vector.map((each, i) => t.computed(shortened(t, t.multiply(each, scales[i]), LOADING_BITS)));
      const found = {
        value: t.output(`eigenvalue_${k}`, value),
        loadings: loadings.map((each, i) => t.output(`loading_${k}_${i}`, each)),
        residual: residualOf(t, covariance, loadings, value).map((each, i) => t.output(`residual_${k}_${i}`, each)),
      };
      report(t, k, names, found, deviations);
      rest = deflated(t, rest, vector, value);
    }
  });
}

/** (n·Σxy − Σx·Σy)/n², divided in two steps, so that no word grows beyond 62 bits. */
function covariances(t: Tracer, { columns, maximumRows }: PrincipalComponentsDefinition): Matrix {
  const values = columns.map(({ column, halvings }) =>
    t.multiply(t.encoded(column.name), t.constant((2 ** -halvings).toString(), halvings)),
  );
  const ranges = columns.map(({ column }) => wordRange(column));
  const widths = ranges.map(({ minimum, maximum }) => maximum - minimum);
  const largest = ranges.map(({ minimum, maximum }) => larger(maximum, -minimum));
  const room = columns.flatMap((one, i) =>
    columns.map((two, j) => {
      const words = 2n * largest[i] * largest[j] * BigInt(maximumRows) ** 2n;
      return 61 - bitLength(words) + one.column.fractionBits + one.halvings + two.column.fractionBits + two.halvings;
    }),
  );
  const bits = Math.min(COVARIANCE_BITS, ...room);
  const sums = values.map((value) => t.sum(value));
  return symmetric(columns.length, (i, j) => {
    const products = t.multiply(t.dot(values[i], values[j]), t.rows());
    const spread = t.subtract(products, t.multiply(sums[i], sums[j]));
    const covariance = t.divide(t.divide(spread, t.rows(), bits), t.rows(), bits);
    // No covariance is more than a quarter of the widths (Popoviciu 1935).
    const scale = BigInt(values[i].fractionBits + values[j].fractionBits + 2);
    const most = ceilDivide((widths[i] * widths[j]) << BigInt(bits), 1n << scale);
    return bounded(t, covariance, t.constant(decodeWord(most, bits), bits), t.constant(decodeWord(-most, bits), bits));
  });
}

function symmetric(size: number, element: (i: number, j: number) => Scalar): Matrix {
  const lower = Array.from({ length: size }, (_, i) => Array.from({ length: i + 1 }, (__, j) => element(i, j)));
  return lower.map((_, i) => lower.map((__, j) => (j <= i ? lower[i][j] : lower[j][i])));
}

function bounded(t: Tracer, value: Scalar, most: Public, least: Public): Scalar {
  return t.larger(t.smaller(value, most), least);
}

/** In [−1, 1], as it comes out. */
function inUnit(t: Tracer, value: Scalar): Scalar {
  const { fractionBits } = value;
  return t.computed(bounded(t, value, t.constant("1", fractionBits), t.constant("-1", fractionBits)));
}

/** With at most so many fraction bits. */
function shortened(t: Tracer, value: Scalar, bits: number): Scalar {
  return value.fractionBits <= bits ? value : t.truncate(value, value.fractionBits - bits);
}

function sumOf<V extends Value>(t: Tracer, values: readonly V[]): V {
  return values.reduce((sum, each) => t.add<V, V>(sum, each as V & WithColumn<V, V>) as V);
}

function reciprocalDeviation(t: Tracer, variance: Scalar): Scalar {
  const { fractionBits } = variance;
  const least = t.constant((LEAST_DEVIATION ** 2).toString(), fractionBits);
  const deviation = t.squareRoot(t.larger(variance, least), VECTOR_BITS);
  return t.computed(t.divide(t.constant("1", VECTOR_BITS), deviation, VECTOR_BITS));
}

function correlations(t: Tracer, covariance: Matrix, scales: readonly Scalar[]): Matrix {
  return symmetric(scales.length, (i, j) => {
    // Two bits less, for ranges of a few units over deviations of 1/16.
    const once = shortened(t, t.multiply(shortened(t, covariance[i][j], MATRIX_BITS), scales[i]), MATRIX_BITS - 2);
    return inUnit(t, shortened(t, t.multiply(once, scales[j]), MATRIX_BITS));
  });
}

/** The vector of the largest eigenvalue, of length 1. */
function dominant(t: Tracer, matrix: Matrix, squarings: number): readonly Scalar[] {
  const size = matrix.length;
  const least = t.constant((2 ** -8).toString(), MATRIX_BITS);
  const power = t.repeat(squarings, lowerOf(matrix), (lower) => {
    const before = fromLower(lower, size);
    const square = symmetric(size, (i, j) =>
      shortened(
        t,
        sumOf(
          t,
          before[i].map((each, k) => t.multiply(each, before[k][j])),
        ),
        MATRIX_BITS,
      ),
    );
    const total = t.larger(
      sumOf(
        t,
        square.map((row, i) => row[i]),
      ),
      least,
    );
    return lowerOf(square).map((each) => inUnit(t, t.divide(each, total, MATRIX_BITS)));
  });
  // Whatever the matrix, its dominant vector is hardly orthogonal to this one.
  const start = matrix.map((_, i) => t.constant((0.75 ** i).toString(), VECTOR_BITS));
  const first = direction(t, fromLower(power, size), start);
  return t.repeat(STEPS, first, (vector) => direction(t, matrix, vector));
}

function lowerOf(matrix: Matrix): Scalar[] {
  return matrix.flatMap((row, i) => row.slice(0, i + 1));
}

function fromLower(lower: readonly Scalar[], size: number): Matrix {
  return symmetric(size, (i, j) => lower[(i * (i + 1)) / 2 + j]);
}

/** matrix·vector over its length; 0 if it is hardly anything. */
function direction(t: Tracer, matrix: Matrix, vector: readonly Value[]): Scalar[] {
  const image = product(t, matrix, vector);
  const length = t.squareRoot(
    sumOf(
      t,
      image.map((each) => t.multiply(each, each)),
    ),
    VECTOR_BITS,
  );
  const divisor = t.larger(length, t.constant((2 ** -12).toString(), VECTOR_BITS));
  return image.map((each) => inUnit(t, t.divide(each, divisor, VECTOR_BITS)));
}

/** With VECTOR_BITS. */
function product(t: Tracer, matrix: Matrix, vector: readonly Value[]): Scalar[] {
  return matrix.map((row) =>
    shortened(
      t,
      sumOf(
        t,
        row.map((each, j) => t.multiply(each, vector[j]) as Scalar),
      ),
      VECTOR_BITS,
    ),
  );
}

/** matrix − value·vector·vectorᵀ. */
function deflated(t: Tracer, matrix: Matrix, vector: readonly Scalar[], value: Scalar): Matrix {
  return symmetric(vector.length, (i, j) => {
    const both = shortened(t, t.multiply(vector[i], vector[j]), VECTOR_BITS);
    return inUnit(t, t.subtract(matrix[i][j], shortened(t, t.multiply(both, value), MATRIX_BITS)));
  });
}

/** C·u − λ·D²·u. */
function residualOf(t: Tracer, covariance: Matrix, loadings: readonly Scalar[], value: Scalar): Scalar[] {
  const bits = Math.min(RESIDUAL_BITS, covariance[0][0].fractionBits + LOADING_BITS);
  return covariance.map((row, i) => {
    const image = sumOf(
      t,
      row.map((each, j) => t.multiply(each, loadings[j])),
    );
    const own = shortened(t, t.multiply(row[i], loadings[i]), bits - VECTOR_BITS);
    return t.subtract(shortened(t, image, bits), t.multiply(own, value));
  });
}

interface Component {
  readonly value: Expression;
  readonly loadings: readonly Expression[];
  readonly residual: readonly Expression[];
}

function report(t: Tracer, k: number, names: readonly string[], found: Component, deviations: readonly Expression[]) {
  const square = (each: Expression) => multiply(each, each);
  const weights = found.loadings.map((each, i) => t.step(multiply(each, deviations[i])));
  const length = t.step(squareRoot(weights.map(square).reduce(add)));
  const residual = found.residual.map((each, i) => t.step(divide(each, deviations[i])));
  const left = squareRoot(residual.map(square).reduce(add));
  const eigenvalue = t.finish(`eigenvalue_${k}`, `Eigenvalue ${k + 1}`, within(found.value, divide(left, length)));
  t.finish(`share_${k}`, `Share of component ${k + 1} in the variance`, divide(eigenvalue, number(names.length)));
  for (const [i, weight] of weights.entries()) {
    t.finish(`weight_${k}_${i}`, `Component ${k + 1}, ${names[i]} (as computed)`, divide(weight, length));
  }
}

/** Of wages, education and experience. */
export const principalComponents: Program = principalComponentsOf({
  name: "wage_components",
  columns: [
    { column: { name: "wage", kind: "number", fractionBits: 10, minimum: "0.01", maximum: "64" }, halvings: 5 },
    {
      column: { name: "years_of_education", kind: "number", fractionBits: 0, minimum: "0", maximum: "40" },
      halvings: 4,
    },
    {
      column: { name: "years_of_experience", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
      halvings: 5,
    },
  ],
  components: 2,
  squarings: 6,
  maximumRows: 10_000,
});
