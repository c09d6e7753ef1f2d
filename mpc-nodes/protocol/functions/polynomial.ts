/**
 * Polynomials in one secret variable of small magnitude, in few rounds (Paterson, Stockmeyer 1973): powers up to `baby` by doubling,
 * then at most three groups of coefficients, whose sum of products is truncated once.
 */
import type { Mpc, Vector } from "../mpc.ts";
import { products } from "./fixed.ts";
import { sumOf } from "./normalize.ts";

/** Fraction bits of the variable, the coefficients and the result. */
export const POLYNOMIAL_BITS = 60;

/**
 * Σ_k coefficients[k]·u^k for |u| ≤ 1, where Σ |coefficients| < 8 and there are 2·baby + 2 to 3·baby + 1 of them; below 8·Σ|coefficients| units off.
 * @param baby a power of two
 * @returns the value with POLYNOMIAL_BITS fraction bits, in 3·log2(baby) + 6 rounds
 */
export async function polynomial(mpc: Mpc, u: Vector, coefficients: readonly bigint[], baby: 4 | 8): Promise<Vector> {
  const F = POLYNOMIAL_BITS;
  const powers = [u];
  while (powers.length < baby) {
    const top = powers.at(-1)!;
    powers.push(
      ...(await products(
        mpc,
        powers.map((power) => [top, power, F] as const),
      )),
    );
  }
  const low = powers.at(-1)!;
  const group = (from: number, to: number): Vector =>
    mpc.addPublic(
      sumOf(
        mpc,
        coefficients.slice(from + 1, to).map((c, k) => mpc.multiplyPublic(powers[k]!, c)),
      ),
      coefficients[from]! << BigInt(F),
    );
  const square = await mpc.multiply(low, low);
  const [high, middle, top] = (await mpc.truncate([
    { value: square, bits: F },
    { value: group(baby, 2 * baby), bits: F },
    { value: group(2 * baby, coefficients.length), bits: F },
  ])) as [Vector, Vector, Vector];
  const [a, b] = (await mpc.parallel([(task) => task.multiply(low, middle), (task) => task.multiply(high, top)])) as [
    Vector,
    Vector,
  ];
  const [result] = await mpc.truncate([{ value: sumOf(mpc, [group(0, baby), a, b]), bits: F }]);
  return result!;
}
