/**
 * The kernels of one ring under common names: Z_2^64, Z_2^128 and Z_2^192, 64 bits at a time with xor for addition, and GF(2^64).
 */
import type { Loops } from "./load.ts";

/** The words that values have. */
export type WordBits = 64 | 128;
/** The rings of numbers in which shares lie; three parties authenticate words of 128 bits in 192. */
export type RingBits = 64 | 128 | 192;

type Loop = (...parameters: number[]) => void;

/** What four parties need of a ring. */
export interface Ring {
  readonly elementBytes: number;
  readonly add: Loop;
  readonly subtract: Loop;
  readonly multiply: Loop;
  /** message = value − mask, receiverShare += mask, otherShare += message */
  readonly share: Loop;
  readonly shareCross: Loop;
  readonly shareProduct: Loop;
}

/** A ring of numbers in which shares lie: what a party does alone. Public bigints may have any sign and size. */
export interface LinearRing {
  readonly bits: RingBits;
  readonly elementBytes: number;
  readonly add: Loop;
  readonly subtract: Loop;
  readonly multiply: Loop;
  addWord(out: number, a: number, value: bigint, elements: number): void;
  multiplyWord(out: number, a: number, value: bigint, elements: number): void;
  readonly accumulateSum: Loop;
  readonly prefixSum: Loop;
  readonly fill: Loop;
  readonly gather: Loop;
  readonly matrixProduct: Loop;
}

/** What three parties need of a ring: cross products of replicated shares. */
export interface CrossRing {
  readonly elementBytes: number;
  readonly add: Loop;
  readonly subtract: Loop;
  /** out = xa · (ya + yb) + xb · ya; `out` overlaps none of them. */
  readonly cross: Loop;
}

/** One that has authenticators, which are checked by sums of products. */
export interface AuthenticRing extends CrossRing {
  /** The one element `total` grows by Σ xa · (ya + yb) + xb · ya. */
  readonly accumulateCross: Loop;
}

/** A ring in which four parties compute with numbers. */
export interface NumberRing extends LinearRing, Ring {
  readonly word: WordBits;
  readonly shiftRight: Loop;
  readonly accumulateDot: Loop;
  readonly dotThree: Loop;
}

const LOW = (1n << 64n) - 1n;

export interface Rings {
  readonly 64: NumberRing;
  readonly 128: NumberRing & AuthenticRing;
  readonly 192: LinearRing & AuthenticRing;
  readonly bits: Ring & CrossRing;
  readonly field: AuthenticRing;
}

export function ringsOf(loops: Loops): Rings {
  return {
    64: {
      bits: 64,
      word: 64,
      elementBytes: 8,
      add: loops.add64,
      subtract: loops.subtract64,
      multiply: loops.multiply64,
      share: loops.share64,
      shareCross: loops.shareCross64,
      shareProduct: loops.shareProduct64,
      addWord: (out, a, value, elements) => loops.addWord64(out, a, BigInt.asUintN(64, value), elements),
      multiplyWord: (out, a, value, elements) => loops.multiplyWord64(out, a, BigInt.asUintN(64, value), elements),
      shiftRight: loops.shiftRight64,
      accumulateSum: loops.accumulateSum64,
      accumulateDot: loops.accumulateDot64,
      dotThree: loops.dotThree64,
      prefixSum: loops.prefixSum64,
      fill: loops.fill64,
      gather: loops.gather64,
      matrixProduct: loops.matrixProduct64,
    },
    128: {
      bits: 128,
      word: 128,
      elementBytes: 16,
      add: loops.add128,
      subtract: loops.subtract128,
      multiply: loops.multiply128,
      share: loops.share128,
      shareCross: loops.shareCross128,
      shareProduct: loops.shareProduct128,
      addWord: (out, a, value, elements) => loops.addWord128(out, a, value & LOW, (value >> 64n) & LOW, elements),
      multiplyWord: (out, a, value, elements) =>
        loops.multiplyWord128(out, a, value & LOW, (value >> 64n) & LOW, elements),
      shiftRight: loops.shiftRight128,
      accumulateSum: loops.accumulateSum128,
      accumulateDot: loops.accumulateDot128,
      dotThree: loops.dotThree128,
      prefixSum: loops.prefixSum128,
      fill: loops.fill128,
      gather: loops.gather128,
      matrixProduct: loops.matrixProduct128,
      cross: loops.cross128,
      accumulateCross: loops.accumulateCross128,
    },
    192: {
      bits: 192,
      elementBytes: 24,
      add: loops.add192,
      subtract: loops.subtract192,
      multiply: loops.multiply192,
      addWord: (out, a, value, elements) =>
        loops.addWord192(out, a, value & LOW, (value >> 64n) & LOW, (value >> 128n) & LOW, elements),
      multiplyWord: (out, a, value, elements) =>
        loops.multiplyWord192(out, a, value & LOW, (value >> 64n) & LOW, (value >> 128n) & LOW, elements),
      accumulateSum: loops.accumulateSum192,
      prefixSum: loops.prefixSum192,
      fill: loops.fill192,
      gather: loops.gather192,
      matrixProduct: loops.matrixProduct192,
      cross: loops.cross192,
      accumulateCross: loops.accumulateCross192,
    },
    bits: {
      elementBytes: 8,
      add: loops.xor,
      subtract: loops.xor,
      multiply: loops.and,
      share: loops.shareBits,
      shareCross: loops.shareCrossBits,
      shareProduct: loops.shareProductBits,
      cross: loops.crossBits,
    },
    field: {
      elementBytes: 8,
      add: loops.xor,
      subtract: loops.xor,
      cross: loops.crossField,
      accumulateCross: loops.accumulateCrossField,
    },
  };
}
