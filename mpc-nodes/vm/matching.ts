/** Matches of two tables' rows. Keys are compared by the bits that the range analysis leaves open, of both sides together. */
import type { Instruction } from "@sharebridge/algorithms/language/program.ts";
import { lookUp, type Matching, match } from "../protocol/functions/match.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { keyBits, keyRange } from "./ordering.ts";
import type { Values } from "./values.ts";

export async function matchBy(
  mpc: Mpc,
  values: Values,
  { left, right, once }: Extract<Instruction, { op: "match" }>,
): Promise<Matching> {
  return mpc.scope(async (scope) => {
    const ranges = left.map((key, position) =>
      keyRange([key, right[position]].map((each) => values.task.values[each].words)),
    );
    const sides = await scope.parallel(
      [left, right].map((keys) => async (task: Mpc) => {
        const parts = await task.parallel(
          keys.map((key, position) => (part: Mpc) => keyBits(part, values.rowsOf(key), ranges[position])),
        );
        return task.stack(parts);
      }),
    );
    return match(scope, sides[0], sides[1], { once });
  });
}

export async function lookedUp(mpc: Mpc, matching: Matching, column: Vector | Bits): Promise<Vector | Bits> {
  const isVector = column.kind === "vector";
  const { vectors, bits } = await lookUp(mpc, matching, {
    vectors: isVector ? [column] : [],
    bits: isVector ? [] : [column],
  });
  return isVector ? vectors[0]! : bits[0]!;
}
