/**
 * Survival curve (Kaplan, Meier, *Nonparametric estimation from incomplete observations*, JASA 53, 1958) on a public grid of times:
 * S at a grid time is the product over grid times up to it of (at risk - events) / at risk, which the reader multiplies.
 *
 * Times are taken as rounded up to the next grid time: at risk at a grid time are rows whose time is after the one before, events are
 * those in between. If every time of the data stands on the grid, this is the curve itself; a coarser grid opens fewer numbers.
 * Rows without an event are censored at their time. Where nobody is at risk any more the curve is undefined.
 */
import { type SecretBit, trace } from "../language/builder.ts";
import { expression } from "../language/expression.ts";
import type { Expression, Program } from "../language/program.ts";
import type { CategoryColumn, NumberColumn } from "../language/schema.ts";
import { completeRows, leftOut } from "./complete-cases.ts";

const { divide, multiply, rows, subtract } = expression;

export interface KaplanMeierDefinition {
  readonly name: string;
  readonly time: NumberColumn;
  readonly event: CategoryColumn;
  /** Of the rows whose event was seen; the others are censored. */
  readonly seen: string;
  /** Ascending, in the time's unit and scale. */
  readonly grid: readonly string[];
  readonly maximumRows: number;
}

export function kaplanMeierOf({ name, time, event, seen, grid, maximumRows }: KaplanMeierDefinition): Program {
  return trace(
    {
      name,
      description: `Kaplan-Meier estimate of survival without ${event.name} at ${grid.length} times of ${time.name}, from ${grid[0]} to ${grid[grid.length - 1]}.${leftOut(time, event)}`,
      columns: [time, event],
      maximumRows,
    },
    (t) => {
      const complete = completeRows(t, [time, event]);
      const only = (bit: SecretBit<"column">) => (complete === undefined ? bit : t.and(bit, complete));
      const observed = time.optional ? t.encodedOr(time.name, "0") : t.encoded(time.name);
      const happened = only(t.isCategory(event.name, seen));
      const later = grid.map((point) => only(t.less(t.constant(point, time.fractionBits), observed)));
      const eventsUpTo = later.map((after) => t.count(t.and(happened, t.not(after))));
      const all = complete === undefined ? rows : t.output("complete_rows", t.count(complete));
      let survival: Expression | undefined;
      for (const [index, point] of grid.entries()) {
        const atRisk = index === 0 ? all : t.output(`at_risk_${index}`, t.count(later[index - 1]));
        const before = index === 0 ? t.constant("0", 0) : eventsUpTo[index - 1];
        const events = t.output(`events_${index}`, t.subtract(eventsUpTo[index], before));
        const survived = divide(subtract(atRisk, events), atRisk);
        const product: Expression = survival === undefined ? survived : multiply(survival, survived);
        survival = t.finish(`survival_${index}`, `Survival beyond ${time.name} ${point}`, product);
      }
    },
  );
}

/** Three years in quarters. */
export const kaplanMeier: Program = kaplanMeierOf({
  name: "kaplan_meier",
  time: { name: "months", kind: "number", fractionBits: 0, minimum: "0", maximum: "1200" },
  event: { name: "event", kind: "category", categories: ["no", "yes"] },
  seen: "yes",
  grid: Array.from({ length: 12 }, (_, quarter) => String(3 * (quarter + 1))),
  maximumRows: 1_000_000,
});
