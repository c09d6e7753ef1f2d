/**
 * Noise that no party knows, of the discrete Gaussian distribution: P(x) ∝ e^(−x²/2σ²) for every integer x (Canonne, Kamath, Steinke,
 * arXiv 2004.00010). A number of 64 random bits is looked up in the table of the distribution of |x|, by comparing it with every entry;
 * a random bit gives the sign. No rejection, and nothing is opened.
 */
import { type GaussianOptions, gaussianPartsOf } from "@sharebridge/algorithms/language/noise/gaussian-parts.ts";
import { UNIFORM_BITS } from "@sharebridge/algorithms/language/noise/gaussian-table.ts";
import type { Bits, Mpc, Vector } from "../../mpc.ts";
import { thermometer } from "../thermometer.ts";
import { decide, range } from "./decide.ts";
import { inRange } from "./in-range.ts";

/** Up to so many entries, blocks of four bits cost less than of eight. */
const FEW_ENTRIES = 128;

/**
 * Integers of Z_2^64, independent, |x| < 2^46. Nine rounds: six compare (in blocks of 4 or 8 bits, then the blocks), two make numbers
 * of bits, one gives the sign. Per element, for each table of n entries: 11·n ANDs and 2,176 (n ≤ 128: 26·n and 256).
 * @throws ProtocolError InvalidOperand for a variance outside of its range
 */
export async function discreteGaussian(mpc: Mpc, length: number, { variance }: GaussianOptions): Promise<Vector> {
  const { parts } = inRange(() => gaussianPartsOf(variance));
  return mpc.scope(async (scope) => {
    const drawn = parts.map(() => ({
      number: scope.requestBits(UNIFORM_BITS, length),
      negative: scope.requestBits(1, length),
    }));
    const found = await scope.parallel(
      parts.map(
        ({ table }, part) =>
          (task: Mpc) =>
            lookUp(task, drawn[part]!, table.thresholds),
      ),
    );
    return found
      .map((number, part) => scope.multiplyPublic(number, parts[part]!.factor))
      .reduce((sum, number) => scope.add(sum, number));
  });
}

async function lookUp(
  mpc: Mpc,
  { number, negative }: { readonly number: Bits; readonly negative: Bits },
  thresholds: readonly bigint[],
): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const blockBits = thresholds.length <= FEW_ENTRIES ? 4 : 8;
    const magnitude = binaryOf(scope, await belowEach(scope, number, thresholds, blockBits));
    const [sign, ...bits] = await scope.inject(scope.stack([negative, magnitude]), 64);
    let sum = scope.constant(0n, number.length, 64);
    for (const [index, bit] of bits.entries()) sum = scope.add(sum, scope.multiplyPublic(bit, 1n << BigInt(index)));
    return scope.multiply(sum, scope.addPublic(scope.multiplyPublic(sign!, -2n), 1n));
  });
}

/** Plane j: whether the number is below the public thresholds[j]. What its blocks are compared with is looked up; then blocks are joined. */
async function belowEach(mpc: Mpc, number: Bits, thresholds: readonly bigint[], blockBits: number): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const blocks = range(0, number.planes / blockBits);
    const steps = await scope.parallel(
      blocks.map(
        (block) => (task: Mpc) =>
          thermometer(task, task.planes(number, range(block * blockBits, (block + 1) * blockBits))),
      ),
    );
    const last = (1 << blockBits) - 1;
    const digits = (block: number): number[] =>
      thresholds.map((threshold) => Number((threshold >> BigInt(block * blockBits)) & BigInt(last)));
    const all = (1n << BigInt(thresholds.length)) - 1n;
    const values: Bits[] = [];
    const ties: Bits[] = [];
    for (const block of blocks) {
      // One more step, which no digit reaches.
      const step = scope.stack([steps[block]!, scope.constantBits(0n, 1, number.length)]);
      const reached = scope.planes(step, digits(block));
      const passed = scope.planes(
        step,
        digits(block).map((digit) => digit + 1),
      );
      values.push(scope.xorPublic(reached, all));
      ties.push(scope.xor(reached, passed));
    }
    return decide(scope, { values, ties });
  });
}

/** How many of the planes are 1, where each implies the one before: bit b is the parity of every 2^b-th plane. */
function binaryOf(mpc: Mpc, reached: Bits): Bits {
  const bits: Bits[] = [];
  for (let step = 1; step <= reached.planes; step *= 2) {
    let parity = mpc.planes(reached, [step - 1]);
    for (let at = 2 * step; at <= reached.planes; at += step) parity = mpc.xor(parity, mpc.planes(reached, [at - 1]));
    bits.push(parity);
  }
  return mpc.stack(bits);
}
