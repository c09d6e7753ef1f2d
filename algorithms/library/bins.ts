import type { SecretBit, Tracer } from "../language/builder.ts";
import type { NumberColumn } from "../language/schema.ts";

export interface Bin {
  /** The rows that lie in it. */
  readonly member: SecretBit<"column">;
  /** "5 to below 10" and the like. */
  readonly label: string;
}

/**
 * The bins between ascending edges: below the first, from each (included) up to the next (not included), from the last on. One comparison
 * an edge and no more: rows of a bin are those of which it is true that they are below one of its edges and not below the other.
 */
export function binsOf(t: Tracer, column: NumberColumn, edges: readonly string[]): Bin[] {
  // A missing value is read as the last edge: it is below none, and left out of the last bin.
  const value = column.optional ? t.encodedOr(column.name, edges[edges.length - 1]) : t.encoded(column.name);
  const below = edges.map((edge) => t.less(value, t.constant(edge, column.fractionBits)));
  return [...edges, null].map((_, bin) => {
    if (bin === 0) return { member: below[0], label: `below ${edges[0]}` };
    const label = bin === edges.length ? `${edges[bin - 1]} or more` : `${edges[bin - 1]} to below ${edges[bin]}`;
    if (bin < edges.length) return { member: t.xor(below[bin], below[bin - 1]), label };
    const from = t.not(below[bin - 1]);
    return { member: column.optional ? t.and(from, t.present(column.name)) : from, label };
  });
}
