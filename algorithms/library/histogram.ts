/**
 * How many rows fall between public edges: below the first, from each edge (included) up to the next (not included), from the last on.
 *
 * The column is compared as it was encoded, so the counts are exact about values rounded to its fraction bits. One comparison an edge
 * and no more: rows of a bin are those below its upper edge less those below its lower one, of which nothing but counts is opened.
 */
import { trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";

export interface HistogramDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  /** Ascending, in the column's unit and scale, e.g. ["5", "10"]. */
  readonly edges: readonly string[];
  readonly maximumRows: number;
}

export function histogramOf({ name, column, edges, maximumRows }: HistogramDefinition): Program {
  const label = (bin: number) =>
    bin === 0
      ? `below ${edges[0]}`
      : bin === edges.length
        ? `${edges[bin - 1]} or more`
        : `${edges[bin - 1]} to below ${edges[bin]}`;
  return trace(
    {
      name,
      description: `How many rows have ${column.name} in each of the bins with the edges ${edges.join(", ")}.`,
      columns: [column],
      maximumRows,
    },
    (t) => {
      const value = t.encoded(column.name);
      const below = edges.map((edge) => t.count(t.less(value, t.constant(edge, column.fractionBits))));
      for (let bin = 0; bin <= edges.length; bin++) {
        const upTo = bin === edges.length ? t.rows() : below[bin];
        const count = bin === 0 ? below[0] : t.subtract(upTo, below[bin - 1]);
        t.finish(`count_${bin}`, `Rows with ${column.name} ${label(bin)}`, t.output(`bin_${bin}`, count));
      }
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
