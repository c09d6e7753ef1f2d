/** What `algorithm new` writes: a module that compiles and a table that fits it, named after the algorithm. */

/** Names of programs, columns and outputs are of this form. */
export const PROGRAM_NAME = /^[a-z][a-z0-9_]{0,62}$/;

export function moduleText(name: string): string {
  return `/**
 * What this algorithm answers, and about whom. Sellers, buyers and operators read the description below.
 *
 *   sharebridge algorithm check ${name}.ts
 *   sharebridge algorithm run ${name}.ts --data ${name}.csv --param least_hours=10
 */
import { expression, trace } from "@sharebridge/algorithms";

export default trace(
  {
    name: "${name}",
    description: "Of those who work at least the given hours a week: how many they are, and their mean wage.",
    // The columns that a seller's table must have. Ranges are public; rows outside them are refused before they are shared.
    // A number is kept as a multiple of 2^-fractionBits: 2^-20 is about a millionth.
    columns: [
      { name: "wage", kind: "number", fractionBits: 20, minimum: "0", maximum: "1000" },
      { name: "hours", kind: "number", fractionBits: 4, minimum: "0", maximum: "168" },
    ],
    // What the buyer sets in each request; it is public.
    parameters: [{ name: "least_hours", fractionBits: 4, minimum: "0", maximum: "168" }],
    // Up to here it is proven that nothing overflows.
    maximumRows: 1_000_000,
  },
  (t) => {
    // A secret bit for each row: no node knows it, and nothing can branch on it. \`encoded\` is the column rounded to its
    // fraction bits, taken as exact: decisions need exact values.
    const chosen = t.atLeast(t.encoded("hours"), t.parameter("least_hours"));
    // Outputs are all that is ever opened: to the buyer alone if the request is sealed, to everyone if it is public.
    // However few rows are chosen: \`protection\` in the definition and \`t.group\` suppress groups that are too small (docs/algorithms.md).
    const count = t.output("chosen", t.count(chosen));
    const total = t.output("wages", t.dot(t.number(chosen), t.input("wage")));
    // Arithmetic that whoever has the outputs does.
    t.finish("mean_wage", "Mean wage of those chosen", expression.divide(total, count));
  },
);
`;
}

export const TABLE_TEXT = `wage,hours
12.5,40
9.75,38.5
21,45
14.2,20
8.4,6
30.1,50
11,37.5
17.85,8
`;
