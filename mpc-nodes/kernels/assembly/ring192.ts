/**
 * Loops over elements of Z_2^192, twenty-four bytes each, lowest word first: Z_2^128 with 64 bits more, in which three parties
 * authenticate it (`protocol/three/`). Lengths count elements.
 */
import { carry, second, third } from "./wide";

const BYTES: usize = 24;

/** out = a + b */
export function add192(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      b0 = load<u64>(b + at),
      b1 = load<u64>(b + at, 8);
    const up = load<u64>(a + at, 16) + load<u64>(b + at, 16) + carry(a0, a1, b0, b1);
    const low = a0 + b0;
    store<u64>(out + at, low);
    store<u64>(out + at, a1 + b1 + u64(low < a0), 8);
    store<u64>(out + at, up, 16);
  }
}

/** out = a − b */
export function subtract192(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      b0 = load<u64>(b + at),
      b1 = load<u64>(b + at, 8);
    const borrow = u64(a0 < b0);
    const middle = a1 - b1;
    const up = load<u64>(a + at, 16) - load<u64>(b + at, 16) - u64(a1 < b1) - u64(middle < borrow);
    store<u64>(out + at, a0 - b0);
    store<u64>(out + at, middle - borrow, 8);
    store<u64>(out + at, up, 16);
  }
}

/** out = a · b */
export function multiply192(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      a2 = load<u64>(a + at, 16),
      b0 = load<u64>(b + at),
      b1 = load<u64>(b + at, 8),
      b2 = load<u64>(b + at, 16);
    store<u64>(out + at, a0 * b0);
    store<u64>(out + at, second(a0, a1, b0, b1), 8);
    store<u64>(out + at, third(a0, a1, a2, b0, b1, b2), 16);
  }
}

/** out = a + (low, middle, up) */
export function addWord192(out: usize, a: usize, low: u64, middle: u64, up: u64, elements: usize): void {
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8);
    const rest = load<u64>(a + at, 16) + up + carry(a0, a1, low, middle);
    const sum = a0 + low;
    store<u64>(out + at, sum);
    store<u64>(out + at, a1 + middle + u64(sum < a0), 8);
    store<u64>(out + at, rest, 16);
  }
}

/** out = a · (low, middle, up) */
export function multiplyWord192(out: usize, a: usize, low: u64, middle: u64, up: u64, elements: usize): void {
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      a2 = load<u64>(a + at, 16);
    store<u64>(out + at, a0 * low);
    store<u64>(out + at, second(a0, a1, low, middle), 8);
    store<u64>(out + at, third(a0, a1, a2, low, middle, up), 16);
  }
}

/** The one element at `total` grows by Σ a. */
export function accumulateSum192(total: usize, a: usize, elements: usize): void {
  let low = load<u64>(total),
    middle = load<u64>(total, 8),
    up = load<u64>(total, 16);
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8);
    up += load<u64>(a + at, 16) + carry(low, middle, a0, a1);
    low += a0;
    middle += a1 + u64(low < a0);
  }
  store<u64>(total, low);
  store<u64>(total, middle, 8);
  store<u64>(total, up, 16);
}

/** out[i] = a[0] + … + a[i] */
export function prefixSum192(out: usize, a: usize, elements: usize): void {
  let low: u64 = 0,
    middle: u64 = 0,
    up: u64 = 0;
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8);
    up += load<u64>(a + at, 16) + carry(low, middle, a0, a1);
    low += a0;
    middle += a1 + u64(low < a0);
    store<u64>(out + at, low);
    store<u64>(out + at, middle, 8);
    store<u64>(out + at, up, 16);
  }
}

/** out[i] = the element at a */
export function fill192(out: usize, a: usize, elements: usize): void {
  const low = load<u64>(a),
    middle = load<u64>(a, 8),
    up = load<u64>(a, 16);
  for (let at: usize = 0, end = elements * BYTES; at < end; at += BYTES) {
    store<u64>(out + at, low);
    store<u64>(out + at, middle, 8);
    store<u64>(out + at, up, 16);
  }
}

/** out[i] = a[indices[i]], for public u32 indices */
export function gather192(out: usize, a: usize, indices: usize, elements: usize): void {
  for (let i: usize = 0; i < elements; i++) {
    const from = a + <usize>load<u32>(indices + (i << 2)) * BYTES,
      to = out + i * BYTES;
    v128.store(to, v128.load(from));
    store<u64>(to, load<u64>(from, 16), 16);
  }
}

/** out += a · b, row-major matrices of rows × inner and inner × columns */
export function matrixProduct192(out: usize, a: usize, b: usize, rows: usize, inner: usize, columns: usize): void {
  const width = columns * BYTES;
  for (let row: usize = 0; row < rows; row++) {
    const target = out + row * width;
    for (let k: usize = 0; k < inner; k++) {
      const factor = a + (row * inner + k) * BYTES;
      const f0 = load<u64>(factor),
        f1 = load<u64>(factor, 8),
        f2 = load<u64>(factor, 16);
      const source = b + k * width;
      for (let at: usize = 0; at < width; at += BYTES) {
        const s0 = load<u64>(source + at),
          s1 = load<u64>(source + at, 8),
          s2 = load<u64>(source + at, 16);
        const p0 = f0 * s0,
          p1 = second(f0, f1, s0, s1);
        const t0 = load<u64>(target + at),
          t1 = load<u64>(target + at, 8);
        const up = load<u64>(target + at, 16) + third(f0, f1, f2, s0, s1, s2) + carry(t0, t1, p0, p1);
        const low = t0 + p0;
        store<u64>(target + at, low);
        store<u64>(target + at, t1 + p1 + u64(low < p0), 8);
        store<u64>(target + at, up, 16);
      }
    }
  }
}

/**
 * out[i] = the low `outWords` words of a[i], which has `words`; where there are more, zeros, or with `sign` the sign. As elements
 * do not move towards the end when they become no longer, a column may be shortened where it lies.
 */
export function resize(out: usize, outWords: usize, a: usize, words: usize, sign: i32, elements: usize): void {
  const kept = min(words, outWords) << 3,
    from = words << 3,
    to = outWords << 3;
  for (let i: usize = 0; i < elements; i++, a += from, out += to) {
    const above = sign ? <u64>(load<i64>(a + from - 8) >> 63) : 0;
    for (let at: usize = 0; at < kept; at += 8) store<u64>(out + at, load<u64>(a + at));
    for (let at = kept; at < to; at += 8) store<u64>(out + at, above);
  }
}
