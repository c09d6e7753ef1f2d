/**
 * Count, mean and sample variance (divided by n - 1) of a number in every category of another column.
 *
 * Which group a row belongs to stays a secret bit; its sums are dot products with it. Whether a group is large enough to be opened is
 * decided inside the computation. Scales as in `pay-gap.ts`: the square has twice
 * the column's fraction bits, of which `squareBitsCut` are cut before it is summed.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";

const { divide, multiply, number, subtract } = expression;

export interface GroupStatisticsDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  readonly group: CategoryColumn;
  readonly squareBitsCut: number;
  /** Groups of fewer rows are not opened: their figures are undefined. */
  readonly leastRows: number;
  readonly maximumRows: number;
}

export function groupStatisticsOf(definition: GroupStatisticsDefinition): Program {
  const { name, column, group, squareBitsCut, leastRows, maximumRows } = definition;
  return trace(
    {
      name,
      description: `Count, mean and sample variance of ${column.name} in each category of ${group.name} that has ${leastRows} rows at least.`,
      columns: [column, group],
      maximumRows,
    },
    (t) => {
      const value = t.input(column.name);
      const squares = t.truncate(t.multiply(value, value), squareBitsCut);
      for (const [index, category] of group.categories.entries()) {
        const cohort = t.cohort(t.isCategory(group.name, category), leastRows);
        const count = t.output(`count_${index}`, cohort.count);
        const sum = t.output(`sum_${index}`, cohort.sum(value));
        const squareSum = t.output(`square_sum_${index}`, cohort.sum(squares));
        const of = `${column.name}, ${group.name} ${category}`;
        t.finish(`rows_${index}`, `Number of rows, ${group.name} ${category}`, count);
        t.finish(`mean_${index}`, `Mean ${of}`, divide(sum, count));
        t.finish(`variance_${index}`, `Sample variance of ${of}`, sampleVariance(count, sum, squareSum));
      }
    },
  );
}

/** (sum of squares - sum^2 / n) / (n - 1). */
export function sampleVariance(count: Expression, sum: Expression, squareSum: Expression): Expression {
  return divide(subtract(squareSum, divide(multiply(sum, sum), count)), subtract(count, number(1)));
}

/** Hourly wages by occupation. */
export const groupStatistics: Program = groupStatisticsOf({
  name: "wage_by_occupation",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  group: {
    name: "occupation",
    kind: "category",
    categories: ["clerical", "management", "other", "professional", "sales", "service"],
  },
  squareBitsCut: 19,
  leastRows: 10,
  maximumRows: 1_000_000,
});
