/**
 * The counts of a histogram with Laplace noise: an answer hides each row, whatever else its reader knows, and needs no minimum group.
 *
 * A row that becomes another one leaves one bin and enters another, so all bins together move by two at most (L1), however many there are. Counts with noise may be
 * negative, and do not add up to the number of rows; whoever needs that rounds them, which costs no privacy.
 */
import { trace } from "../language/builder.ts";
import type { PrivacyUnit, Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { binsOf } from "./bins.ts";
import { leftOut } from "./complete-cases.ts";

export interface PrivateHistogramDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  /** Ascending, in the column's unit and scale, e.g. ["5", "10"]. */
  readonly edges: readonly string[];
  /** Of an answer, as decimal text, e.g. "0.5". */
  readonly epsilon: string;
  /** Whom it hides; one row unless said otherwise. */
  readonly privacy?: PrivacyUnit;
  readonly maximumRows: number;
}

export function privateHistogramOf({
  name,
  column,
  edges,
  epsilon,
  privacy = { unit: "row" },
  maximumRows,
}: PrivateHistogramDefinition): Program {
  return trace(
    {
      name,
      description: `How many rows have ${column.name} in each of the bins with the edges ${edges.join(", ")}, with noise for epsilon ${epsilon}.${leftOut(column)}`,
      columns: [column],
      maximumRows,
      privacy,
    },
    (t) => {
      const bins = binsOf(t, column, edges);
      const counts = t.laplace(
        bins.map(({ member }) => t.count(member)),
        { epsilon },
      );
      bins.forEach(({ label }, bin) => {
        const count = t.output(`bin_${bin}`, counts[bin]);
        t.finish(`count_${bin}`, `Rows with ${column.name} ${label}`, count);
      });
    },
  );
}

/** Hourly wages in bins of 5 up to 30, for an epsilon of a half. */
export const privateHistogram: Program = privateHistogramOf({
  name: "private_wage_histogram",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  edges: ["5", "10", "15", "20", "25", "30"],
  epsilon: "0.5",
  maximumRows: 1_000_000,
});
