/**
 * Bounds of what is decided by comparing: bits, choices, extremes.
 *
 * **A decision is exact or refused.** A comparison of inexact numbers can fall on the other side than the raw numbers would, and
 * then every count, choice and filter that hangs on it is off by whole rows: no useful bound is left. So `less` and `equal` take
 * exact operands only, and a program that decides on a measured column says so with `encoded`: its figures are about the values
 * rounded to 2^-f, and the disclosure statement says it too. Extremes do not need this: the smaller of two numbers that are each off
 * by at most e is off by at most e. Orders and matches decide too: their keys are exact, of any range.
 *
 * **Domain.** Nodes read a comparison off the top bit of a difference (`topBit`), for which |a - b| < 2^62 must be proven. Equality is
 * read off all bits of the difference and holds for any words. How many bits the difference has is known, and is all that is paid for.
 */
import { at } from "./check.ts";
import { ProgramError } from "./errors.ts";
import { type Interval, larger, magnitude, smaller, subtract } from "./interval.ts";
import { operandsOf } from "./operands.ts";
import type { Instruction } from "./program.ts";

const COMPARE_LIMIT = 1n << 62n;

interface Bounds {
  readonly words: Interval;
  readonly real: Interval;
  readonly error: bigint;
}

/** Check: a comparison's operands are exact, and their difference is in the domain of the nodes' comparison. */
export function checkDecision(instruction: Instruction, index: number, before: readonly Bounds[]): void {
  const where = at(index, instruction);
  if (instruction.op === "less" || instruction.op === "equal") {
    const inexact = [instruction.a, instruction.b].find((operand) => before[operand].error !== 0n);
    if (inexact !== undefined) {
      const message = `value ${inexact} is inexact, so the decision could differ from that on the raw data; compare \`encoded\` columns, before any truncation`;
      throw new ProgramError("InexactDecision", where + message, index);
    }
  }
  if (instruction.op === "match") {
    const inexact = operandsOf(instruction).find((key) => before[key].error !== 0n);
    if (inexact !== undefined) {
      const message = `value ${inexact} is inexact, so rows could have other partners than in the raw data; match \`encoded\` columns, before any truncation`;
      throw new ProgramError("InexactDecision", where + message, index);
    }
  }
  if (instruction.op === "order") {
    const inexact = instruction.keys.find(({ value }) => before[value].error !== 0n);
    if (inexact !== undefined) {
      const message = `value ${inexact.value} is inexact, so rows could stand in another order than the raw data's; sort by \`encoded\` columns, before any truncation`;
      throw new ProgramError("InexactDecision", where + message, index);
    }
  }
  const difference = instruction.op === "equal" ? undefined : differenceOf(instruction, before);
  if (difference !== undefined && magnitude(difference) >= COMPARE_LIMIT) {
    const message = `the numbers may be ${magnitude(difference)} apart, which must be below 2^62; use fewer fraction bits or narrower ranges`;
    throw new ProgramError("CompareOutOfRange", where + message, index);
  }
}

/** What the difference that a comparison decides by may be, as a word before it is reduced; undefined for other operations. */
export function differenceOf(
  instruction: Instruction,
  values: readonly { readonly words: Interval }[],
): Interval | undefined {
  switch (instruction.op) {
    case "less":
    case "equal":
    case "smaller":
    case "larger":
      return subtract(values[instruction.a].words, values[instruction.b].words);
    case "minimum":
    case "maximum":
      return subtract(values[instruction.a].words, values[instruction.a].words);
    default:
      return undefined;
  }
}

/** Either of two values. */
export function eitherOf(a: Bounds, b: Bounds): Bounds {
  return over(a, b, (x, y) => ({ minimum: smaller(x.minimum, y.minimum), maximum: larger(x.maximum, y.maximum) }));
}

export function smallerOf(a: Bounds, b: Bounds): Bounds {
  return over(a, b, (x, y) => ({ minimum: smaller(x.minimum, y.minimum), maximum: smaller(x.maximum, y.maximum) }));
}

export function largerOf(a: Bounds, b: Bounds): Bounds {
  return over(a, b, (x, y) => ({ minimum: larger(x.minimum, y.minimum), maximum: larger(x.maximum, y.maximum) }));
}

function over(a: Bounds, b: Bounds, combine: (x: Interval, y: Interval) => Interval): Bounds {
  return { words: combine(a.words, b.words), real: combine(a.real, b.real), error: larger(a.error, b.error) };
}
