/**
 * What the buyer's private logistic model predicts: how many rows have a probability in each bin, the mean of another column there, and the
 * mean probability to half a bin's width.
 *
 * p = 1 / (1 + e^-s) of the score s = intercept + Σ weight · feature is below an edge exactly where s is below ln(edge / (1 - edge)): rows are put into
 * bins by their exact scores, and no probability is computed. Edges are rounded in the score's scale, 2^-40 for the library's own.
 *
 * Probabilities of single rows are not summed: with large weights each would be 0 or 1, and the sum a count of rows that no minimum protects.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import { roundedLogarithm } from "../language/logarithm.ts";
import type { Expression, Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";
import { decodeWord } from "../language/words.ts";
import { exactScore, privateWeights } from "./private-weights.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

const { add, divide, multiply, number, within } = expression;

export interface LogisticScoreDefinition {
  readonly name: string;
  /** Of equal fraction bits. */
  readonly features: readonly NumberColumn[];
  /** The largest weight, decimal text. */
  readonly largestWeight: string;
  /** Of which the mean is taken in every bin. */
  readonly value: NumberColumn;
  /** Edges of the bins in percent, whole numbers from 1 to 99, ascending. */
  readonly edges: readonly number[];
  /** What a bin must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function logisticScoreOf(definition: LogisticScoreDefinition): Program {
  const { name, features, largestWeight, value, edges, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  const names = features.map((feature) => feature.name).join(", ");
  const ends = [0, ...edges, 100];
  return trace(
    {
      name,
      description: `How many rows the buyer's private logistic model of ${names} gives a probability between ${edges.join(", ")} %, and the mean of ${value.name} there.`,
      columns: [...features, value],
      privateInputs: privateWeights(features, largestWeight),
      maximumRows,
      protection,
    },
    (t) => {
      const score = exactScore(t, features);
      const below = edges.map((edge) => t.less(score, t.constant(logit(edge, score.fractionBits), score.fractionBits)));
      const members = ends.slice(1).map((_, bin) => {
        if (bin === 0) return below[0];
        return bin === edges.length ? t.not(below[bin - 1]) : t.xor(below[bin], below[bin - 1]);
      });
      const bins = members.map((member, bin) => {
        const own = t.group(`group_${bin}`, member);
        return {
          rows: t.output(`bin_${bin}`, t.count(member), own),
          sum: t.output(`sum_${bin}`, t.dot(t.number(member), t.input(value.name)), own),
        };
      });
      for (const [bin, { rows, sum }] of bins.entries()) {
        const of = `probability ${ends[bin]} to below ${ends[bin + 1]} %`;
        t.finish(`rows_${bin}`, `Rows with ${of}`, rows);
        t.finish(`mean_${bin}`, `Mean ${value.name}, ${of}`, divide(sum, rows));
      }
      const rows = bins.map((bin) => bin.rows);
      const weighted = (factor: (low: number, high: number) => number): Expression =>
        t.step(
          divide(
            rows.map((count, bin) => multiply(count, number(factor(ends[bin], ends[bin + 1])))).reduce(add),
            twice,
          ),
        );
      const twice = t.step(multiply(number(200), rows.reduce(add)));
      const middle = weighted((low, high) => low + high);
      const half = weighted((low, high) => high - low);
      t.finish("mean_probability", "Mean probability, to half a bin's width", within(middle, half));
    },
  );
}

/** ln(p / (1 - p)) as text that `fractionBits` hold. */
function logit(percent: number, fractionBits: number): string {
  const odds = { numerator: BigInt(percent), denominator: BigInt(100 - percent) };
  return decodeWord(roundedLogarithm(odds, fractionBits), fractionBits);
}

/** A model of education and experience, in bins of ten percent, with the mean wage. */
export const logisticScore: Program = logisticScoreOf({
  name: "logistic_score",
  features: [
    { name: "education", kind: "number", fractionBits: 24, minimum: "0", maximum: "40" },
    { name: "experience", kind: "number", fractionBits: 24, minimum: "0", maximum: "80" },
  ],
  largestWeight: "100",
  value: { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  edges: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  maximumRows: 1_000_000,
});
