/** Gaussian elimination in exact fractions, written apart from the language's own. */
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function reduced({ numerator, denominator }: Rational): Rational {
  const divisor = gcd(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** x with A·x = b; `matrix` by rows, not singular. */
export function solveExactly(matrix: readonly Rational[][], right: readonly Rational[]): Rational[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = right.length;
  for (let k = 0; k < size; k++) {
    const pivot = rows.findIndex((row, i) => i >= k && row[k].numerator !== 0n);
    if (pivot < 0) throw new RangeError("the matrix is singular");
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < size; i++) {
      const factor = reduced(rational.divide(rows[i][k], rows[k][k]));
      rows[i] = rows[i].map((value, j) => reduced(rational.subtract(value, rational.multiply(factor, rows[k][j]))));
    }
  }
  const unknowns: Rational[] = [];
  for (let k = size - 1; k >= 0; k--) {
    const later = unknowns.map((value, m) => rational.multiply(rows[k][k + 1 + m], value));
    const rest = later.reduce((sum, value) => reduced(rational.subtract(sum, value)), rows[k][size]);
    unknowns.unshift(reduced(rational.divide(rest, rows[k][k])));
  }
  return unknowns;
}
