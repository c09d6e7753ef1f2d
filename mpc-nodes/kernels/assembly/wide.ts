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
