/**
 * How many keys two lists have in common: one list is the main table, the other a further one, each of any number of sellers. What stands in
 * a list more than once counts once.
 *
 * Rows are matched once, so that a key that is in both lists has exactly one row with a partner. The number of these rows is opened and
 * nothing else; which keys they are stays secret.
 */
import { trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";
import type { NumberColumn } from "../language/schema.ts";

export interface IntersectionSizeDefinition {
  readonly name: string;
  /** The key of each list: whole numbers, or numbers of one scale. The names tell the lists apart, and differ. */
  readonly first: NumberColumn;
  readonly second: NumberColumn;
  /** Of each list. */
  readonly maximumRows: number;
}

export function intersectionSizeOf({ name, first, second, maximumRows }: IntersectionSizeDefinition): Program {
  return trace(
    {
      name,
      description: `How many distinct keys are in both lists: ${first.name} of the one and ${second.name} of the other.`,
      columns: [first],
      maximumRows,
      tables: [{ name: "second", columns: [second], maximumRows }],
    },
    (t) => {
      const match = t.matchOnce(t.encoded(first.name), t.table("second").encoded(second.name));
      t.finish("common", "Keys in both lists", t.output("common", t.count(t.matched(match))));
    },
  );
}

/** A key is a whole number below 2^40, such as a seller makes of an identifier that both lists know. */
const key = (name: string): NumberColumn => ({
  name,
  kind: "number",
  fractionBits: 0,
  minimum: "0",
  maximum: "1099511627775",
});

export const intersectionSize: Program = intersectionSizeOf({
  name: "intersection_size",
  first: key("first_key"),
  second: key("second_key"),
  maximumRows: 1_000_000,
});
