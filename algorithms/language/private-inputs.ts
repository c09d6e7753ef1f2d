/**
 * The buyer's own numbers, which nobody else sees: shared among the nodes as a dataset is, one word each, in the order that the program
 * declares. Nothing outside the computation can tell whether a buyer keeps to the declared ranges, so nodes put every word into its range
 * before anything reads it: the range analysis holds for whatever was shared.
 */
import { ProgramError, ValueError } from "./errors.ts";
import type { PrivateInput, Program } from "./program.ts";
import { encodeDecimal, isWord, toSigned, toUnsigned } from "./words.ts";

/** Under which a run finds them among its inputs, one word each: a name that no column can have. */
export const PRIVATE_INPUTS = "private inputs";

/** Ends of a range lie in [-2^62, 2^62), so that the distance between two words of it has a sign. */
const RANGE_LIMIT = 1n << 62n;

type Declared = Pick<Program, "privateInputs">;

/** Those that the program declares, in order; most declare none. */
export function privateInputsOf({ privateInputs }: Declared): readonly PrivateInput[] {
  return privateInputs ?? [];
}

export function rangeOf({ minimum, maximum }: PrivateInput): { readonly minimum: bigint; readonly maximum: bigint } {
  return { minimum: BigInt(minimum), maximum: BigInt(maximum) };
}

/** Check: ranges are in order, and of words whose distance has a sign. */
export function checkPrivateRanges(program: Declared): void {
  for (const input of privateInputsOf(program)) {
    const { minimum, maximum } = rangeOf(input);
    if (minimum >= -RANGE_LIMIT && maximum < RANGE_LIMIT && minimum <= maximum) continue;
    const message = `private input ${input.name}: minimum and maximum must be words from -2^62 to below 2^62 in this order`;
    throw new ProgramError("InvalidPrivateInputRange", message);
  }
}

/**
 * What the nodes make of a word that was shared: the nearest end of the range if it is outside. Distances are taken in the ring, so that of a
 * word 2^63 or more above the minimum it is the minimum.
 */
export function clampPrivateInput(word: bigint, input: PrivateInput): bigint {
  const { minimum, maximum } = rangeOf(input);
  const distance = toSigned(toUnsigned(word - minimum));
  if (distance < 0n) return minimum;
  return distance > maximum - minimum ? maximum : minimum + distance;
}

/**
 * Words of private inputs given by name as decimal text; every one must be there, in its range, and no other. Rounds to the nearest word: the
 * computation is about the rounded value. No error carries a value.
 */
export function encodePrivateInputTexts(program: Declared, texts: Readonly<Record<string, string>>): bigint[] {
  const inputs = privateInputsOf(program);
  const unknown = Object.keys(texts).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const known = inputs.length === 0 ? "it takes none" : `it takes ${inputs.map(({ name }) => name).join(", ")}`;
    throw new ProgramError("UndeclaredPrivateInput", `the program has no private input ${unknown}; ${known}`);
  }
  return inputs.map((input) => encodePrivateInput(input, texts));
}

function encodePrivateInput(input: PrivateInput, texts: Readonly<Record<string, string>>): bigint {
  const { name, fractionBits } = input;
  if (!Object.hasOwn(texts, name)) throw new ProgramError("MissingPrivateInput", `private input ${name} is missing`);
  const { minimum, maximum } = rangeOf(input);
  try {
    const word = encodeDecimal(texts[name], fractionBits);
    if (isWord(word) && word >= minimum && word <= maximum) return word;
  } catch (error) {
    if (error instanceof ValueError) throw new ValueError(error.code, `private input ${name}: ${error.message}`);
    throw error;
  }
  throw new ProgramError("PrivateInputOutOfRange", `private input ${name} is outside its declared range`);
}
