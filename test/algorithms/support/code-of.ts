import { ProgramError, type ProgramErrorCode } from "@sharebridge/algorithms/language/errors.ts";

/** By which code the language refuses something; "none" if it does not. Other errors are thrown on. */
export function codeOf(work: () => unknown): ProgramErrorCode | "none" {
  try {
    work();
  } catch (error) {
    if (error instanceof ProgramError) return error.code;
    throw error;
  }
  return "none";
}
