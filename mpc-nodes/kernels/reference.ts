import { type Kernels, requireEqualLengths, requireShift } from "./kernels.ts";

/**
 * Plain TypeScript kernels: what the others are measured against. `BigInt.asUintN(64, …)` lets V8 keep the arithmetic in
 * machine words instead of allocating big integers.
 */
export const referenceKernels: Kernels = {
  add(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! + b[i]!);
  },

  subtract(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! - b[i]!);
  },

  multiply(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! * b[i]!);
  },

  multiplyAccumulate(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) {
      out[i] = BigInt.asUintN(64, out[i]! + BigInt.asUintN(64, a[i]! * b[i]!));
    }
  },

  addWord(out, a, word) {
    requireEqualLengths(out, a);
    const addend = BigInt.asUintN(64, word);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! + addend);
  },

  multiplyWord(out, a, word) {
    requireEqualLengths(out, a);
    const factor = BigInt.asUintN(64, word);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! * factor);
  },

  shiftRight(out, a, bits) {
    requireEqualLengths(out, a);
    requireShift(bits);
    const count = BigInt(bits);
    for (let i = 0; i < out.length; i++) out[i] = BigInt.asUintN(64, a[i]! >> count);
  },

  sum(a) {
    let total = 0n;
    for (let i = 0; i < a.length; i++) total = BigInt.asUintN(64, total + a[i]!);
    return total;
  },

  dot(a, b) {
    requireEqualLengths(a, b);
    let total = 0n;
    for (let i = 0; i < a.length; i++) total = BigInt.asUintN(64, total + BigInt.asUintN(64, a[i]! * b[i]!));
    return total;
  },
};
