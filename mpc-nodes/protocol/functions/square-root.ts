/**
 * Square root and reciprocal square root: normalise, then Goldschmidt's form of Newton's iteration (ePrint 2022/933; Markstein 2004),
 * in words of 128 bits.
 *
 * x is brought to v in [1, 2) by a secret power of two, whose square root is a public combination of the positions of the leading
 * one, odd exponents included. y_0 is a parabola within 2^−7.9 of 1/√v. With g = v·y and h = y/2, r = 1/2 − g·h gives g·(1 + r) and h·(1 + r):
 * the relative error ε becomes 3/2·ε². Three iterations leave 2^−58.
 */
import { functionError, hasFormat } from "@sharebridge/algorithms/language/function-errors.ts";
import { ProtocolError } from "../errors.ts";
import type { Mpc, Vector } from "../mpc.ts";
import { products, publicMinus } from "./fixed.ts";
import { type LeadingOne, leadingOne, NORMAL_BITS, toNormal, weigh } from "./normalize.ts";

/** Fraction bits of the iteration. */
const F = 60;
const ITERATIONS = 3;

export interface RootFormat {
  /** Fraction bits of the operand. */
  readonly fractionBits: number;
  /** Fraction bits of the result; those of the operand unless given. */
  readonly resultBits?: number;
}

/**
 * √x, row by row; 0 for x ≤ 0. Domain: x in [−2^62, 2^62) as a word; 2·resultBits − fractionBits ≤ 60.
 * Error: {@link squareRootError}. Rounds: those of `leadingOne` and 28.
 */
export async function squareRoot(mpc: Mpc, x: Vector, format: RootFormat): Promise<Vector> {
  const { fractionBits: f, resultBits: r } = checkedFormat(format, (given) => hasFormat("squareRoot", given));
  // √(x/2^f)·2^r = √v·2^((t − f)/2 + r), at most 2^(31 − f/2 + r).
  return scaledRoot(mpc, x, "root", (t) => t / 2 - f / 2 + r, 31 - f / 2 + r);
}

/**
 * 1/√x, row by row; 0 for x ≤ 0. Domain: x in [−2^62, 2^62) as a word; resultBits + fractionBits/2 ≤ 60.
 * Error: {@link reciprocalSquareRootError}. Rounds: those of `leadingOne` and 28.
 */
export async function reciprocalSquareRoot(mpc: Mpc, x: Vector, format: RootFormat): Promise<Vector> {
  const { fractionBits: f, resultBits: r } = checkedFormat(
    format,
    (given) => given.resultBits + given.fractionBits / 2 <= 60,
  );
  // 2^r/√(x/2^f) = 2^(f/2 − t/2 + r)/√v, at most 2^(f/2 + r).
  return scaledRoot(mpc, x, "reciprocal", (t) => f / 2 - t / 2 + r, f / 2 + r);
}

/** The most that `squareRoot` is off for results up to `magnitude`. */
export function squareRootError({ fractionBits, resultBits = fractionBits }: RootFormat, magnitude: number): number {
  return functionError("squareRoot", resultBits, magnitude);
}

/** The most that `reciprocalSquareRoot` is off for results up to `magnitude`. */
export const reciprocalSquareRootError = squareRootError;

/** v^(±1/2) · 2^exponent(t), where 2^exponent(t) is at most 2^largest. */
function scaledRoot(
  mpc: Mpc,
  x: Vector,
  which: "root" | "reciprocal",
  exponent: (position: number) => number,
  largest: number,
): Promise<Vector> {
  // As many fraction bits for the power as the product leaves room for: 61 + largest + scale ≤ 125.
  const scale = 64 - Math.ceil(largest);
  return mpc.scope(async (s) => {
    const [leading, wide] = (await s.parallel<LeadingOne | Vector>([
      (task) => leadingOne(task, x, 128),
      (task) => task.widen(x),
    ])) as [LeadingOne, Vector];
    // A negative x has its leading one somewhere too: without it, the power is 0.
    const positive = publicMinus(s, 1n, leading.negative);
    const power = weigh(s, leading.positions, (t) => powerOfTwo(exponent(t) + scale));
    const [v, masked] = (await s.parallel<Vector>([
      (task) => task.multiply(wide, weigh(task, leading.positions, toNormal)),
      (task) => task.multiply(power, positive),
    ])) as [Vector, Vector];
    const root = await normalRoot(s, v, which);
    const [result] = await products(s, [[root, masked, F + scale]]);
    return s.narrow(result!);
  });
}

/** √v or 1/√v with F fraction bits, for v in [2^61, 2^62), which is [1, 2). 24 rounds. */
async function normalRoot(mpc: Mpc, v: Vector, which: "root" | "reciprocal"): Promise<Vector> {
  // u = 2·v − 3 in [−1, 1) with F bits. y_0 = A + B·u + 5/128·u²; δ = B·u + 5/128·u², within ±0.2, with F + 67 bits, of which none are lost.
  const u = mpc.addPublic(v, -3n << BigInt(F));
  const square = await mpc.multiply(u, u);
  const delta = mpc.add(mpc.multiplyPublic(square, 5n), mpc.multiplyPublic(u, LINE << BigInt(F + 7 - 12)));
  const [start] = await mpc.truncate([{ value: delta, bits: F + 7 }]);
  const y = mpc.addPublic(start!, CENTRE << BigInt(F - 12));
  let [g, h] = (await products(mpc, [[v, y, NORMAL_BITS]])) as [Vector, Vector];
  // h = y/2 is kept doubled, as y: r = (1 − g·y)/2, and y + y·r.
  h = y;
  for (let i = 1; i <= ITERATIONS; i++) {
    const r = publicMinus(mpc, 1n << BigInt(F - 1), (await products(mpc, [[g, h, F + 1]]))[0]!);
    const [stepG, stepH] = await products(
      mpc,
      i < ITERATIONS
        ? [
            [g, r, F],
            [h, r, F],
          ]
        : [[which === "root" ? g : h, r, F]],
    );
    if (i === ITERATIONS) return mpc.add(which === "root" ? g : h, stepG!);
    g = mpc.add(g, stepG!);
    h = mpc.add(h, stepH!);
  }
  return g;
}

/** 0.8155… and −0.1447… in units of 2^−12: with 5/128, the best parabola for 1/√v, 2^−7.9 off at most. */
const CENTRE = 3341n;
const LINE = -593n;

/** 2^exponent as an integer, rounded; exact to 2^−52 where it is large. */
function powerOfTwo(exponent: number): bigint {
  if (exponent < 0) return BigInt(Math.round(2 ** exponent));
  const whole = Math.floor(exponent);
  const fraction = exponent - whole;
  const bits = fraction === 0 ? 1n << 62n : SQRT2;
  return whole >= 62 ? bits << BigInt(whole - 62) : (bits + (1n << BigInt(61 - whole))) >> BigInt(62 - whole);
}

/** √2 with 62 fraction bits. */
const SQRT2 = 6521908912666391106n;

function checkedFormat(
  { fractionBits, resultBits = fractionBits }: RootFormat,
  fits: (format: Required<RootFormat>) => boolean,
): Required<RootFormat> {
  const format = { fractionBits, resultBits };
  const integers = [fractionBits, resultBits].every((bits) => Number.isInteger(bits) && bits >= 0 && bits <= 60);
  if (!integers || !fits(format))
    throw new ProtocolError("InvalidShift", "Fraction bits of a root are beyond what its word can hold");
  return format;
}
