/**
 * Mean, sample variance (divided by n - 1), standard deviation and the five numbers of Tukey (least, quartiles, greatest) of a column.
 * Quartiles are values of the column: the least that is not below a quarter, half, three quarters of the rows.
 *
 * The five numbers are values of single rows. The disclosure statement says so; where that is too much, `histogramOf` shows the shape.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { sampleVariance } from "./group-statistics.ts";

const { divide, rows, squareRoot } = expression;

export interface DescriptiveStatisticsDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  /** Fraction bits cut from the squares before they are summed, as in `pay-gap.ts`. */
  readonly squareBitsCut: number;
  readonly maximumRows: number;
}

export function descriptiveStatisticsOf(definition: DescriptiveStatisticsDefinition): Program {
  const { name, column, squareBitsCut, maximumRows } = definition;
  return trace(
    {
      name,
      description: `Mean, variance, standard deviation, extremes and quartiles of ${column.name}.`,
      columns: [column],
      maximumRows,
    },
    (t) => {
      const value = t.input(column.name);
      const sum = t.output("sum", t.sum(value));
      const squareSum = t.output("square_sum", t.sum(t.truncate(t.multiply(value, value), squareBitsCut)));
      const variance = sampleVariance(rows, sum, squareSum);
      t.finish("mean", `Mean ${column.name}`, divide(sum, rows));
      t.finish("variance", `Sample variance of ${column.name}`, variance);
      t.finish("standard_deviation", `Standard deviation of ${column.name}`, squareRoot(variance));
      const numbers = {
        minimum: t.minimum(value),
        lower_quartile: t.quantile(value, 1, 4),
        median: t.quantile(value, 1, 2),
        upper_quartile: t.quantile(value, 3, 4),
        maximum: t.maximum(value),
      };
      for (const [which, number] of Object.entries(numbers)) {
        t.finish(which, `${which.replace("_", " ")} of ${column.name}`, t.output(`${which}_value`, number));
      }
    },
  );
}

/** Of hourly wages. */
export const descriptiveStatistics: Program = descriptiveStatisticsOf({
  name: "wage_statistics",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  squareBitsCut: 19,
  maximumRows: 1_000_000,
});
