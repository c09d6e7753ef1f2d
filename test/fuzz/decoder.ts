/**
 * Mutated encodings of the library's programs against the decoder, and what it accepts against everything that reads programs before they
 * run. The rule: an encoding is refused by a `ProgramError` that says where, or it is the one encoding of the program that it gives.
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { byteMutations } from "./mutate-bytes.ts";
import { type Json, mutateTree, treeMutations } from "./mutate-tree.ts";
import { Random } from "./random.ts";

interface Original {
  readonly bytes: Uint8Array;
  readonly tree: Json;
}

const originals: readonly Original[] = [...library.values()].map((program) => {
  const bytes = encodeProgram(program);
  return { bytes, tree: JSON.parse(new TextDecoder().decode(bytes)) as Json };
});

/** Small programs more often: what is in large ones is in them too, and is decoded faster. */
const weighted: readonly Original[] = originals.flatMap((original) =>
  Array.from({ length: Math.ceil(40_000 / original.bytes.length) }, () => original),
);

const byteNames = Object.keys(byteMutations);
const treeNames = Object.keys(treeMutations);

/** One to three mutations of a program of the library. */
export function mutatedEncoding(seed: number, index: number): Uint8Array {
  const random = new Random(seed, index);
  const { bytes, tree } = random.pick(weighted);
  if (random.below(2) === 0) return mutateTree(random.pick(treeNames), tree, random, random.pick(weighted).tree);
  let mutated = bytes;
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0 && mutated.length > 0; left--) {
    mutated = byteMutations[random.pick(byteNames)]!(mutated, random);
  }
  return mutated;
}

/** How a refusal by the decoder begins: which byte, which member, or how many bytes there are. */
const POSITION = /^(byte \d+: |program[.[:]|finish: |the program has \d+ bytes)/;

/**
 * What became of an encoding: a code, "accepted" if it can be run, or "accepted, then" the code of what is wrong with it.
 * @throws Error for anything that breaks the rule.
 */
export function outcomeOf(bytes: Uint8Array): string {
  let program: ReturnType<typeof decodeProgram>;
  try {
    program = decodeProgram(bytes);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    if (!POSITION.test(error.message)) throw new Error(`${error.code} says not where: ${error.message}`);
    return error.code;
  }
  if (Buffer.compare(encodeProgram(program), bytes) !== 0)
    throw new Error("an encoding that is not canonical was accepted");
  try {
    analyse(program);
    disclosureStatement(program);
    printProgram(program);
  } catch (error) {
    if (error instanceof ProgramError) return `accepted, then ${error.code}`;
    throw error;
  }
  return "accepted";
}
