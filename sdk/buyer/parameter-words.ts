import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { SdkError } from "../errors/sdk-error.ts";

/** Words of parameters given as decimal text. @throws SdkError InvalidParameters */
export function parameterWords(
  program: Pick<Program, "parameters">,
  texts: Readonly<Record<string, string>>,
): bigint[] {
  try {
    return encodeParameterTexts(program, texts);
  } catch (error) {
    if (!(error instanceof ProgramError || error instanceof ValueError)) throw error;
    throw new SdkError("InvalidParameters", `The parameters do not suit the program: ${error.message}.`, {
      cause: error,
    });
  }
}
