import { type Kernels, requireEqualLengths, requireOneWord, requireShift } from "./kernels.ts";

/**
 * Plain TypeScript kernels: the twin that the compiled ones are tested against, never used on shares, because the time
 * of `bigint` arithmetic may depend on the words.
 */
export const referenceKernels: Kernels = {
  add(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! + b[i]!;
  },

  subtract(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! - b[i]!;
  },

  multiply(out, a, b) {
    requireEqualLengths(out, a, b);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! * b[i]!;
  },

  multiplyPairs(out, a, b, c, d) {
    requireEqualLengths(out, a, b, c, d);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! * b[i]! + c[i]! * d[i]!;
  },

  addWord(out, a, word) {
    requireEqualLengths(out, a);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! + word;
  },

  multiplyWord(out, a, word) {
    requireEqualLengths(out, a);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! * word;
  },

  shiftRight(out, a, bits) {
    requireEqualLengths(out, a);
    requireShift(bits);
    for (let i = 0; i < out.length; i++) out[i] = a[i]! >> BigInt(bits);
  },

  accumulateSum(total, a) {
    requireOneWord(total);
    for (let i = 0; i < a.length; i++) total[0] = total[0]! + a[i]!;
  },

  accumulateDot(total, a, b) {
    requireOneWord(total);
    requireEqualLengths(a, b);
    for (let i = 0; i < a.length; i++) total[0] = total[0]! + a[i]! * b[i]!;
  },
};
