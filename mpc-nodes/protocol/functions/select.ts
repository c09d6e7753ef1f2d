/** Choosing by a secret bit. */
import type { Bits, Mpc, Vector } from "../mpc.ts";

/** a where the condition is 1, else b: b + c·(a − b). Three rounds. */
export function select(mpc: Mpc, condition: Bits, a: Vector, b: Vector): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const [chosen] = await scope.inject(condition, a.word);
    return selectBy(scope, chosen!, a, b);
  });
}

/** The same with the condition as 0 or 1 in the ring. One round. */
export function selectBy(mpc: Mpc, condition: Vector, a: Vector, b: Vector): Promise<Vector> {
  return mpc.scope(async (scope) => scope.add(b, await scope.multiply(condition, scope.subtract(a, b))));
}

/** Bits of a where the condition is 1, else of b. One round. */
export function selectBits(mpc: Mpc, condition: Bits, a: Bits, b: Bits): Promise<Bits> {
  return mpc.scope(async (scope) => scope.xor(b, await scope.andEach(scope.xor(a, b), condition)));
}
