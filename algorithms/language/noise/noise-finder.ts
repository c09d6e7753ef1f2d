/** The noise of a program's instructions, found on the way of the range analysis, and what it does to ranges and errors. */
import { at, type Checked } from "../check.ts";
import { ProgramError } from "../errors.ts";
import { GRID_BITS, type Interval } from "../interval.ts";
import { type Contribution, type Dependence, dependenceOf } from "./dependence.ts";
import { likelyNoise, type Noise, noiseOf } from "./mechanism.ts";
import { sensitivityOf } from "./sensitivity.ts";
import { isNoise, type NoiseInstruction } from "./states.ts";

/** By the instruction that adds it, in the program without its loops. */
export type Noises = ReadonlyMap<number, Noise>;

interface Bounds {
  readonly words: Interval;
  readonly real: Interval;
  readonly error: bigint;
}

/** Sees the instructions of a program in the order in which they are run, each with the ranges of those before. */
export class NoiseFinder {
  readonly noises = new Map<number, Noise>();
  readonly #checked: Checked;
  readonly #dependences: Dependence[] = [];

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  /**
   * The next instruction.
   *
   * @param values for every table in the declared ranges and all parameters: noise must not follow from the request
   * @throws ProgramError RoundedBeforeNoise, UnprovenSensitivity, NoiseOutOfRange
   */
  see(values: readonly Bounds[]): void {
    const { program, origins } = this.#checked;
    if (program.privacy === undefined) return;
    const index = values.length;
    const instruction = program.instructions[index];
    this.#dependences.push(dependenceOf(index, { ...this.#checked, values, dependences: this.#dependences }));
    if (!isNoise(instruction)) return;
    const sensitivity = sensitivityOf(program, this.#contributions(instruction, origins[index]));
    this.noises.set(index, noiseOf(instruction, origins[index], sensitivity, program.privacy));
  }

  #contributions(instruction: NoiseInstruction, index: number): Contribution[] {
    return instruction.values.map((value) => {
      const dependence = this.#dependences[value];
      if (dependence.form === "sum") return dependence.contribution;
      const [code, reason] =
        dependence.form === "unproven"
          ? ([dependence.code, dependence.reason] as const)
          : (["UnprovenSensitivity", "it is no sum over rows"] as const);
      const message = `value ${this.#checked.origins[value]} cannot be noised: ${reason}`;
      throw new ProgramError(code, at(index, instruction) + message, index);
    });
  }
}

/**
 * How the analysis takes noise: *apart*, as part of the exact value, so that errors are numerical errors alone; or as an error, of the size that it
 * keeps to likely, or certainly.
 */
export type NoiseReading = "apart" | "likely" | "certain";

/** Bounds of a scalar to which noise was added. */
export function noisedBounds(
  scalar: Bounds,
  noise: Noise,
  {
    fractionBits,
    reading,
    draws,
  }: { readonly fractionBits: bigint; readonly reading: NoiseReading; readonly draws: number },
): Bounds {
  const wider = ({ minimum, maximum }: Interval, by: bigint): Interval => ({
    minimum: minimum - by,
    maximum: maximum + by,
  });
  const shift = GRID_BITS - fractionBits;
  const words = wider(scalar.words, noise.largest);
  if (reading === "apart") return { words, real: wider(scalar.real, noise.largest << shift), error: scalar.error };
  const most = reading === "likely" ? likelyNoise(noise, draws) : noise.largest;
  return { words, real: scalar.real, error: scalar.error + (most << shift) };
}

/** Numbers drawn for one answer. */
export function drawsOf(noises: Noises): number {
  return [...noises.values()].reduce((sum, { draws }) => sum + draws, 0);
}
