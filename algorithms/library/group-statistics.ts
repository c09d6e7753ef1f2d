/**
 * Count, mean and sample variance (divided by n - 1) of a number in every category of another column.
 *
 * Which group a row belongs to stays a secret bit; its sums are dot products with it. Scales as in `pay-gap.ts`: the square has twice
 * the column's fraction bits, of which `squareBitsCut` are cut before it is summed.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";
import { completeCases, leftOut, numberOf } from "./complete-cases.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";
import { sampleVariance } from "./sample-variance.ts";

const { divide } = expression;

export interface GroupStatisticsDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  readonly group: CategoryColumn;
  readonly squareBitsCut: number;
  /** What a group must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function groupStatisticsOf(definition: GroupStatisticsDefinition): Program {
  const { name, column, group, squareBitsCut, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  return trace(
    {
      name,
      description: `Count, mean and sample variance of ${column.name} in each category of ${group.name}.${leftOut(column, group)}`,
      columns: [column, group],
      maximumRows,
      protection,
    },
    (t) => {
      const value = numberOf(t, column);
      const squares = t.truncate(t.multiply(value, value), squareBitsCut);
      for (const [index, category] of group.categories.entries()) {
        const member = completeCases(t, group, category, column);
        const own = t.group(`group_${index}`, member);
        const count = t.output(`count_${index}`, t.sum(member), own);
        const sum = t.output(`sum_${index}`, t.dot(member, value), own);
        const squareSum = t.output(`square_sum_${index}`, t.dot(member, squares), own);
        const of = `${column.name}, ${group.name} ${category}`;
        t.finish(`rows_${index}`, `Number of rows, ${group.name} ${category}`, count);
        t.finish(`mean_${index}`, `Mean ${of}`, divide(sum, count));
        t.finish(`variance_${index}`, `Sample variance of ${of}`, sampleVariance(count, sum, squareSum));
      }
    },
  );
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
  maximumRows: 1_000_000,
});
