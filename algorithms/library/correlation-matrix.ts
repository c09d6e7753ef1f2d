/**
 * Pearson's correlations of all pairs of some columns, and their means: r = (n Sxy - Sx Sy) / root((n Sxx - Sx^2) (n Syy - Sy^2)).
 *
 * The products keep twice the columns' fraction bits, less `productBitsCut`, which only matters for columns with many. A column that is
 * constant, within the error, has no correlations: they come out as undefined.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { Cases, leftOut } from "./complete-cases.ts";

const { divide, multiply, squareRoot, subtract } = expression;

export interface CorrelationMatrixDefinition {
  readonly name: string;
  /** Two at least, all of one scale. */
  readonly columns: readonly NumberColumn[];
  /** Fraction bits cut from products before they are summed; 0 cuts nothing. */
  readonly productBitsCut: number;
  readonly maximumRows: number;
}

export function correlationMatrixOf(definition: CorrelationMatrixDefinition): Program {
  const { name, columns, productBitsCut, maximumRows } = definition;
  const names = columns.map((column) => column.name);
  return trace(
    {
      name,
      description: `Means and correlations of ${names.join(", ")}.${leftOut(...columns)}`,
      columns: [...columns],
      maximumRows,
    },
    (t) => {
      const cases = new Cases(t, columns);
      const values = names.map((each) => cases.input(each));
      const rows = cases.opened();
      const sums = values.map((value, i) => t.output(`sum_${i}`, t.sum(value)));
      for (const [i, sum] of sums.entries()) t.finish(`mean_${i}`, `Mean ${names[i]}`, divide(sum, rows));
      const product = (i: number, j: number): Expression => {
        const both =
          productBitsCut === 0
            ? t.dot(values[i], values[j])
            : t.sum(t.truncate(t.multiply(values[i], values[j]), productBitsCut));
        return t.output(`product_${i}_${j}`, both);
      };
      // n^2 times the covariance.
      const covariance = (i: number, j: number, sum: Expression): Expression =>
        subtract(multiply(rows, sum), multiply(sums[i], sums[j]));
      const variances = values.map((_, i) => covariance(i, i, product(i, i)));
      for (const [i, first] of names.entries()) {
        for (let j = i + 1; j < names.length; j++) {
          const spread = multiply(squareRoot(variances[i]), squareRoot(variances[j]));
          const correlation = divide(covariance(i, j, product(i, j)), spread);
          t.finish(`correlation_${i}_${j}`, `Correlation of ${first} and ${names[j]}`, correlation);
        }
      }
    },
  );
}

/** Of wage, education and experience. */
export const correlationMatrix: Program = correlationMatrixOf({
  name: "wage_correlations",
  columns: [
    { name: "wage", kind: "number", fractionBits: 16, minimum: "0.01", maximum: "500" },
    { name: "education", kind: "number", fractionBits: 16, minimum: "0", maximum: "40" },
    { name: "experience", kind: "number", fractionBits: 16, minimum: "0", maximum: "80" },
  ],
  productBitsCut: 8,
  maximumRows: 1_000_000,
});
