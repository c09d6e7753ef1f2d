/**
 * Mean of a linear score with the buyer's private weights in every category of a column: score = intercept + Σ weight · feature.
 *
 * Σ score = intercept · rows + Σ weight · Σ feature: rows are summed first, in every category, and weighed afterwards, so that the weights cost
 * one multiplication a category and not one a row, and what is summed hangs on no number of the buyer's.
 *
 * Scales. Sums of features keep SUM_BITS of their fraction bits, so that a sum of a million of them times a weight fits a word.
 */
import { type GroupMinimum, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";
import { privateWeights, weightOf } from "./private-weights.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";

const { add, divide } = expression;

const SUM_BITS = 8;

export interface LinearScoreDefinition {
  readonly name: string;
  /** Each with more fraction bits than the 8 that its sum keeps. */
  readonly features: readonly NumberColumn[];
  readonly group: CategoryColumn;
  /** The largest weight, decimal text. */
  readonly largestWeight: string;
  /** What a group must have to be opened; `DEFAULT_MINIMUM` unless said otherwise. */
  readonly protection?: GroupMinimum;
  readonly maximumRows: number;
}

export function linearScoreOf(definition: LinearScoreDefinition): Program {
  const { name, features, group, largestWeight, maximumRows, protection = DEFAULT_MINIMUM } = definition;
  const names = features.map((feature) => feature.name).join(", ");
  return trace(
    {
      name,
      description: `Mean of a linear score of ${names} with the buyer's private weights, in each category of ${group.name}.`,
      columns: [...features, group],
      privateInputs: privateWeights(features, largestWeight),
      maximumRows,
      protection,
    },
    (t) => {
      const opened = group.categories.map((category, index) => {
        const member = t.indicator(group.name, category);
        const own = t.group(`group_${index}`, member);
        const rows = t.sum(member);
        const terms = features.map((feature) => {
          const sum = t.truncate(t.dot(member, t.input(feature.name)), feature.fractionBits - SUM_BITS);
          return t.multiply(sum, t.privateInput(weightOf(feature.name)));
        });
        const constant = t.multiply(t.multiply(rows, t.constant("1", SUM_BITS)), t.privateInput("intercept"));
        const score = terms.reduce((sum, term) => t.add(sum, term), constant);
        return {
          rows: t.output(`count_${index}`, rows, own),
          score: t.output(`score_${index}`, score, own),
        };
      });
      for (const [index, { rows, score }] of opened.entries()) {
        const of = `${group.name} ${group.categories[index]}`;
        t.finish(`rows_${index}`, `Number of rows, ${of}`, rows);
        t.finish(`mean_${index}`, `Mean score, ${of}`, divide(score, rows));
      }
      const [scores, rows] = [opened.map(({ score }) => score), opened.map((each) => each.rows)];
      t.finish("mean_score", "Mean score", divide(scores.reduce(add), rows.reduce(add)));
    },
  );
}

/** A score of education and experience, by sex. */
export const linearScore: Program = linearScoreOf({
  name: "linear_score",
  features: [
    { name: "education", kind: "number", fractionBits: 24, minimum: "0", maximum: "40" },
    { name: "experience", kind: "number", fractionBits: 24, minimum: "0", maximum: "80" },
  ],
  group: { name: "sex", kind: "category", categories: ["female", "male"] },
  largestWeight: "100",
  maximumRows: 1_000_000,
});
