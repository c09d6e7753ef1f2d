/** ⌈rows * numerator / denominator⌉: the rank of a quantile, counted from 1; 0 for no rows. */
export function rankOf(rows: number, numerator: number, denominator: number): number {
  // Exact: the product is below 2^34, and a quotient that is no integer is further from one than doubles there are apart.
  return Math.ceil((rows * numerator) / denominator);
}
