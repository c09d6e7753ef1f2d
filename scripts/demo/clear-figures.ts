/**
 * The demo's yardstick: the pay-gap figures computed in the clear, in double precision, from the raw workers. Written
 * from the definitions, independently of the algorithm language.
 */
import type { Worker } from "./workers.ts";

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample variance: divided by n - 1. Two passes, for precision. */
function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/** By the names of the figures of the `pay_gap` program. Wages in dollars per hour. */
export function clearFigures(workers: readonly Worker[]): ReadonlyMap<string, number> {
  const wagesOf = (sex: Worker["sex"]) => workers.filter((worker) => worker.sex === sex).map(({ wage }) => wage);
  const men = wagesOf("male");
  const women = wagesOf("female");
  return new Map([
    ["count_men", men.length],
    ["count_women", women.length],
    ["mean_wage_men", mean(men)],
    ["mean_wage_women", mean(women)],
    ["variance_wage_men", variance(men)],
    ["variance_wage_women", variance(women)],
    ["log_wage_difference", mean(men.map(Math.log)) - mean(women.map(Math.log))],
    ["pay_gap_percent", (100 * (mean(men) - mean(women))) / mean(men)],
  ]);
}
