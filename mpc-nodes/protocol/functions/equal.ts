/** Equality without carries, and so without an adder. */
import { ProtocolError } from "../errors.ts";
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { requirePlaneCount } from "../operands.ts";
import { andTree } from "./and-tree.ts";
import { toBits } from "./bits-of.ts";

/**
 * 1 where the low `planes` bits of x are zero; all of them by default. Rounds: 2 + ⌈log2(planes)⌉.
 *
 * With x = a + b, p = a xor b and g = a and b, the sum is zero iff every carry equals p: p_0 = 0, and then
 * c_{j+1} = g_j or p_j c_j = g_j or p_j, so p_{j+1} = g_j xor p_j for every j (g and p are never both 1).
 */
export function isZero(mpc: Mpc, x: Vector, planes: number = x.word): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const { generate, propagate } = await scope.addends(x, planes);
    const low = Array.from({ length: planes - 1 }, (_, index) => index);
    const high = low.map((index) => index + 1);
    const first = scope.planes(propagate, [0]);
    const wrong =
      planes === 1
        ? first
        : scope.stack([
            first,
            scope.xor(
              scope.planes(propagate, high),
              scope.xor(scope.planes(generate, low), scope.planes(propagate, low)),
            ),
          ]);
    return andTree(scope, scope.xorPublic(wrong, (1n << BigInt(planes)) - 1n));
  });
}

/** 1 where x = y. Rounds: as `isZero`. */
export function equal(mpc: Mpc, x: Vector, y: Vector): Promise<Bits> {
  return mpc.scope(async (scope) => isZero(scope, scope.subtract(x, y)));
}

/**
 * One plane for each public value: 1 where x equals it. One decomposition serves all. Only the low `planes` bits of x are
 * compared: elements outside [0, 2^planes) match the value that they are congruent to, and are the caller's to exclude.
 * @throws ProtocolError InvalidOperand for a value outside [0, 2^planes), which those bits cannot tell from another
 */
export function equalToEach(mpc: Mpc, x: Vector, values: readonly bigint[], planes: number): Promise<Bits> {
  return mpc.scope(async (scope) => {
    requirePlaneCount(planes, 1, x.word);
    const ones = (1n << BigInt(planes)) - 1n;
    for (const value of values) if (value < 0n || value > ones) throw outside(value, planes);
    const bits = await toBits(scope, x, planes);
    const matches = await scope.parallel(
      values.map((value) => async (task: Mpc) => andTree(task, task.xorPublic(bits, ones ^ value))),
    );
    return scope.stack(matches);
  });
}

function outside(value: bigint, planes: number): ProtocolError {
  return new ProtocolError("InvalidOperand", `${value} is not within the ${planes} bits that are compared`);
}
