/** The kernels of one ring under common names: Z_2^64, Z_2^128, and 64 bits at a time with xor for addition. */
import type { Loops } from "./load.ts";

export type WordBits = 64 | 128;

type Loop = (...parameters: number[]) => void;

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

export interface NumberRing extends Ring {
  readonly word: WordBits;
  addWord(out: number, a: number, value: bigint, elements: number): void;
  multiplyWord(out: number, a: number, value: bigint, elements: number): void;
  readonly shiftRight: Loop;
  readonly accumulateSum: Loop;
  readonly accumulateDot: Loop;
  readonly dotThree: Loop;
  readonly prefixSum: Loop;
  readonly fill: Loop;
  readonly gather: Loop;
  readonly matrixProduct: Loop;
}

const LOW = (1n << 64n) - 1n;

export interface Rings {
  readonly 64: NumberRing;
  readonly 128: NumberRing;
  readonly bits: Ring;
}

export function ringsOf(loops: Loops): Rings {
  return {
    64: {
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
    },
    bits: {
      elementBytes: 8,
      add: loops.xor,
      subtract: loops.xor,
      multiply: loops.and,
      share: loops.shareBits,
      shareCross: loops.shareCrossBits,
      shareProduct: loops.shareProductBits,
    },
  };
}
