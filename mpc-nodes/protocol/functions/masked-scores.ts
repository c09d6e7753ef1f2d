/**
 * Truncation and comparisons for one round between them, by opening x + r under a mask r that was made before x was known (Damgård,
 * Fitzi, Kiltz, Nielsen, Toft, *Unconditionally Secure Constant-Rounds Multi-Party Computation for Equality, Comparison, Bits and
 * Exponentiation*, TCC 2006), and by looking up what the opened number says in a table of r (one-time truth tables: Ishai,
 * Kushilevitz, Meldgaard, Orlandi, Paskin-Cherniavsky, TCC 2013). For what repeats the same step many times, each with the last one's
 * result: all else depends on the masks alone, and is made for all steps at once.
 *
 * r is uniform in Z_2^128 and used once, so that what is opened is uniform whatever x is. Of r are kept: its top bit, ⌊r / 2^bits⌋,
 * and of the 8 bits of r that stand where x has [2^5, 2^−2] a thermometer: whether they are at least j, for each j.
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { toBits } from "./bits-of.ts";
import { topBit } from "./compare.ts";
import { thermometer } from "./thermometer.ts";

/** Fraction bits of what is compared. */
export const COARSE_BITS = 2;
const COARSE_PLANES = COARSE_BITS + 6;
const COARSE_VALUES = 1 << COARSE_PLANES;

export interface MaskFormat {
  /** Fraction bits of the masked values: valueBits ≤ 120, so that values below 32 leave a bit of headroom. */
  readonly valueBits: number;
  /** Fraction bits to which they are truncated: at least 12, at most valueBits − 64. */
  readonly scoreBits: number;
}

export interface ScoreMasks {
  readonly mask: Vector;
  /** The top bit of the mask. */
  readonly top: Vector;
  /** ⌊(mask without its top bit) / 2^(valueBits − scoreBits)⌋ − 2^(126 − …), or one more. */
  readonly quotient: Vector;
  /** Row j·length + i: whether the coarse bits of mask i are at least j. */
  readonly ladder: Bits;
}

/** Masks for `rows` values. 18 rounds and ⌈log2(scoreBits + 5)⌉. */
export function scoreMasks(mpc: Mpc, rows: number, { valueBits, scoreBits }: MaskFormat): Promise<ScoreMasks> {
  return mpc.scope(async (s) => {
    const mask = s.random(rows, 128);
    const top = (await s.inject(await topBit(s, mask), 128))[0]!;
    // In [−2^126, 2^126), as truncation wants it.
    const centred = s.addPublic(s.subtract(mask, s.multiplyPublic(top, 1n << 127n)), -(1n << 126n));
    const [quotient] = await s.truncate([{ value: centred, bits: valueBits - scoreBits }]);
    // The two terms that were subtracted are multiples of 2^(scoreBits + 6) here, as valueBits ≤ 120.
    const bits = await toBits(s, s.narrow(quotient!), scoreBits + COARSE_PLANES - COARSE_BITS);
    const coarse = s.planes(bits, range(scoreBits - COARSE_BITS, bits.planes));
    const steps = await thermometer(s, coarse);
    const ladder = s.concatenateBits(range(0, COARSE_VALUES).map((j) => s.planes(steps, [j])));
    return { mask, top, quotient: quotient!, ladder };
  });
}

export interface Scores {
  /** value / 2^(valueBits − scoreBits), off by less than two. */
  readonly scores: Vector;
  /**
   * Row k·rows + i: whether value i lies between breakpoint k and the next, which the last one lacks; one that lies a quarter below a
   * breakpoint may seem to have passed it.
   */
  readonly pieces: Bits;
}

/**
 * Spends the masks from row `from` on. One round.
 * @param value in (−31, 31) with valueBits fraction bits
 * @param breakpoints multiples of a quarter within ±31
 */
export function openScores(
  mpc: Mpc,
  value: Vector,
  masks: ScoreMasks,
  from: number,
  breakpoints: readonly number[],
  format: MaskFormat,
): Promise<Scores> {
  const rows = value.length;
  return mpc.scope(async (s) => {
    const mine = (column: Vector): Vector => s.slice(column, from, from + rows);
    // x' = x + 2^126 in [0, 2^127), m = x' + r mod 2^128: m wrapped iff r has its top bit and m has not.
    const [opened] = await s.open([s.add(s.addPublic(value, 1n << 126n), mine(masks.mask))]);
    const { offsets, signs, coarse } = publicParts(opened!, format);
    // ⌊m/2^b⌋ − ⌊r/2^b⌋ + 2^(128−b)·wrapped − 2^(126−b), where the quotient lacks top·2^(127−b) + 2^(126−b).
    const scores = s.addPublicWords(
      s.subtract(s.multiplyPublicWords(mine(masks.top), signs), mine(masks.quotient)),
      offsets,
    );
    return { scores, pieces: lookUp(s, masks, from, coarse, breakpoints) };
  });
}

/** What follows from the opened words, two for each row. */
function publicParts(opened: BigUint64Array, { valueBits, scoreBits }: MaskFormat) {
  const rows = opened.length / 2;
  const shift = BigInt(valueBits - scoreBits - 64);
  const half = 1n << (63n - shift);
  const offsets = new BigUint64Array(rows);
  const signs = new BigUint64Array(rows);
  const coarse = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const high = opened[2 * i + 1]!;
    offsets[i] = (high >> shift) - half;
    signs[i] = high >> 63n === 0n ? half : -half;
    coarse[i] = Number((high >> BigInt(valueBits - COARSE_BITS - 64)) & BigInt(COARSE_VALUES - 1));
  }
  return { offsets, signs, coarse };
}

/**
 * With c the opened coarse bits and v those of the mask, e = c − v (mod 2^8) is value·4 with an error in (−1 − 2^−10, 1). It is at least
 * t and below u iff v is in the cyclic interval [c − u + 1, c − t + 1), of whose ends one plane each is looked up.
 */
function lookUp(mpc: Mpc, masks: ScoreMasks, from: number, coarse: Uint8Array, breakpoints: readonly number[]): Bits {
  const rows = coarse.length;
  const cells = breakpoints.length * rows;
  const bounds = [...breakpoints.map((breakpoint) => breakpoint * 2 ** COARSE_BITS), COARSE_VALUES / 2];
  const indices = new Uint32Array(cells + rows);
  const wraps = new BigUint64Array(cells);
  for (let i = 0; i < rows; i++) {
    let before = 0;
    for (let k = 0; k < bounds.length; k++) {
      const end = (coarse[i]! - bounds[k]! + 1 + 2 * COARSE_VALUES) % COARSE_VALUES;
      indices[k * rows + i] = end * masks.mask.length + from + i;
      if (k > 0 && end > before) wraps[(k - 1) * rows + i] = 1n;
      before = end;
    }
  }
  const ends = mpc.gatherBits(masks.ladder, indices);
  const between = mpc.xor(mpc.sliceBits(ends, 0, cells), mpc.sliceBits(ends, rows, cells + rows));
  return mpc.xor(between, mpc.publicBits(wraps, 1));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
