/**
 * What an answer of a program costs in differential privacy, from the program alone: the same integers at every node. Costs of a program's
 * noise add up (Dwork, Kenthapadi, McSherry, Mironov, Naor, EUROCRYPT 2006), and so do those of answers.
 */
import { analyse } from "./analysis.ts";
import { DELTA_UNITS } from "./noise/mechanism.ts";
import { noiseStatesOf } from "./noise/states.ts";
import type { Program } from "./program.ts";

/** The program is (ε, δ)-differentially private for neighbours of this unit. */
export interface PrivacyCost {
  /** ε in millionths. */
  readonly epsilonMillionths: bigint;
  /** δ in units of 10^-18, rounded up; 10^18 at most, which says nothing any more. */
  readonly deltaE18: bigint;
  /** Neighbouring pools have the same rows but for the values of one row, or of all rows of one seller. */
  readonly unit: "row" | "seller";
}

/**
 * The cost of one answer; null for a program that opens something exactly.
 *
 * @throws ProgramError as `analyse`
 */
export function privacyCostOf(program: Program): PrivacyCost | null {
  if (program.privacy === undefined) return null;
  const { program: flat, noise } = analyse(program);
  const states = noiseStatesOf(flat);
  if (flat.outputs.some(({ value }) => states[value] === "raw")) return null;
  let [epsilonMillionths, deltaE18] = [0n, 0n];
  for (const each of noise.values()) {
    epsilonMillionths += each.epsilonMillionths;
    deltaE18 += each.deltaE18;
  }
  return {
    epsilonMillionths,
    deltaE18: deltaE18 < DELTA_UNITS ? deltaE18 : DELTA_UNITS,
    unit: program.privacy.unit,
  };
}
