/**
 * How many bits a comparison has to look at. The range analysis knows what its numbers may be, so categories are compared by a few
 * bits and not by 64. All nodes get the same figures: they follow from the program alone.
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { differenceOf } from "@sharebridge/algorithms/language/decisions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

const WORD_BITS = 64;

/** What an instruction looks at. */
export interface Comparison {
  /** Low bits of the difference; or, of a column that is sorted, of what exceeds its least possible word. */
  readonly planes: number;
  /** The least word that the first operand may be. */
  readonly least: bigint;
}

/** By instruction; undefined for those that compare nothing. Throws what `analyse` throws. */
export function comparisonsOf(program: Program): (Comparison | undefined)[] {
  const { values } = analyse(program);
  return program.instructions.map((instruction) => {
    const difference = differenceOf(instruction, values);
    if (difference === undefined || !("a" in instruction)) return undefined;
    const { minimum, maximum } = difference;
    const bySign = instruction.op !== "equal" && instruction.op !== "quantile";
    const planes = bySign ? signPlanes(minimum, maximum) : sizePlanes(minimum, maximum);
    return { planes, least: values[instruction.a].words.minimum };
  });
}

/** Enough that every size is below 2^planes: only 0 has all these bits 0. One at least. */
function sizePlanes(minimum: bigint, maximum: bigint): number {
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
