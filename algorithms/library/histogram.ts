/**
 * How many rows fall between public edges: below the first, from each edge (included) up to the next (not included), from the last on.
 *
 * The column is compared as it was encoded, so the counts are exact about values rounded to its fraction bits.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { binsOf } from "./bins.ts";
import { leftOut } from "./complete-cases.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

export interface HistogramDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  /** Ascending, in the column's unit and scale, e.g. ["5", "10"]. */
  readonly edges: readonly string[];
  /** What a group must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function histogramOf({
  name,
  column,
  edges,
  maximumRows,
  protection = DEFAULT_MINIMUM,
}: HistogramDefinition): Program {
  return trace(
    {
      name,
      description: `How many rows have ${column.name} in each of the bins with the edges ${edges.join(", ")}.${leftOut(column)}`,
      columns: [column],
      maximumRows,
      protection,
    },
    (t) => {
      const bins = binsOf(t, column, edges);
      // The highest first: where one must go with one that is too small, let it be one of the tail.
      const groups = bins.map(({ member }, bin) => ({ member, bin })).reverse();
      const opened = groups.map(({ member, bin }) => t.group(`group_${bin}`, member)).reverse();
      bins.forEach(({ member, label }, bin) => {
        const count = t.output(`bin_${bin}`, t.count(member), opened[bin]);
        t.finish(`count_${bin}`, `Rows with ${column.name} ${label}`, count);
      });
    },
  );
}

/** Hourly wages in bins of 5 up to 30. */
export const histogram: Program = histogramOf({
  name: "wage_histogram",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  edges: ["5", "10", "15", "20", "25", "30"],
  maximumRows: 1_000_000,
});
