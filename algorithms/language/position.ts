/**
 * Rows at public positions: floor((numerator * rows + offset) / denominator), counted from 0. Of p = a / b of the way from the first
 * row (p = 0) to the last (p = 1), `lower` and `higher` are the rows on both sides, as numpy's quantile methods of these names; their
 * mean is its `midpoint`, and for p = 1/2 the median.
 */
export interface Position {
  readonly numerator: number;
  readonly offset: number;
  readonly denominator: number;
}

/** Row `index`, or, if it is negative, counted from the end: -1 is the last. */
export function rowAt(index: number): Position {
  return { numerator: index < 0 ? 1 : 0, offset: index, denominator: 1 };
}

/** Row floor((rows - 1) * a / b). */
export function lower(a: number, b: number): Position {
  return { numerator: a, offset: -a, denominator: b };
}

/** Row ceil((rows - 1) * a / b). */
export function higher(a: number, b: number): Position {
  return { numerator: a, offset: b - 1 - a, denominator: b };
}

/** The row of a table of `rows` rows; undefined if there is none. */
export function positionOf({ numerator, offset, denominator }: Position, rows: number): number | undefined {
  const row = Math.floor((numerator * rows + offset) / denominator);
  return row >= 0 && row < rows ? row : undefined;
}
