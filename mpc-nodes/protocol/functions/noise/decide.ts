import type { Bits, Mpc } from "../../mpc.ts";

/** Entries, lowest first, each with the same planes. */
interface Entries {
  readonly values: readonly Bits[];
  /** That of the lowest entry means nothing. */
  readonly ties: readonly Bits[];
}

/**
 * The value of the highest entry that is not tied, of the lowest when all others are. That is how a number is compared with a public one,
 * bit by bit or block by block. Entries join in pairs: ⌈log2(entries)⌉ rounds, below 2·entries ANDs for each plane.
 */
export async function decide(mpc: Mpc, entries: Entries): Promise<Bits> {
  return mpc.scope(async (scope) => {
    let left = entries;
    while (left.values.length > 1) left = await joined(scope, left);
    return left.values[0]!;
  });
}

/** Neighbours as one entry; of an odd number the highest stays as it is. One round. */
async function joined(mpc: Mpc, { values, ties }: Entries): Promise<Entries> {
  return mpc.scope(async (scope) => {
    const { planes } = values[0]!;
    const pairs = range(0, values.length >> 1);
    // The lowest of all is never asked whether it is tied.
    const tying = pairs.slice(1);
    const passed = await scope.and(
      scope.stack([...pairs, ...tying].map((pair) => ties[2 * pair + 1]!)),
      scope.stack([
        ...pairs.map((pair) => scope.xor(values[2 * pair]!, values[2 * pair + 1]!)),
        ...tying.map((pair) => ties[2 * pair]!),
      ]),
    );
    const part = (index: number): Bits => scope.planes(passed, range(index * planes, (index + 1) * planes));
    const odd = values.length % 2 === 1;
    return {
      values: [...pairs.map((pair) => scope.xor(values[2 * pair + 1]!, part(pair))), ...(odd ? [values.at(-1)!] : [])],
      ties: [ties[0]!, ...tying.map((pair) => part(pairs.length + pair - 1)), ...(odd ? [ties.at(-1)!] : [])],
    };
  });
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
