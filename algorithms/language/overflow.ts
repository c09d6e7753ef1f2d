/** What the analysis refuses: values that 64 bits may not hold. */
import { at } from "./check.ts";
import { ProgramError } from "./errors.ts";
import { GRID_BITS, type Interval, magnitude } from "./interval.ts";
import type { Instruction } from "./program.ts";
import { isWord } from "./words.ts";

/** `truncate` needs one bit of headroom: its operand lies in [-2^62, 2^62) (PROTOCOL.md 13). */
const TRUNCATE_LIMIT = 1n << 62n;
/** An exact value beyond 2^64 in real units has nothing to do with its 64-bit word any more. */
const REAL_LIMIT = 1n << (GRID_BITS + 64n);

interface Bounds {
  readonly words: Interval;
  readonly real: Interval;
}

/** Check: the value fits the ring, and the operand of a truncation its headroom. */
export function checkRange(instruction: Instruction, index: number, bounds: Bounds, before: readonly Bounds[]): void {
  const where = at(index, instruction);
  if (instruction.op === "truncate") {
    const { words } = before[instruction.a];
    if (words.minimum < -TRUNCATE_LIMIT || words.maximum >= TRUNCATE_LIMIT) {
      const message = `the operand may be ${describe(words)}, outside [-2^62, 2^62); use fewer fraction bits`;
      throw new ProgramError("TruncateOutOfRange", where + message, index);
    }
  }
  if (!isWord(bounds.words.minimum) || !isWord(bounds.words.maximum)) {
    const message = `the result may be ${describe(bounds.words)}, which 64 bits do not hold; use fewer fraction bits, narrower ranges or a smaller maximumRows`;
    throw new ProgramError("Overflow", where + message, index);
  }
  if (magnitude(bounds.real) > REAL_LIMIT) {
    const message = "encoding errors may outgrow the value itself; use more fraction bits";
    throw new ProgramError("ErrorOutOfRange", where + message, index);
  }
}

function describe(words: Interval): string {
  return `${words.minimum} to ${words.maximum}`;
}
