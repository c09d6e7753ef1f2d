/** What the plain twins compute with, on bigints; results are reduced modulo a ring's 2^bits where they are written. */
export interface Operations {
  plus(this: void, x: bigint, y: bigint): bigint;
  minus(this: void, x: bigint, y: bigint): bigint;
  times(this: void, x: bigint, y: bigint): bigint;
}

export const ARITHMETIC: Operations = { plus: (x, y) => x + y, minus: (x, y) => x - y, times: (x, y) => x * y };

const xor = (x: bigint, y: bigint): bigint => x ^ y;

export const XOR_AND: Operations = { plus: xor, minus: xor, times: (x, y) => x & y };

/** GF(2)[t] / (t^64 + t^4 + t^3 + t + 1); bit i of an element is its coefficient of t^i. */
const MODULUS = (1n << 64n) | 0b11011n;

export const FIELD: Operations = {
  plus: xor,
  minus: xor,
  times(x, y) {
    let product = 0n;
    // Horner's rule from the highest coefficient of y down.
    for (let i = 63n; i >= 0n; i--) {
      product <<= 1n;
      if (product >> 64n !== 0n) product ^= MODULUS;
      if ((y >> i) & 1n) product ^= x;
    }
    return product;
  },
};
