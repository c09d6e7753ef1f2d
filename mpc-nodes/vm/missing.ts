/** Optional columns: what is stored where a value is missing is multiplied by 0, and so decides nothing. */
import { presenceIn, type Substituted } from "@sharebridge/algorithms/language/missing.ts";
import { inputName } from "@sharebridge/algorithms/language/tables.ts";
import { toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import type { Values } from "./values.ts";

/** word + presence · (stored − word) */
export async function withSubstitute(
  mpc: Mpc,
  values: Values,
  instruction: Substituted,
  rows: number,
): Promise<Vector> {
  const substitute = BigInt(instruction.word);
  const presence = values.input(presenceIn(values.task.program, instruction), rows);
  const above = mpc.addPublic(values.input(inputName(instruction), rows), toUnsigned(-substitute));
  return mpc.addPublic(await mpc.multiply(presence, above), toUnsigned(substitute));
}
