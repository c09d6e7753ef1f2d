import type { Bits, Mpc } from "../mpc.ts";

/** The and of all planes, at least one: a plane. planes − 1 ANDs in ⌈log2(planes)⌉ rounds. */
export function andTree(mpc: Mpc, bits: Bits): Promise<Bits> {
  return mpc.scope(async (scope) => {
    let left = bits;
    while (left.planes > 1) {
      const pairs = left.planes >> 1;
      const [low, high] = [range(0, pairs), range(pairs, 2 * pairs)];
      const joined = await scope.and(scope.planes(left, low), scope.planes(left, high));
      const rest = range(2 * pairs, left.planes);
      left = rest.length === 0 ? joined : scope.stack([joined, scope.planes(left, rest)]);
    }
    return left;
  });
}

/** The or of all planes: not the and of their complements. */
export async function orTree(mpc: Mpc, bits: Bits): Promise<Bits> {
  return mpc.scope(async (scope) => not(scope, await andTree(scope, not(scope, bits))));
}

/** Every bit inverted, without a message. */
export function not(mpc: Mpc, bits: Bits): Bits {
  return mpc.xorPublic(bits, (1n << BigInt(bits.planes)) - 1n);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
