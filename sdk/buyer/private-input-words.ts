import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { encodePrivateInputTexts } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { SdkError } from "../errors/sdk-error.ts";

/** Words of private inputs given as decimal text. The error names the input, never its value. @throws SdkError InvalidPrivateInputs */
export function privateInputWords(
  program: Pick<Program, "privateInputs">,
  texts: Readonly<Record<string, string>>,
): bigint[] {
  try {
    return encodePrivateInputTexts(program, texts);
  } catch (error) {
    if (!(error instanceof ProgramError || error instanceof ValueError)) throw error;
    throw new SdkError("InvalidPrivateInputs", `The private inputs do not suit the program: ${error.message}.`, {
      cause: error,
    });
  }
}
