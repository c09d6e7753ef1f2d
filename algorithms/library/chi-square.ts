/**
 * Pearson's chi-square test of independence of two category columns: the table of counts, the statistic, the degrees of freedom.
 *
 * With counts O, row sums R and column sums C of n rows that have both, the sum over all cells of (O - R C / n)^2 / (R C / n) is
 * n (sum of O^2 / (R C) - 1). A category without a row leaves the statistic undefined; whoever reads the table sees which.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { CategoryColumn } from "../language/schema.ts";
import { leftOut } from "./complete-cases.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

const { add, divide, multiply, number, rows, subtract } = expression;

export interface ChiSquareDefinition {
  readonly name: string;
  readonly first: CategoryColumn;
  readonly second: CategoryColumn;
  /** What a group must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function chiSquareOf({
  name,
  first,
  second,
  maximumRows,
  protection = DEFAULT_MINIMUM,
}: ChiSquareDefinition): Program {
  return trace(
    {
      name,
      description: `Contingency table and chi-square statistic of ${first.name} and ${second.name}.${leftOut(first, second)}`,
      columns: [first, second],
      maximumRows,
      protection,
    },
    (t) => {
      const others = second.categories.map((category) => t.isCategory(second.name, category));
      const table = first.categories.map((category, i) => {
        const row = t.isCategory(first.name, category);
        return others.map((column, j) => {
          const member = t.and(row, column);
          const count = t.output(`count_${i}_${j}`, t.count(member), t.group(`cell_${i}_${j}`, member));
          const label = `Rows with ${first.name} ${category}, ${second.name} ${second.categories[j]}`;
          t.finish(`cell_${i}_${j}`, label, count);
          return count;
        });
      });
      const rowSums = table.map(total);
      const columnSums = second.categories.map((_, j) => total(table.map((row) => row[j])));
      const terms = table.flatMap((row, i) =>
        row.map((count, j) => divide(multiply(count, count), multiply(rowSums[i], columnSums[j]))),
      );
      const all = first.optional || second.optional ? total(rowSums) : rows;
      t.finish("chi_square", "Chi-square", multiply(all, subtract(total(terms), number(1))));
      const freedom = (first.categories.length - 1) * (second.categories.length - 1);
      t.finish("degrees_of_freedom", "Degrees of freedom", number(freedom));
    },
  );
}

/** As a balanced tree: expressions may nest 32 deep. */
function total(terms: readonly Expression[]): Expression {
  if (terms.length === 1) return terms[0];
  const half = terms.length >> 1;
  return add(total(terms.slice(0, half)), total(terms.slice(half)));
}

/** Sex and occupation. */
export const chiSquare: Program = chiSquareOf({
  name: "sex_and_occupation",
  first: { name: "sex", kind: "category", categories: ["female", "male"] },
  second: {
    name: "occupation",
    kind: "category",
    categories: ["clerical", "management", "other", "professional", "sales", "service"],
  },
  maximumRows: 1_000_000,
});
