/** What a buyer gives a request by name, as decimal text. */
import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import { encodePrivateInputTexts } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { SdkError } from "../errors/sdk-error.ts";

type Texts = Readonly<Record<string, string>>;

/** Words of public parameters. @throws SdkError InvalidParameters */
export function parameterWords(program: Pick<Program, "parameters">, texts: Texts): bigint[] {
  return suiting("InvalidParameters", "parameters", () => encodeParameterTexts(program, texts));
}

/** Words of private inputs. The error names the input, never its value. @throws SdkError InvalidPrivateInputs */
export function privateInputWords(program: Pick<Program, "privateInputs">, texts: Texts): bigint[] {
  return suiting("InvalidPrivateInputs", "private inputs", () => encodePrivateInputTexts(program, texts));
}

function suiting(code: "InvalidParameters" | "InvalidPrivateInputs", what: string, encode: () => bigint[]): bigint[] {
  try {
    return encode();
  } catch (error) {
    if (!(error instanceof ProgramError || error instanceof ValueError)) throw error;
    throw new SdkError(code, `The ${what} do not suit the program: ${error.message}.`, { cause: error });
  }
}
