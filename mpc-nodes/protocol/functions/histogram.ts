import type { Mpc, Vector } from "../mpc.ts";
import { equalToEach } from "./equal.ts";

/**
 * How many rows have each of the values 0 to bins − 1: a vector of `bins` elements. Values outside are counted nowhere.
 * @param planes the column is in [0, 2^planes)
 */
export function histogram(mpc: Mpc, column: Vector, bins: number, planes: number): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const values = Array.from({ length: bins }, (_, value) => BigInt(value));
    return scope.count(await equalToEach(scope, column, values, planes), column.word);
  });
}
