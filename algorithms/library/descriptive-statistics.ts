/**
 * Count, mean, sample variance and standard deviation, minimum, quartiles and maximum of a number.
 *
 * Quartiles are the mean of the rows on both sides of a quarter, a half and three quarters of the way from the least to the greatest
 * (numpy's "midpoint"; for the half, the median). Of the two rows only the sum is opened, and the reader halves it. They, minimum and
 * maximum are of the values as they were encoded, mean and variance of the raw ones within their error. Scales as in `pay-gap.ts`.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { leftOut, numberOf } from "./complete-cases.ts";
import { sampleVariance } from "./sample-variance.ts";
import { sortedValues } from "./sorted.ts";

const { divide, number, rows, squareRoot } = expression;

export interface DescriptiveDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  readonly squareBitsCut: number;
  readonly maximumRows: number;
}

const QUARTILES = ["Lower quartile", "Median", "Upper quartile"] as const;

export function descriptiveStatisticsOf({ name, column, squareBitsCut, maximumRows }: DescriptiveDefinition): Program {
  return trace(
    {
      name,
      description: `Count, mean, sample variance, minimum, quartiles and maximum of ${column.name}.${leftOut(column)}`,
      columns: [column],
      maximumRows,
    },
    (t) => {
      const value = numberOf(t, column);
      const count = column.optional ? t.output("count", t.sum(t.presence(column.name))) : rows;
      const sum = t.output("sum", t.sum(value));
      const squareSum = t.output("square_sum", t.sum(t.truncate(t.multiply(value, value), squareBitsCut)));
      const variance = sampleVariance(count, sum, squareSum);
      t.finish("count", "Number of rows", count);
      t.finish("mean", `Mean ${column.name}`, divide(sum, count));
      t.finish("variance", `Sample variance of ${column.name}`, variance);
      t.finish("standard_deviation", `Sample standard deviation of ${column.name}`, squareRoot(variance));

      const sorted = sortedValues(t, column);
      t.finish("minimum", `Least ${column.name}`, t.output("minimum", sorted.least()));
      for (const [index, label] of QUARTILES.entries()) {
        const quarter = index + 1;
        const opened = t.output(`quartile_${quarter}_twice`, sorted.around(quarter, 4));
        t.finish(`quartile_${quarter}`, `${label} of ${column.name}`, divide(opened, number(2)));
      }
      t.finish("maximum", `Greatest ${column.name}`, t.output("maximum", sorted.greatest()));
    },
  );
}

/** Hourly wages. */
export const descriptiveStatistics: Program = descriptiveStatisticsOf({
  name: "descriptive_statistics",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  squareBitsCut: 19,
  maximumRows: 1_000_000,
});
