/** What an answer of a program costs in differential privacy, from the program alone: the same integers at every node. */
import type { Program } from "./program.ts";

/** The program is (ε, δ)-differentially private for neighbours of this unit. */
export interface PrivacyCost {
  /** ε in millionths, rounded up. */
  readonly epsilonMillionths: bigint;
  /** δ in units of 10^-18, rounded up. */
  readonly deltaE18: bigint;
  /** Neighbouring pools differ in the values of one row, or of all rows of one seller. */
  readonly unit: "row" | "seller";
}

/** The cost of one answer; null for a program that opens something exactly, and none adds noise yet. */
export function privacyCostOf(_program: Program): PrivacyCost | null {
  return null;
}
