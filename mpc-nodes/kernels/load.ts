/** The compiled kernels, bound to a memory. What each does stands in `assembly/`. */
import { WASM_BASE64 } from "./wasm-module.ts";

/** Pointers (byte offsets) and counts, all u32. */
type Loop = (...parameters: number[]) => void;
type LoopWithWord = (out: number, a: number, word: bigint, words: number) => void;
type LoopWithWords = (out: number, a: number, low: bigint, up: bigint, elements: number) => void;
type LoopWithThreeWords = (out: number, a: number, low: bigint, middle: bigint, up: bigint, elements: number) => void;

export interface Loops {
  readonly memory: WebAssembly.Memory;
  // Z_2^64
  readonly add64: Loop;
  readonly subtract64: Loop;
  readonly multiply64: Loop;
  readonly multiplyPairs64: Loop;
  readonly addWord64: LoopWithWord;
  readonly multiplyWord64: LoopWithWord;
  readonly shiftRight64: Loop;
  readonly accumulateSum64: Loop;
  readonly accumulateDot64: Loop;
  readonly prefixSum64: Loop;
  readonly fill64: Loop;
  readonly gather64: Loop;
  readonly share64: Loop;
  readonly shareCross64: Loop;
  readonly shareProduct64: Loop;
  readonly dotThree64: Loop;
  readonly multiplyThree64: Loop;
  readonly matrixProduct64: Loop;
  // Z_2^128
  readonly add128: Loop;
  readonly subtract128: Loop;
  readonly multiply128: Loop;
  readonly addWord128: LoopWithWords;
  readonly multiplyWord128: LoopWithWords;
  readonly shiftRight128: Loop;
  readonly accumulateSum128: Loop;
  readonly accumulateDot128: Loop;
  readonly prefixSum128: Loop;
  readonly fill128: Loop;
  readonly gather128: Loop;
  readonly narrow128: Loop;
  readonly widen128: Loop;
  readonly share128: Loop;
  readonly shareCross128: Loop;
  readonly shareProduct128: Loop;
  readonly dotThree128: Loop;
  readonly matrixProduct128: Loop;
  // Z_2^192
  readonly add192: Loop;
  readonly subtract192: Loop;
  readonly multiply192: Loop;
  readonly addWord192: LoopWithThreeWords;
  readonly multiplyWord192: LoopWithThreeWords;
  readonly accumulateSum192: Loop;
  readonly prefixSum192: Loop;
  readonly fill192: Loop;
  readonly gather192: Loop;
  readonly matrixProduct192: Loop;
  readonly resize: Loop;
  // GF(2^64)
  readonly multiplyField: Loop;
  // Cross products of three parties' shares
  readonly cross128: Loop;
  readonly cross192: Loop;
  readonly crossBits: Loop;
  readonly crossField: Loop;
  readonly accumulateCross128: Loop;
  readonly accumulateCross192: Loop;
  readonly accumulateCrossField: Loop;
  // Bits
  readonly xor: Loop;
  readonly and: Loop;
  readonly not: Loop;
  readonly shareBits: Loop;
  readonly shareCrossBits: Loop;
  readonly shareProductBits: Loop;
  readonly toPlanes: Loop;
  readonly fromPlanes: Loop;
  readonly expandBits: Loop;
  readonly copyBits: Loop;
  readonly mergeBits: Loop;
  // Permutations
  readonly identity: Loop;
  readonly shuffleOrder: Loop;
  readonly invertOrder: Loop;
}

const code = Uint8Array.from(atob(WASM_BASE64), (character) => character.charCodeAt(0));
const module = new WebAssembly.Module(code);

export function loadKernels(memory: WebAssembly.Memory): Loops {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...(exports as unknown as Loops), memory };
}
