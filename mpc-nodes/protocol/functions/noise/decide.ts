import type { Bits, Mpc } from "../../mpc.ts";

/**
 * The value of the highest entry that is not tied, of the lowest when all others are: entries lowest first, each with the same planes.
 * That is how a number is compared with a public one, bit by bit or block by block. Entries join in pairs: ⌈log2(entries)⌉ rounds, below
 * 2·entries ANDs for each plane.
 * @param ties as `values`; that of the lowest entry means nothing
 */
export async function decide(mpc: Mpc, values: readonly Bits[], ties: readonly Bits[]): Promise<Bits> {
  return mpc.scope(async (scope) => {
    let [value, tie] = [[...values], [...ties]];
    const { planes } = values[0]!;
    while (value.length > 1) {
      const pairs = range(0, value.length >> 1);
      // The lowest of all is never asked whether it is tied.
      const tying = pairs.slice(1);
      const passed = await scope.and(
        scope.stack([...pairs, ...tying].map((pair) => tie[2 * pair + 1]!)),
        scope.stack([
          ...pairs.map((pair) => scope.xor(value[2 * pair]!, value[2 * pair + 1]!)),
          ...tying.map((pair) => tie[2 * pair]!),
        ]),
      );
      const part = (index: number): Bits => scope.planes(passed, range(index * planes, (index + 1) * planes));
      const odd = value.length % 2 === 1;
      const [lastValue, lastTie] = [value.at(-1)!, tie.at(-1)!];
      value = pairs.map((pair) => scope.xor(value[2 * pair + 1]!, part(pair)));
      tie = pairs.map((pair) => (pair === 0 ? tie[0]! : part(pairs.length + pair - 1)));
      if (odd) {
        value.push(lastValue);
        tie.push(lastTie);
      }
    }
    return value[0]!;
  });
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
