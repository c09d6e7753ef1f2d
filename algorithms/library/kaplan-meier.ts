/**
 * The survival curve of Kaplan and Meier (*Nonparametric Estimation from Incomplete Observations*, JASA 53, 1958): the share that is still
 * without the event after each of a list of public times, where some rows were lost from sight before their event (censored).
 *
 *     S(t) = product over times s <= t of 1 - d(s) / n(s)    d: rows with their event at s, n: rows whose time is s or later
 *
 * Times are whole numbers (days, weeks). The list must name every time of an event that is to count: an event between two of them
 * belongs to none. Opened are, for each time, two counts. After a time that no row reached the curve is undefined.
 */
import { trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";

const { divide, multiply, number, subtract } = expression;

export interface KaplanMeierDefinition {
  readonly name: string;
  /** Of 0 fraction bits. */
  readonly time: NumberColumn;
  readonly status: CategoryColumn;
  /** The category of `status` of rows that had their event at that time; all others were lost from sight. */
  readonly event: string;
  /** Ascending. */
  readonly times: readonly number[];
  readonly maximumRows: number;
}

export function kaplanMeierOf({ name, time, status, event, times, maximumRows }: KaplanMeierDefinition): Program {
  return trace(
    {
      name,
      description: `Kaplan-Meier survival curve of ${time.name} up to the event "${event}" of ${status.name}.`,
      columns: [time, status],
      maximumRows,
    },
    (t) => {
      const reached = t.encoded(time.name);
      const hadEvent = t.isCategory(status.name, event);
      let survival: Expression | undefined;
      for (const [index, at] of times.entries()) {
        const then = t.constant(String(at), time.fractionBits);
        const events = t.output(`events_${index}`, t.count(t.and(t.equal(reached, then), hadEvent)));
        const atRisk = t.output(`at_risk_${index}`, t.count(t.atLeast(reached, then)));
        const survived = subtract(number(1), divide(events, atRisk));
        const label = `Share without the event after ${time.name} ${at}`;
        survival = t.finish(
          `survival_${index}`,
          label,
          survival === undefined ? survived : multiply(survival, survived),
        );
      }
    },
  );
}

/** Weeks of remission, up to the 24th. */
export const kaplanMeier: Program = kaplanMeierOf({
  name: "remission_survival",
  time: { name: "weeks", kind: "number", fractionBits: 0, minimum: "0", maximum: "1000" },
  status: { name: "status", kind: "category", categories: ["censored", "relapsed"] },
  event: "relapsed",
  times: Array.from({ length: 24 }, (_, week) => week + 1),
  maximumRows: 1_000_000,
});
