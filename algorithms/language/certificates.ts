/** Which outputs of a program say whether its linear systems were solved. */
import type { Program } from "./program.ts";

/** The outputs that say whether solves are certified, each with those solves. */
export function certificates(
  program: Pick<Program, "instructions" | "outputs">,
): { readonly output: number; readonly solves: readonly number[] }[] {
  return program.outputs.flatMap(({ value }, output) => {
    const instruction = program.instructions[value];
    return instruction?.op === "certified" ? [{ output, solves: instruction.solutions }] : [];
  });
}
