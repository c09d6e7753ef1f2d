/**
 * Where noised values may go. A value is *raw* if it hangs on rows without noise, *noised* if it hangs on them through noised values alone, else public.
 * What is noised stays so: it may be computed with public and noised values only, by what the analysis of noise knows. Divisions, roots and
 * the like of noised values are the reader's (`finish`): nothing is hidden there any more.
 */
import { at } from "../check.ts";
import { ProgramError } from "../errors.ts";
import { operandsOf } from "../operands.ts";
import type { FlatProgram, Instruction, Program } from "../program.ts";

export type NoiseState = "public" | "raw" | "noised";
export type NoiseInstruction = Extract<Instruction, { op: "laplace" | "gaussian" }>;

/** Each has a distribution of its own, which takes milliseconds to work out. */
const MAX_NOISE_INSTRUCTIONS = 32;
/** What reads nothing and is no secret; whatever else begins a program is one. */
const PUBLIC = new Set<string>(["parameter", "constant", "rows"]);
const AFTER_NOISE = new Set<string>(["add", "subtract", "multiply", "truncate", "smaller", "larger", "noised"]);

export function isNoise(instruction: Program["instructions"][number]): instruction is NoiseInstruction {
  return instruction.op === "laplace" || instruction.op === "gaussian";
}

/**
 * Check: the unit is declared if and only if noise is added, outside of loops, no group is protected, and noised and raw values do not meet.
 *
 * @param flat the program without its loops, and which of its instructions each of these is
 */
export function checkNoise(program: Program, flat: FlatProgram, origins: readonly number[]): void {
  const first = program.instructions.findIndex(isNoise);
  const adding = program.instructions[first];
  if (adding === undefined || !isNoise(adding)) {
    if (program.privacy === undefined) return;
    throw new ProgramError("UnusedPrivacyUnit", "the program declares a privacy unit, and adds no noise");
  }
  const where = at(first, adding);
  const count = program.instructions.filter(isNoise).length;
  if (count > MAX_NOISE_INSTRUCTIONS) {
    const message = `${count} instructions add noise; ${MAX_NOISE_INSTRUCTIONS} may: add it to several scalars at once`;
    throw new ProgramError("TooMuchNoise", message);
  }
  if (program.privacy === undefined) {
    const message = "the program does not declare `privacy`: whether noise hides a row or a seller";
    throw new ProgramError("MissingPrivacyUnit", where + message, first);
  }
  if (program.protection !== undefined) {
    const message =
      "whether each protected group is opened is told exactly, so noise beside it would promise what it does not keep";
    throw new ProgramError("NoiseInGroups", where + message, first);
  }
  for (const { from, to } of program.loops ?? []) {
    const repeated = program.instructions.slice(from, to).find(isNoise);
    if (repeated === undefined) continue;
    const index = program.instructions.indexOf(repeated);
    const message = "it stands in a loop, where nobody sees how much noise that is; add it to what the loop comes to";
    throw new ProgramError("NoiseInLoop", at(index, repeated) + message, index);
  }
  noiseStatesOf(flat, origins);
}

/**
 * By value.
 *
 * @param origins by instruction: as what it is named in an error
 * @throws ProgramError NoisedOperand
 */
export function noiseStatesOf(
  { instructions }: Pick<FlatProgram, "instructions">,
  origins?: readonly number[],
): NoiseState[] {
  const states: NoiseState[] = [];
  const named = (index: number) => origins?.[index] ?? index;
  instructions.forEach((instruction, index) => {
    const operands = operandsOf(instruction);
    const noised = operands.find((operand) => states[operand] === "noised");
    const raw = operands.find((operand) => states[operand] === "raw");
    if (noised !== undefined && (raw !== undefined || !AFTER_NOISE.has(instruction.op))) {
      const message =
        raw === undefined
          ? `value ${named(noised)} is noised: open it, and let the reader do this (\`finish\`)`
          : `value ${named(noised)} is noised and value ${named(raw)} is not: opened together they would tell more than the noise allows`;
      throw new ProgramError("NoisedOperand", at(named(index), instruction) + message, named(index));
    }
    if (isNoise(instruction) || noised !== undefined) states.push("noised");
    else states.push(raw !== undefined || (operands.length === 0 && !PUBLIC.has(instruction.op)) ? "raw" : "public");
  });
  return states;
}
