/** The largest absolute value of a few numbers, for residuals: a tournament of comparisons, ⌈log2(length)⌉ + 1 of them one after another. */
import type { Mpc, Vector } from "../mpc.ts";
import { topBit } from "./compare.ts";
import { publicMinus } from "./fixed.ts";

/** 1 where x < 0, as an element of the word of x. 4 rounds and ⌈log2(word − 1)⌉. */
export async function isNegative(mpc: Mpc, x: Vector): Promise<Vector> {
  return mpc.scope(async (s) => (await s.inject(await topBit(s, x, x.word), x.word))[0]!);
}

/** One element: max |x_i|. Domain: |x| < 2^(word − 2). */
export function maximumMagnitude(mpc: Mpc, x: Vector): Promise<Vector> {
  return mpc.scope(async (s) => {
    let best = await s.multiply(x, publicMinus(s, 1n, s.multiplyPublic(await isNegative(s, x), 2n)));
    while (best.length > 1) {
      const half = best.length >> 1;
      const a = s.slice(best, 0, half);
      const b = s.slice(best, half, 2 * half);
      const rest = s.slice(best, 2 * half, best.length);
      const difference = s.subtract(b, a);
      // a + max(0, b − a)
      const rises = publicMinus(s, 1n, await isNegative(s, difference));
      const winners = s.add(a, await s.multiply(difference, rises));
      best = rest.length === 0 ? winners : s.concatenate([winners, rest]);
    }
    return best;
  });
}
