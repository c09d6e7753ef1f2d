/**
 * Loops over elements of GF(2^64) = GF(2)[t] / (t^64 + t^4 + t^3 + t + 1), one word each; addition is `xor`.
 *
 * WebAssembly has no product without carries. Integer products take its place, between words of which only every fourth bit may be
 * set: up to fifteen ones add up without reaching the next such bit (Pornin, BearSSL, ghash_ctmul64.c; sixteen meet only in the
 * highest one, whose carry falls off). A word is four such words, its classes: a polynomial of degree 3 in t over GF(2)[t^4], of
 * which Karatsuba's method, used twice, makes nine products instead of sixteen. The upper half comes from the same on words
 * whose nibbles are reversed. No tables and no branches: constant-time in both operands.
 */

const CLASS: u64 = 0x1111111111111111;

/** Nibble k becomes nibble 15 − k. */
function reversed(x: u64): u64 {
  x = ((x & 0x0f0f0f0f0f0f0f0f) << 4) | ((x >> 4) & 0x0f0f0f0f0f0f0f0f);
  x = ((x & 0x00ff00ff00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff00ff00ff);
  x = ((x & 0x0000ffff0000ffff) << 16) | ((x >> 16) & 0x0000ffff0000ffff);
  return rotr<u64>(x, 32);
}

/**
 * Σ c_s · t^s, where c_0, …, c_6 are the coefficients of the product of the two polynomials over GF(2)[t^4], each cut to its low
 * sixteen bits: c_0 to c_3 fill one word, moved up by `first` bits, and the others a second one, moved up by `rest`.
 */
function half(x: u64, y: u64, first: u64, rest: u64): u64 {
  const x0 = x & CLASS,
    x1 = (x >> 1) & CLASS,
    x2 = (x >> 2) & CLASS,
    x3 = (x >> 3) & CLASS,
    y0 = y & CLASS,
    y1 = (y >> 1) & CLASS,
    y2 = (y >> 2) & CLASS,
    y3 = (y >> 3) & CLASS;
  const x02 = x0 ^ x2,
    x13 = x1 ^ x3,
    y02 = y0 ^ y2,
    y13 = y1 ^ y3;
  const p0 = x0 * y0,
    p1 = x1 * y1,
    p2 = x2 * y2,
    p3 = x3 * y3,
    p02 = x02 * y02,
    p13 = x13 * y13;
  const c1 = ((x0 ^ x1) * (y0 ^ y1)) ^ p0 ^ p1,
    c5 = ((x2 ^ x3) * (y2 ^ y3)) ^ p2 ^ p3,
    c3 = ((x02 ^ x13) * (y02 ^ y13)) ^ p02 ^ p13 ^ c1 ^ c5,
    c2 = p1 ^ p02 ^ p0 ^ p2,
    c4 = p2 ^ p13 ^ p1 ^ p3;
  return (
    (((p0 & CLASS) | ((c1 & CLASS) << 1) | ((c2 & CLASS) << 2) | ((c3 & CLASS) << 3)) << first) ^
    (((c4 & CLASS) | ((c5 & CLASS) << 1) | ((p3 & CLASS) << 2)) << rest)
  );
}

/** The lower word of the product of x and y. */
function lower(x: u64, y: u64): u64 {
  return half(x, y, 0, 4);
}

/**
 * The upper word, reversed, of the product of the words that x and y are when reversed. Reversed, the low sixteen bits of a c_s are
 * its high ones, from that of t^60 on: with s ≥ 4, t^(60 + s) is in place, and with s < 4 it lies a nibble too high, which
 * reversed is too low.
 */
function upper(x: u64, y: u64): u64 {
  return half(x, y, 4, 0);
}

/** (low, up) modulo t^64 + t^4 + t^3 + t + 1; `up` is given with its nibbles reversed. */
function reduced(low: u64, upReversed: u64): u64 {
  const up = reversed(upReversed);
  // What t^64 · up becomes reaches up to t^67: the four highest coefficients are reduced with the others.
  const all = up ^ (up >> 63) ^ (up >> 61) ^ (up >> 60);
  return low ^ all ^ (all << 1) ^ (all << 3) ^ (all << 4);
}

/** out = a · b */
export function multiplyField(out: usize, a: usize, b: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const x = load<u64>(a + at),
      y = load<u64>(b + at);
    store<u64>(out + at, reduced(lower(x, y), upper(reversed(x), reversed(y))));
  }
}

/** out = xa · (ya + yb) + xb · ya (see `cross.ts`) */
export function crossField(out: usize, xa: usize, xb: usize, ya: usize, yb: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const a = load<u64>(xa + at),
      b = load<u64>(xb + at),
      c = load<u64>(ya + at),
      s = c ^ load<u64>(yb + at);
    const low = lower(a, s) ^ lower(b, c);
    const up = upper(reversed(a), reversed(s)) ^ upper(reversed(b), reversed(c));
    store<u64>(out + at, reduced(low, up));
  }
}

/** The one element at `total` grows by Σ xa · (ya + yb) + xb · ya, reduced once. */
export function accumulateCrossField(total: usize, xa: usize, xb: usize, ya: usize, yb: usize, words: usize): void {
  let low = load<u64>(total),
    up: u64 = 0;
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const a = load<u64>(xa + at),
      b = load<u64>(xb + at),
      c = load<u64>(ya + at),
      s = c ^ load<u64>(yb + at);
    low ^= lower(a, s) ^ lower(b, c);
    up ^= upper(reversed(a), reversed(s)) ^ upper(reversed(b), reversed(c));
  }
  store<u64>(total, reduced(low, up));
}
