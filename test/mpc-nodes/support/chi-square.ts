/** χ² of samples against P(0), P(1), … of each sign, cells of less than eight expected samples joined; and seven deviations above its mean. */
export function chiSquare(
  samples: readonly number[],
  probabilities: readonly number[],
): { value: number; bound: number } {
  const at = new Map<number, number>();
  for (const x of samples) at.set(x, (at.get(x) ?? 0) + 1);
  let [value, cells] = [0, 0];
  const cell = (seen: number, expected: number): void => {
    value += (seen - expected) ** 2 / expected;
    cells++;
  };
  let [center, rest] = [0, samples.length];
  for (const [x, probability] of probabilities.entries()) {
    const expected = probability * samples.length;
    if (expected < 8) break;
    for (const signed of x === 0 ? [0] : [x, -x]) {
      cell(at.get(signed) ?? 0, expected);
      center += at.get(signed) ?? 0;
      rest -= expected;
    }
  }
  if (rest >= 8) cell(samples.length - center, rest);
  return { value, bound: cells - 1 + 7 * Math.sqrt(2 * (cells - 1)) };
}
