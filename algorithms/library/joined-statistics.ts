/**
 * Join, then aggregate: count, mean and sample variance (divided by n - 1) of a number that some sellers have, in every category of a column that
 * others have about the same persons or things.
 *
 * Rows are matched once on a key that both tables have; a group is the rows of a category with a partner. It is so as many rows of the one table as of
 * the other, and is held against the minimum in both: what it opens is neither of too few rows nor of too few sellers of either side. Which
 * rows find partners, and how many do, stays secret but for the counts of groups. Scales as in `group-statistics.ts`.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";
import { sampleVariance } from "./sample-variance.ts";

const { divide } = expression;

export interface JoinedStatisticsDefinition {
  readonly name: string;
  /** In both tables, under this name: who or what a row is about. */
  readonly key: NumberColumn;
  /** In the main table. */
  readonly column: NumberColumn;
  /** In the further one. */
  readonly group: CategoryColumn;
  /** The name of the further table. */
  readonly table: string;
  readonly squareBitsCut: number;
  /** What a group must have in each of the tables to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  /** Of each table. */
  readonly maximumRows: number;
}

export function joinedStatisticsOf(definition: JoinedStatisticsDefinition): Program {
  const { name, key, column, group, table, squareBitsCut, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  return trace(
    {
      name,
      description: `Count, mean and sample variance of ${column.name} in each category of ${group.name}, which others know of the same ${key.name}.`,
      columns: [key, column],
      maximumRows,
      tables: [{ name: table, columns: [key, group], maximumRows }],
      protection,
    },
    (t) => {
      const others = t.table(table);
      const match = t.matchOnce(t.encoded(key.name), others.encoded(key.name));
      const matched = t.matched(match);
      const category = t.lookUp(match, others.input(group.name));
      const value = t.input(column.name);
      const squares = t.truncate(t.multiply(value, value), squareBitsCut);
      for (const [index, text] of group.categories.entries()) {
        const member = t.and(matched, t.equal(category, t.constant(String(index), 0)));
        const chosen = t.number(member);
        const own = t.group(`group_${index}`, member);
        const count = t.output(`count_${index}`, t.count(member), own);
        const sum = t.output(`sum_${index}`, t.dot(chosen, value), own);
        const squareSum = t.output(`square_sum_${index}`, t.dot(chosen, squares), own);
        const of = `${column.name}, ${group.name} ${text}`;
        t.finish(`rows_${index}`, `Number of rows, ${group.name} ${text}`, count);
        t.finish(`mean_${index}`, `Mean ${of}`, divide(sum, count));
        t.finish(`variance_${index}`, `Sample variance of ${of}`, sampleVariance(count, sum, squareSum));
      }
    },
  );
}

/** Hourly wages, which employers have, by level of education, which schools have. */
export const joinedStatistics: Program = joinedStatisticsOf({
  name: "wage_by_joined_education",
  // Such as sellers of both sides make of an identifier that they share.
  key: { name: "person", kind: "number", fractionBits: 0, minimum: "0", maximum: "1099511627775" },
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  group: {
    name: "education_level",
    kind: "category",
    categories: ["below high school", "high school", "some college", "college"],
  },
  table: "education",
  squareBitsCut: 19,
  maximumRows: 1_000_000,
});
