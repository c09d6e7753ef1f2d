/**
 * Comparison by a carry tree that halves its width at each level: of the 64-bit difference only the top bit is wanted, so
 * groups of bits are joined in pairs until one carry is left (the carry operator of Brent and Kung, 1982). About 120 ANDs for 64
 * bits; a parallel-prefix adder, which makes all carries, takes twice that, and word-wide ones four times.
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";

/**
 * Bit `planes` − 1 of x, by default the sign. Rounds: 2 + ⌈log2(planes − from − 1)⌉; 8 for 64 bits.
 * @param planes at least from + 2
 * @param from what the bits below would carry is left out: the bit is that of x, or of x − 2^from
 */
export function topBit(mpc: Mpc, x: Vector, planes: number = x.word, from = 0): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const { generate, propagate } = await scope.addends(x, planes);
    const below = range(from, planes - 1);
    const carry = await carryOut(scope, scope.planes(generate, below), scope.planes(propagate, below));
    return scope.xor(scope.planes(propagate, [planes - 1]), carry);
  });
}

/** The carry out of all bits of a sum: (g, p) ∘ (g', p') = (g xor p g', p p') from the low to the high bits. */
async function carryOut(mpc: Mpc, generate: Bits, propagate: Bits): Promise<Bits> {
  let g = generate;
  // p of the lowest group is never needed, because nothing is carried into it: plane k of `p` is that of group k + 1.
  let p = generate.planes === 1 ? propagate : mpc.planes(propagate, range(1, propagate.planes));
  while (g.planes > 1) {
    const pairs = g.planes >> 1;
    const lower = range(0, pairs).map((pair) => 2 * pair);
    const upper = lower.map((group) => group + 1);
    const through = mpc.planes(
      p,
      upper.map((group) => group - 1),
    );
    // The first pair makes a carry; the others a carry and whether they pass one on.
    const carried = [mpc.planes(g, lower)];
    const factors = [through];
    if (pairs > 1) {
      carried.push(
        mpc.planes(
          p,
          lower.slice(1).map((group) => group - 1),
        ),
      );
      factors.push(mpc.planes(through, range(1, pairs)));
    }
    const both = await mpc.and(mpc.stack(factors), mpc.stack(carried));
    const joinedG = mpc.xor(mpc.planes(g, upper), mpc.planes(both, range(0, pairs)));
    const joinedP = range(pairs, both.planes);
    const odd = g.planes % 2 === 1;
    const nextG = odd ? mpc.stack([joinedG, mpc.planes(g, [g.planes - 1])]) : joinedG;
    const parts = [
      ...(joinedP.length > 0 ? [mpc.planes(both, joinedP)] : []),
      ...(odd ? [mpc.planes(p, [p.planes - 1])] : []),
    ];
    g = nextG;
    if (parts.length > 0) p = mpc.stack(parts);
  }
  return g;
}

/** 1 where x < 0. */
export function isNegative(mpc: Mpc, x: Vector): Promise<Bits> {
  return topBit(mpc, x);
}

/** 1 where x < y, as signed numbers whose difference is one too: both within [−2^(word−2), 2^(word−2)), say. */
export function lessThan(mpc: Mpc, x: Vector, y: Vector): Promise<Bits> {
  return mpc.scope(async (scope) => topBit(scope, scope.subtract(x, y)));
}

/** 1 where x < value, for a public value. */
export function lessThanPublic(mpc: Mpc, x: Vector, value: bigint): Promise<Bits> {
  return mpc.scope(async (scope) => topBit(scope, scope.addPublic(x, -value)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
