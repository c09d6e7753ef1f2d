/** Digits of secret keys: which value a digit has, and where a stable counting sort by it puts each row. */
import type { Bits, Mpc, Vector, WordBits } from "../mpc.ts";

/** Positions are counted in this ring: they and their sums of products stay below the number of rows. */
const POSITION_WORD: WordBits = 64;

/**
 * Plane k − 1 is 1 where the digit is k, for k = 1 to 2^planes − 1. The first plane is the digit 1's own; each further one doubles
 * what is there: planes − 1 rounds, 2^planes − 1 − planes ANDs a row.
 */
export async function oneHot(mpc: Mpc, digit: Bits): Promise<Bits> {
  return mpc.scope(async (scope) => {
    let hot = scope.planes(digit, [0]);
    for (let plane = 1; plane < digit.planes; plane++) {
      const bit = scope.planes(digit, [plane]);
      const upper = await scope.andEach(hot, bit);
      const lower = scope.xor(hot, upper);
      // The one case not among the planes is "all lower bits are 0": the bit itself, less the other cases.
      let onlyUpper = bit;
      for (let k = 0; k < upper.planes; k++) onlyUpper = scope.xor(onlyUpper, scope.planes(upper, [k]));
      hot = scope.stack([lower, onlyUpper, upper]);
    }
    return hot;
  });
}

/**
 * Where each row goes when rows are sorted by a digit, equal ones in their old order (ePrint 2019/695, §4.1, for digits of more than
 * one bit): with the indicators of digits 0, 1, … one after another, row i of digit k goes to the number of ones up to its own, less
 * one. Row by row that is an inner product of indicators and prefix sums.
 * @param hot of `oneHot`; at least one row
 */
export async function destinations(mpc: Mpc, hot: Bits): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const others = await scope.inject(hot, POSITION_WORD);
    let zero = scope.constant(1n, hot.length, POSITION_WORD);
    for (const other of others) zero = scope.subtract(zero, other);
    const indicators = [zero, ...others];
    const places: Vector[] = [];
    let before = scope.constant(0n, 1, POSITION_WORD);
    for (const indicator of indicators) {
      const ones = scope.prefixSum(indicator);
      places.push(scope.add(ones, scope.broadcast(before, hot.length)));
      before = scope.add(before, scope.slice(ones, hot.length - 1, hot.length));
    }
    return scope.addPublic(await scope.innerProducts(indicators, places), -1n);
  });
}
