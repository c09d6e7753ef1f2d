/**
 * Products of fixed-point numbers in Z_2^128: multiply, then truncate back to the fraction bits. Words of 128 bits hold the product of two
 * 61-bit numbers with its headroom, so that the functions of this folder are exact to the last place of a 64-bit result.
 */
import type { Mpc, Vector } from "../mpc.ts";

/** a·b / 2^bits for each triple, all in the same three rounds; below one unit in the last place off. */
export async function products(
  mpc: Mpc,
  triples: readonly (readonly [a: Vector, b: Vector, bits: number])[],
): Promise<Vector[]> {
  const full = await mpc.parallel(
    triples.map(
      ([a, b]) =>
        (task: Mpc) =>
          task.multiply(a, b),
    ),
  );
  return mpc.truncate(triples.map(([, , bits], i) => ({ value: full[i]!, bits })));
}

/** c − x. */
export const publicMinus = (mpc: Mpc, c: bigint, x: Vector): Vector => mpc.addPublic(mpc.negate(x), c);
