/** A secret number of a few bits against every threshold at once: what makes a comparison with a public number a look-up. */
import type { Bits, Mpc } from "../mpc.ts";

/**
 * Plane j, of 2^planes: whether the number of these bits, lowest first, is at least j. Below 2^planes + 4·√(2^planes) ANDs, in
 * ⌈log2(planes)⌉ rounds.
 */
export function thermometer(mpc: Mpc, bits: Bits): Promise<Bits> {
  return mpc.scope(async (s) => {
    if (bits.planes === 1) return s.stack([s.constantBits(1n, 1, bits.length), bits]);
    const half = bits.planes >> 1;
    const [low, high] = (await s.parallel([
      (task) => thermometer(task, task.planes(bits, range(0, half))),
      (task) => thermometer(task, task.planes(bits, range(half, bits.planes))),
    ])) as [Bits, Bits];
    // hi·n + lo ≥ jHi·n + jLo iff hi ≥ jHi + 1, or hi = jHi and lo ≥ jLo; never both.
    const above = s.stack([s.planes(high, range(1, high.planes)), s.constantBits(0n, 1, bits.length)]);
    const same = s.xor(high, above);
    const inner = low.planes - 1;
    const pairs = range(0, high.planes * inner);
    const upper = pairs.map((pair) => Math.floor(pair / inner));
    const lower = pairs.map((pair) => 1 + (pair % inner));
    const reached = await s.and(s.planes(same, upper), s.planes(low, lower));
    const all = s.stack([high, s.xor(s.planes(above, upper), reached)]);
    const order = range(0, high.planes * low.planes).map((j) => {
      const [jHigh, jLow] = [Math.floor(j / low.planes), j % low.planes];
      return jLow === 0 ? jHigh : high.planes + jHigh * inner + jLow - 1;
    });
    return s.planes(all, order);
  });
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
