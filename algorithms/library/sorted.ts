/**
 * A number's values from the least to the greatest, and what stands at a part of the way: `lower` and `higher` of `position.ts` among the rows that have a
 * value. If none is missing, the places are public. Else how many there are is secret, and a row stands at a place if its rank says so.
 */
import type { Secret, Tracer } from "../language/builder.ts";
import { higher, lower, rowAt } from "../language/position.ts";
import type { NumberColumn } from "../language/schema.ts";

/** Values as they were encoded; 0 where there is none at all. */
export interface Sorted {
  least(): Secret<"scalar">;
  greatest(): Secret<"scalar">;
  /** The sum of the values on both sides of a / b of the way. */
  around(a: number, b: number): Secret<"scalar">;
}

export function sortedValues(t: Tracer, column: NumberColumn): Sorted {
  return column.optional ? sortedPresent(t, column) : sortedAll(t, column);
}

function sortedAll(t: Tracer, { name }: NumberColumn): Sorted {
  const encoded = t.encoded(name);
  const sorted = t.arrange(t.order(encoded), encoded);
  return {
    least: () => t.at(sorted, rowAt(0)),
    greatest: () => t.at(sorted, rowAt(-1)),
    around: (a, b) => t.add(t.at(sorted, lower(a, b)), t.at(sorted, higher(a, b))),
  };
}

function sortedPresent(t: Tracer, { name }: NumberColumn): Sorted {
  const encoded = t.encodedOr(name, "0");
  const presence = t.presence(name);
  const order = t.order({ descending: presence }, encoded);
  // Missing values stand last, as 0, so that it does not matter which of the ranks is theirs: that of the last value.
  const sorted = t.arrange(order, encoded);
  const rank = t.prefixSum(t.arrange(order, presence));
  const count = t.sum(presence);
  const whole = (value: number) => t.constant(String(value), 0);
  return {
    least: () => t.dot(t.number(t.equal(rank, whole(1))), sorted),
    greatest: () => t.dot(t.number(t.equal(rank, count)), sorted),
    around(a, b) {
      // d = a * (count - 1) - b * (rank - 1): from 0 to below b at the lower place, above -b up to 0 at the higher.
      const way = t.subtract(t.multiply(count, whole(a)), whole(a - b));
      const distance = t.subtract(way, t.multiply(rank, whole(b)));
      const below = (bound: number) => t.less(distance, whole(bound));
      const places = [t.xor(below(0), below(b)), t.xor(below(1 - b), below(1))].map((bit) => t.number(bit));
      return t.dot(t.add(places[0], places[1]), sorted);
    },
  };
}
