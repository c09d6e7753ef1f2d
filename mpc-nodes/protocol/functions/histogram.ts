import type { Mpc, Vector } from "../mpc.ts";
import { equalToEach } from "./equal.ts";

/**
 * How many rows have each of the values 0 to bins − 1: a vector of `bins` elements. Values from bins to 2^planes − 1 are counted
 * nowhere; those outside [0, 2^planes) count as what they are modulo 2^planes, and are the caller's to exclude.
 * @throws ProtocolError InvalidOperand for more than 2^planes bins, or none
 */
export function histogram(mpc: Mpc, column: Vector, bins: number, planes: number): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const values = Array.from({ length: bins }, (_, value) => BigInt(value));
    return scope.count(await equalToEach(scope, column, values, planes), column.word);
  });
}
