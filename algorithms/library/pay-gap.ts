/**
 * Pay gap by sex: count, mean and sample variance (divided by n - 1) of wage of men and women, the difference of their
 * mean log wages, and the gap between the means in percent.
 *
 * Scales. With wages up to 500 (below 2^9), 22 fraction bits and 1,000,000 rows (below 2^20):
 * - wage * wage has 44 fraction bits and is below 2^62, as `truncate` demands: 22 is the most that wage can have;
 * - the squares keep 25 of them (19 are cut), for their sum must stay below 2^63;
 * - |ln wage| < 6.22 with 32 bits leaves room to spare and is exact to 10 digits.
 * On 534 rows the declared error is then 2.6e-7 of a mean wage and 2.7e-4 of a variance, nearly all of which comes from
 * encoding wages of up to 500 with half a unit of 2^-22.
 *
 * Men and women are protected groups: if one of them is too small, its figures are suppressed, and the other's with it, for the number of all rows is public.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Program } from "../language/program.ts";
import type { Column } from "../language/schema.ts";
import { DEFAULT_MINIMUM } from "./protection.ts";
import { sampleVariance } from "./sample-variance.ts";

const { divide, multiply, number, subtract } = expression;

/** Categories in this order: the word of "female" is 0, of "male" 1. */
const columns: Column[] = [
  { name: "wage", kind: "number", fractionBits: 22, minimum: "0.01", maximum: "500" },
  { name: "sex", kind: "category", categories: ["female", "male"] },
  {
    name: "log_wage",
    kind: "number",
    fractionBits: 32,
    minimum: "-4.61",
    maximum: "6.22",
    derived: { function: "log", column: "wage" },
  },
];

/** Bits cut from the squares, 44 - 25. */
const SQUARE_BITS_CUT = 19;

export const payGap: Program = trace(
  {
    name: "pay_gap",
    description:
      "Count, mean and sample variance of wage by sex, difference of the means of the natural logarithm of wage (men minus women), pay gap in percent of the men's mean wage.",
    columns,
    maximumRows: 1_000_000,
    protection: DEFAULT_MINIMUM,
  },
  (t) => {
    const wage = t.input("wage");
    const logWage = t.input("log_wage");
    const squares = t.truncate(t.multiply(wage, wage), SQUARE_BITS_CUT);

    const bySex = (["men", "women"] as const).map((group) => {
      const member = t.indicator("sex", group === "men" ? "male" : "female");
      const own = t.group(group, member);
      return {
        group,
        count: t.output(group, t.sum(member), own),
        wages: t.output(`wage_sum_${group}`, t.dot(member, wage), own),
        squares: t.output(`wage_square_sum_${group}`, t.dot(member, squares), own),
        logs: t.output(`log_wage_sum_${group}`, t.dot(member, logWage), own),
      };
    });
    const [men, women] = bySex;

    for (const { group, count } of bySex) t.finish(`count_${group}`, `Number of ${group}`, count);
    for (const { group, count, wages } of bySex) {
      t.finish(`mean_wage_${group}`, `Mean wage, ${group}`, divide(wages, count));
    }
    for (const { group, count, wages, squares: squareSum } of bySex) {
      t.finish(
        `variance_wage_${group}`,
        `Sample variance of wage (n - 1), ${group}`,
        sampleVariance(count, wages, squareSum),
      );
    }
    t.finish(
      "log_wage_difference",
      "Difference of mean log wage, men minus women",
      subtract(divide(men.logs, men.count), divide(women.logs, women.count)),
    );
    const menMean = divide(men.wages, men.count);
    const gap = divide(subtract(menMean, divide(women.wages, women.count)), menMean);
    t.finish("pay_gap_percent", "Pay gap in percent of the men's mean wage", multiply(number(100), gap));
  },
);
