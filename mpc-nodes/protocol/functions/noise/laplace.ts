/**
 * Noise that no party knows, of the discrete Laplace distribution: P(x) ∝ e^(−|x|/t) for every integer x. It is the difference of two
 * geometric numbers, P(k) ∝ e^(−k/t), whose bits are independent: bit i is 1 with probability 1/(1 + e^(2^i/t)) (Dwork, Kenthapadi,
 * McSherry, Mironov, Naor, "Our Data, Ourselves", EUROCRYPT 2006). No rejection, and nothing is opened.
 */
import { COIN_BITS, coinsOf, type LaplaceOptions } from "@sharebridge/algorithms/language/noise/laplace-coins.ts";
import type { Mpc, Vector } from "../../mpc.ts";
import { decide, range } from "./decide.ts";
import { inRange } from "./in-range.ts";

/**
 * Integers of Z_2^64, independent, |x| < 2^47. Eight rounds: six compare, two make numbers of bits. Per element 2·n coins of 120 ANDs
 * and an `inject`, where n is the least with 2^n ≥ 44.4·t.
 * @throws ProtocolError InvalidOperand for a scale outside of its range
 */
export async function discreteLaplace(mpc: Mpc, length: number, { scale }: LaplaceOptions): Promise<Vector> {
  const { thresholds } = inRange(() => coinsOf(scale));
  const signed = [...thresholds, ...thresholds];
  return mpc.scope(async (scope) => {
    // All coins as rows of one column: those of bit 0 for every element, then bit 1, and all again for the number that is taken off.
    const rows = signed.length * length;
    const drawn = scope.requestBits(COIN_BITS, rows);
    const words = new BigUint64Array(rows);
    for (const [coin, threshold] of signed.entries()) words.fill(threshold, coin * length, (coin + 1) * length);
    const compared = scope.publicBits(words, COIN_BITS);
    const ones = (1n << BigInt(COIN_BITS)) - 1n;
    // Below, at the highest bit where they differ, is where the drawn bit is 0; at the lowest bit the threshold's is 1.
    const below = scope.xorPublic(drawn, ones);
    const same = scope.xorPublic(scope.xor(drawn, compared), ones);
    scope.release(drawn, compared);
    const planesOf = (bits: typeof below) => range(0, COIN_BITS).map((plane) => scope.planes(bits, [plane]));
    const coins = await decide(scope, { values: planesOf(below), ties: planesOf(same) });
    const [numbers] = await scope.inject(coins, 64);
    let sum = scope.constant(0n, length, 64);
    for (const coin of signed.keys()) {
      const bit = coin % thresholds.length;
      const weight = coin < thresholds.length ? 1n << BigInt(bit) : -(1n << BigInt(bit));
      const part = scope.slice(numbers!, coin * length, (coin + 1) * length);
      sum = scope.add(sum, scope.multiplyPublic(part, weight));
    }
    return sum;
  });
}
