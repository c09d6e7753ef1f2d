/**
 * Welch's t-test of the means of a number in two groups of unequal variances (Welch, *The generalization of "Student's" problem when
 * several different population variances are involved*, Biometrika 34, 1947): the statistic t, and the degrees of freedom by
 * Satterthwaite's approximation. The p-value is the reader's: a t distribution needs no data.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";
import { completeCases, leftOut, numberOf } from "./complete-cases.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";
import { sampleVariance } from "./sample-variance.ts";

const { add, divide, multiply, number, squareRoot, subtract } = expression;

export interface WelchDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  readonly group: CategoryColumn;
  /** Two categories of the group column; rows of others are left out. */
  readonly categories: readonly [string, string];
  readonly squareBitsCut: number;
  /** What a group must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function welchTTestOf(definition: WelchDefinition): Program {
  const { name, column, group, categories, squareBitsCut, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  return trace(
    {
      name,
      description: `Welch's t-test of the mean of ${column.name}, ${group.name} ${categories[0]} against ${categories[1]}.${leftOut(column, group)}`,
      columns: [column, group],
      maximumRows,
      protection,
    },
    (t) => {
      const value = numberOf(t, column);
      const squares = t.truncate(t.multiply(value, value), squareBitsCut);
      const [first, second] = categories.map((category, index) => {
        const member = completeCases(t, group, category, column);
        const own = t.group(`group_${index}`, member);
        const count = t.output(`count_${index}`, t.sum(member), own);
        const sum = t.output(`sum_${index}`, t.dot(member, value), own);
        const squareSum = t.output(`square_sum_${index}`, t.dot(member, squares), own);
        // The squared standard error of the mean.
        const error = divide(sampleVariance(count, sum, squareSum), count);
        return { count, mean: divide(sum, count), error };
      });
      const difference = subtract(first.mean, second.mean);
      const both = add(first.error, second.error);
      const share = ({ error, count }: typeof first) => divide(multiply(error, error), subtract(count, number(1)));
      t.finish("difference", `Mean ${column.name}, ${categories[0]} minus ${categories[1]}`, difference);
      t.finish("t", "Welch's t", divide(difference, squareRoot(both)));
      t.finish(
        "degrees_of_freedom",
        "Degrees of freedom",
        divide(multiply(both, both), add(share(first), share(second))),
      );
    },
  );
}

/** Hourly wages of union members against others. */
export const welchTTest: Program = welchTTestOf({
  name: "wage_t_test_by_union",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  group: { name: "union", kind: "category", categories: ["no", "yes"] },
  categories: ["yes", "no"],
  squareBitsCut: 19,
  maximumRows: 1_000_000,
});
