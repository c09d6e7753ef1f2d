/**
 * How many bits of a difference a comparison has to look at. The range analysis knows what the difference may be, so categories are
 * compared by a few bits and not by 64. All nodes get the same numbers: they follow from the program alone.
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { differenceOf } from "@sharebridge/algorithms/language/decisions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

const WORD_BITS = 64;

/** By instruction: the planes that it compares; undefined for those that compare nothing. Throws what `analyse` throws. */
export function comparedPlanes(program: Program): (number | undefined)[] {
  const { program: flat, values } = analyse(program);
  return flat.instructions.map((instruction) => {
    const difference = differenceOf(instruction, values);
    if (difference === undefined) return undefined;
    const { minimum, maximum } = difference;
    return instruction.op === "equal" ? zeroPlanes(minimum, maximum) : signPlanes(minimum, maximum);
  });
}

/** Enough that only 0 has all of them 0: every difference is below 2^planes. */
function zeroPlanes(minimum: bigint, maximum: bigint): number {
  let planes = 1;
  while (planes < WORD_BITS && (-minimum >> BigInt(planes) > 0n || maximum >> BigInt(planes) > 0n)) planes++;
  return planes;
}

/** Enough that the top one is the sign: every difference is in [−2^(planes − 1), 2^(planes − 1)). Two at least (`topBit`). */
function signPlanes(minimum: bigint, maximum: bigint): number {
  let planes = 2;
  while (minimum < -(1n << BigInt(planes - 1)) || maximum >= 1n << BigInt(planes - 1)) planes++;
  return planes;
}
