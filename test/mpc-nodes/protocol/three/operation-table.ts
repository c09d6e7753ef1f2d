/** Every operation of three parties that sends something, on one vector x: the smallest call that sends all of its messages. */
import type { Bits, Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";

/** Gives results of one kind. */
export type Operation = (mpc: Mpc, x: Vector) => Promise<readonly Vector[] | readonly Bits[]>;

export const operations: Record<string, Operation> = {
  multiply: async (mpc, x) => [await mpc.multiply(x, x)],
  multiplyTwice: async (mpc, x) => [await mpc.multiply(await mpc.multiply(x, x), x)],
  multiplyWide: async (mpc, x) => {
    const wide = mpc.constant(3n << 70n, x.length, 128);
    return [await mpc.multiply(wide, wide)];
  },
  dot: async (mpc, x) => [await mpc.dot([[x, x]])],
  innerProducts: async (mpc, x) => [await mpc.innerProducts([x, x], [x, x])],
  matrixProduct: async (mpc, x) => [
    await mpc.matrixProduct(x, mpc.constant(3n, 1, x.word), { rows: x.length, inner: 1, columns: 1 }),
  ],
  truncate: (mpc, x) => mpc.truncate([{ value: x, bits: 9 }]),
  widen: async (mpc, x) => [await mpc.widen(x)],
  open: async (_mpc, x) => [x],
  addends: async (mpc, x) => {
    const { generate, propagate } = await mpc.addends(x, 8);
    return [generate, propagate];
  },
  and: async (mpc, x) => [await mpc.and(mpc.randomBits(2, x.length), mpc.randomBits(2, x.length))],
  inject: (mpc, x) => mpc.inject(mpc.randomBits(1, x.length), 64),
  count: async (mpc, x) => [await mpc.count(mpc.randomBits(1, x.length), 64)],
  shuffle: (mpc, x) => mpc.shuffle(mpc.randomPermutation(x.length), [x]),
  unshuffle: (mpc, x) => mpc.unshuffle(mpc.randomPermutation(x.length), [x]),
  shuffleBits: (mpc, x) => mpc.shuffleBits(mpc.randomPermutation(x.length), [mpc.randomBits(2, x.length)]),
};

/** Opens results in one round, after what has to be verified. */
export async function openResults(mpc: Mpc, results: readonly Vector[] | readonly Bits[]): Promise<string> {
  const [first] = results;
  const words =
    first?.kind === "vector"
      ? await mpc.open(results as readonly Vector[])
      : await mpc.openBits(results as readonly Bits[]);
  return words.map((column) => [...column].join(" ")).join("; ");
}
