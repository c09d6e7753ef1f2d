/**
 * The portable kernels: those of `assembly/` for vectors of 64-bit words. Vectors live outside the memory of WebAssembly, so they go through it in
 * chunks that stay in the processor's cache: copied into registers, computed on there, the first register copied out.
 */
import { type Kernels, requireEqualLengths, requireOneWord, requireShift } from "./kernels.ts";
import { loadKernels } from "./load.ts";

/** Words in one register: long enough that the calls into WebAssembly do not count, short enough for the cache. */
const CHUNK_WORDS = 4096;
const REGISTER_BYTES = CHUNK_WORDS * 8;

/** Memory in pages of 65,536 bytes: four registers of 32,768 and a total. */
const wasm = loadKernels(new WebAssembly.Memory({ initial: 3 }));

/** Register r begins at byte r · REGISTER_BYTES; four are what the longest operation takes, and a total has its own place behind them. */
const [R0, R1, R2, R3, TOTAL] = [0, 1, 2, 3, 4].map((r) => r * REGISTER_BYTES) as [
  number,
  number,
  number,
  number,
  number,
];
const registers = [R0, R1, R2, R3].map((pointer) => new BigUint64Array(wasm.memory.buffer, pointer, CHUNK_WORDS));
const totalWord = new BigUint64Array(wasm.memory.buffer, TOTAL, 1);

/** Words [from, to) of each vector into registers 0, 1, … */
function load(vectors: readonly BigUint64Array[], from: number, to: number): void {
  for (let r = 0; r < vectors.length; r++) registers[r]!.set(vectors[r]!.subarray(from, to));
}

/** For each chunk: operands into registers 0, 1, …, `loop` over them, register 0 to `out`. */
function map(out: BigUint64Array, operands: readonly BigUint64Array[], loop: (words: number) => void): void {
  requireEqualLengths(out, ...operands);
  for (let from = 0; from < out.length; from += CHUNK_WORDS) {
    const to = Math.min(from + CHUNK_WORDS, out.length);
    load(operands, from, to);
    loop(to - from);
    out.set(to - from === CHUNK_WORDS ? registers[0]! : registers[0]!.subarray(0, to - from), from);
  }
}

/** For each chunk: operands into registers 0, 1, …, and `loop`, which changes the total. */
function accumulate(total: BigUint64Array, operands: readonly BigUint64Array[], loop: (words: number) => void): void {
  requireOneWord(total);
  requireEqualLengths(operands[0]!, ...operands);
  totalWord.set(total);
  for (let from = 0; from < operands[0]!.length; from += CHUNK_WORDS) {
    const to = Math.min(from + CHUNK_WORDS, operands[0]!.length);
    load(operands, from, to);
    loop(to - from);
  }
  total.set(totalWord);
}

export const wasmKernels: Kernels = {
  add(out, a, b) {
    map(out, [a, b], (words) => wasm.add64(R0, R0, R1, words));
  },
  subtract(out, a, b) {
    map(out, [a, b], (words) => wasm.subtract64(R0, R0, R1, words));
  },
  multiply(out, a, b) {
    map(out, [a, b], (words) => wasm.multiply64(R0, R0, R1, words));
  },
  multiplyPairs(out, a, b, c, d) {
    map(out, [a, b, c, d], (words) => wasm.multiplyPairs64(R0, R0, R1, R2, R3, words));
  },
  addWord(out, a, word) {
    map(out, [a], (words) => wasm.addWord64(R0, R0, word, words));
  },
  multiplyWord(out, a, word) {
    map(out, [a], (words) => wasm.multiplyWord64(R0, R0, word, words));
  },
  shiftRight(out, a, bits) {
    requireShift(bits);
    map(out, [a], (words) => wasm.shiftRight64(R0, R0, bits, words));
  },
  accumulateSum(total, a) {
    accumulate(total, [a], (words) => wasm.accumulateSum64(TOTAL, R0, words));
  },
  accumulateDot(total, a, b) {
    accumulate(total, [a, b], (words) => wasm.accumulateDot64(TOTAL, R0, R1, words));
  },
};
