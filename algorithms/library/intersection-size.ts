/**
 * How many keys two lists have in common. The rows of both stand in one pooled table, a column says of which list a row is, so that
 * sellers of either list, or of both, can take part; what stands in a list more than once counts once.
 *
 * Sorted by key and, within a key, by list, a key that is in both has exactly one place where a row of the second list follows one
 * of the first. The number of these places is opened and nothing else; which keys they are stays secret.
 */
import { trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";

export const intersectionSize: Program = trace(
  {
    name: "intersection_size",
    description: "How many distinct keys are in both the first and the second list.",
    columns: [
      { name: "list", kind: "category", categories: ["first", "second"] },
      // A key is a whole number below 2^40, such as a seller makes of an identifier that both lists know.
      { name: "key", kind: "number", fractionBits: 0, minimum: "0", maximum: "1099511627775" },
    ],
    maximumRows: 1_000_000,
  },
  (t) => {
    const key = t.encoded("key");
    const inSecond = t.isCategory("list", "second");
    const order = t.order(key, inSecond);
    const sorted = t.arrange(order, key);
    const second = t.arrange(order, inSecond);
    const follows = t.and(second, t.previous(t.not(second)));
    const common = t.count(t.and(follows, t.equal(sorted, t.previous(sorted))));
    t.finish("common", "Keys in both lists", t.output("common", common));
  },
);
