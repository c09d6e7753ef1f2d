/**
 * Pearson's chi-square statistic of byte frequencies against uniform, and the bound below which bytes pass: 255 degrees of
 * freedom, mean 255, standard deviation √510; seven of them above the mean.
 */
export const CHI_SQUARE_BOUND = 255 + 7 * Math.sqrt(510);

export function byteChiSquare(bytes: Uint8Array): number {
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte] = counts[byte]! + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
