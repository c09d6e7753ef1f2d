/** Public parameters of a request: one word each, in the order that the program declares, within the declared range. */
import { ProgramError, ValueError } from "./errors.ts";
import type { Parameter, Program } from "./program.ts";
import { decodeWord, encodeDecimal } from "./words.ts";

/**
 * Check: as many words as the program has parameters, each in its range. Nodes call it on what a buyer put on chain:
 * the range analysis holds for these ranges only.
 */
export function checkParameters(program: Pick<Program, "parameters">, words: readonly bigint[]): void {
  if (words.length !== program.parameters.length) {
    const message = `${words.length} parameters were given; the program takes ${program.parameters.length}`;
    throw new ProgramError("WrongParameterCount", message);
  }
  program.parameters.forEach((parameter, index) => {
    if (words[index] >= BigInt(parameter.minimum) && words[index] <= BigInt(parameter.maximum)) return;
    const minimum = decodeWord(BigInt(parameter.minimum), parameter.fractionBits);
    const maximum = decodeWord(BigInt(parameter.maximum), parameter.fractionBits);
    const given = decodeWord(words[index], parameter.fractionBits);
    throw new ProgramError(
      "ParameterOutOfRange",
      `parameter ${parameter.name}: ${given} is not in ${minimum} to ${maximum}`,
    );
  });
}

/**
 * Words of parameters given by name as decimal text, e.g. `{ weight: "0.25" }`; every parameter must be there and no
 * other. Rounds to the nearest word: the computation is about the rounded value.
 */
export function encodeParameterTexts(
  program: Pick<Program, "parameters">,
  texts: Readonly<Record<string, string>>,
): bigint[] {
  const names = program.parameters.map(({ name }) => name);
  const unknown = Object.keys(texts).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
    throw new ProgramError("UndeclaredParameter", `the program has no parameter ${unknown}; ${known}`);
  }
  const words = program.parameters.map((parameter) => encodeParameter(parameter, texts));
  checkParameters(program, words);
  return words;
}

function encodeParameter({ name, fractionBits }: Parameter, texts: Readonly<Record<string, string>>): bigint {
  if (!Object.hasOwn(texts, name)) throw new ProgramError("WrongParameterCount", `parameter ${name} is missing`);
  try {
    return encodeDecimal(texts[name], fractionBits);
  } catch (error) {
    if (error instanceof ValueError) throw new ValueError(error.code, `parameter ${name}: ${error.message}`);
    throw error;
  }
}
