/**
 * The buyer's own words as a program may rely on them: in their declared ranges, whatever was shared. With w = maximum − minimum and the
 * distance y = x − minimum in the ring, top bits say whether y < 0 and whether y < w (for y ≥ 0, |y − w| < 2^63, as w < 2^63); then the word is minimum
 * plus 0, y or w. All words at once; the meaning is `clampPrivateInput`.
 */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { PRIVATE_INPUTS, privateInputsOf, rangeOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { topBit } from "../protocol/functions/compare.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";

/** Null where the program declares none. Throws `MissingInput`, `WrongInputLength`. */
export async function inTheirRanges(
  mpc: Mpc,
  program: Program,
  inputs: ReadonlyMap<string, Vector>,
): Promise<Vector | null> {
  const ranges = privateInputsOf(program).map(rangeOf);
  if (ranges.length === 0) return null;
  const given = givenWords(inputs, ranges.length);
  const minima = BigUint64Array.from(ranges, ({ minimum }) => toUnsigned(minimum));
  const widths = BigUint64Array.from(ranges, ({ minimum, maximum }) => maximum - minimum);
  const negated = (words: BigUint64Array) => words.map((word) => toUnsigned(-word));
  return mpc.scope(async (scope) => {
    const count = ranges.length;
    const distance = scope.addPublicWords(given, negated(minima));
    const pair = scope.concatenate([distance, scope.addPublicWords(distance, negated(widths))]);
    const signs = await topBit(scope, pair, 64);
    const [isBelow, isUnderWidth] = [scope.sliceBits(signs, 0, count), scope.sliceBits(signs, count, 2 * count)];
    const isWithin = await scope.and(scope.xorPublic(isBelow, 1n), isUnderWidth);
    // Neither below nor within: at the upper end or beyond it.
    const isAtTop = scope.xor(scope.xorPublic(isBelow, 1n), isWithin);
    const [chosen] = await scope.inject(scope.concatenateBits([isWithin, isAtTop]), 64);
    const within = await scope.multiply(distance, scope.slice(chosen, 0, count));
    const top = scope.multiplyPublicWords(scope.slice(chosen, count, 2 * count), widths);
    return scope.addPublicWords(scope.add(within, top), minima);
  });
}

function givenWords(inputs: ReadonlyMap<string, Vector>, count: number): Vector {
  const given = inputs.get(PRIVATE_INPUTS);
  if (given === undefined) throw new ProgramError("MissingInput", "the buyer's private inputs were not given");
  if (given.length === count) return given;
  throw new ProgramError("WrongInputLength", `${given.length} private inputs were given, not ${count}`);
}
