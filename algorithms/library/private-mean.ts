/**
 * The mean of a number with Laplace noise. Values outside of [least, most] count as the end that they are beyond: a row can then move the sum
 * by most - least and no further, and the narrower that is, the smaller the noise. The mean is of the clamped values: choose the ends by what is known
 * of the column without looking at the data.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { PrivacyUnit, Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";

export interface PrivateMeanDefinition {
  readonly name: string;
  readonly column: NumberColumn;
  /** Where values are clamped: decimal texts that the column's scale holds exactly. */
  readonly least: string;
  readonly most: string;
  /** Of an answer, as decimal text, e.g. "0.5". */
  readonly epsilon: string;
  /** Whom it hides; one row unless said otherwise. */
  readonly privacy?: PrivacyUnit;
  readonly maximumRows: number;
}

export function privateMeanOf({
  name,
  column,
  least,
  most,
  epsilon,
  privacy = { unit: "row" },
  maximumRows,
}: PrivateMeanDefinition): Program {
  return trace(
    {
      name,
      description: `Mean of ${column.name}, clamped to ${least} and ${most}, with noise for epsilon ${epsilon}.`,
      columns: [column],
      maximumRows,
      privacy,
    },
    (t) => {
      const end = (text: string) => t.constant(text, column.fractionBits);
      const clamped = t.larger(t.smaller(t.input(column.name), end(most)), end(least));
      const total = t.output("total", t.laplace(t.sum(clamped), { epsilon }));
      t.finish(
        "mean",
        `Mean ${column.name}, clamped to ${least} and ${most}`,
        expression.divide(total, expression.rows),
      );
    },
  );
}

/** Hourly wages up to 50, for an epsilon of a half. */
export const privateMean: Program = privateMeanOf({
  name: "private_mean_wage",
  column: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  least: "0",
  most: "50",
  epsilon: "0.5",
  maximumRows: 1_000_000,
});
