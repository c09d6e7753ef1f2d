/**
 * Words of products of wider numbers, one a function, so that they stay in registers: what two of them have in common the compilers
 * compute once.
 */

/** The upper half of a · b: WebAssembly has no 64 × 64 → 128 bit product, so it is made of four 32-bit ones (Knuth 4.3.1, Algorithm M). */
export function high(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff,
    a1 = a >> 32,
    b0 = b & 0xffffffff,
    b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const lower = (middle & 0xffffffff) + a0 * b1;
  return a1 * b1 + (middle >> 32) + (lower >> 32);
}

/** The second word of the product of (a0, a1, …) and (b0, b1, …); the first is a0 · b0. */
export function second(a0: u64, a1: u64, b0: u64, b1: u64): u64 {
  return high(a0, b0) + a0 * b1 + a1 * b0;
}

/** The third word of the product of (a0, a1, a2, …) and (b0, b1, b2, …). */
export function third(a0: u64, a1: u64, a2: u64, b0: u64, b1: u64, b2: u64): u64 {
  const x = a0 * b1,
    y = a1 * b0;
  const s = high(a0, b0) + x;
  const carries = u64(s < x) + u64(s + y < y);
  return high(a0, b1) + high(a1, b0) + a1 * b1 + a0 * b2 + a2 * b0 + carries;
}

/** What the sum of (a0, a1) and (b0, b1) carries into its third word. */
export function carry(a0: u64, a1: u64, b0: u64, b1: u64): u64 {
  const s = a1 + b1;
  return u64(s < a1) + u64(s + u64(a0 + b0 < a0) < s);
}
