/**
 * Loops over elements of Z_2^128, sixteen bytes each, low word first. Lengths count elements.
 */
import { second } from "./wide";

/** out = a + b */
export function add128(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at);
    const low = a0 + load<u64>(b + at);
    const up = load<u64>(a + at, 8) + load<u64>(b + at, 8) + u64(low < a0);
    store<u64>(out + at, low);
    store<u64>(out + at, up, 8);
  }
}

/** out = a − b */
export function subtract128(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at),
      b0 = load<u64>(b + at);
    const up = load<u64>(a + at, 8) - load<u64>(b + at, 8) - u64(a0 < b0);
    store<u64>(out + at, a0 - b0);
    store<u64>(out + at, up, 8);
  }
}

/** out = a · b */
export function multiply128(out: usize, a: usize, b: usize, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      b0 = load<u64>(b + at),
      b1 = load<u64>(b + at, 8);
    store<u64>(out + at, a0 * b0);
    store<u64>(out + at, second(a0, a1, b0, b1), 8);
  }
}

/** out = a + (low, up) */
export function addWord128(out: usize, a: usize, low: u64, up: u64, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at);
    const sum = a0 + low;
    const rest = load<u64>(a + at, 8) + up + u64(sum < a0);
    store<u64>(out + at, sum);
    store<u64>(out + at, rest, 8);
  }
}

/** out = a · (low, up) */
export function multiplyWord128(out: usize, a: usize, low: u64, up: u64, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8);
    store<u64>(out + at, a0 * low);
    store<u64>(out + at, second(a0, a1, low, up), 8);
  }
}

/** out = a >> bits, zeros shifted in; bits < 128 */
export function shiftRight128(out: usize, a: usize, bits: i32, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8);
    if (bits >= 64) {
      store<u64>(out + at, a1 >> <u64>(bits - 64));
      store<u64>(out + at, 0, 8);
    } else {
      // Two shifts, because a shift by 64 is one by 0.
      store<u64>(out + at, (a0 >> <u64>bits) | ((a1 << 1) << (<u64>(63 - bits))));
      store<u64>(out + at, a1 >> <u64>bits, 8);
    }
  }
}

/** The one element at `total` grows by Σ a. */
export function accumulateSum128(total: usize, a: usize, elements: usize): void {
  let low = load<u64>(total),
    up = load<u64>(total, 8);
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const sum = low + load<u64>(a + at);
    up += load<u64>(a + at, 8) + u64(sum < low);
    low = sum;
  }
  store<u64>(total, low);
  store<u64>(total, up, 8);
}

/** The one element at `total` grows by Σ a · b. */
export function accumulateDot128(total: usize, a: usize, b: usize, elements: usize): void {
  let low = load<u64>(total),
    up = load<u64>(total, 8);
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(a + at),
      a1 = load<u64>(a + at, 8),
      b0 = load<u64>(b + at),
      b1 = load<u64>(b + at, 8);
    const sum = low + a0 * b0;
    up += second(a0, a1, b0, b1) + u64(sum < low);
    low = sum;
  }
  store<u64>(total, low);
  store<u64>(total, up, 8);
}

/** out[i] = a[0] + … + a[i] */
export function prefixSum128(out: usize, a: usize, elements: usize): void {
  let low: u64 = 0,
    up: u64 = 0;
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const sum = low + load<u64>(a + at);
    up += load<u64>(a + at, 8) + u64(sum < low);
    low = sum;
    store<u64>(out + at, low);
    store<u64>(out + at, up, 8);
  }
}

/** out[i] = the element at a */
export function fill128(out: usize, a: usize, elements: usize): void {
  const element = v128.load(a);
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) v128.store(out + at, element);
}

/** out[i] = a[indices[i]], for public u32 indices */
export function gather128(out: usize, a: usize, indices: usize, elements: usize): void {
  for (let i: usize = 0; i < elements; i++) {
    v128.store(out + (i << 4), v128.load(a + ((<usize>load<u32>(indices + (i << 2))) << 4)));
  }
}

/** out[i] = the low word of a[i]: elements of Z_2^64 */
export function narrow128(out: usize, a: usize, elements: usize): void {
  for (let i: usize = 0; i < elements; i++) store<u64>(out + (i << 3), load<u64>(a + (i << 4)));
}

/** out[i] = a[i], a word, with `sign` for its sign to be extended, else zeros above it */
export function widen128(out: usize, a: usize, sign: i32, elements: usize): void {
  for (let i: usize = 0; i < elements; i++) {
    const word = load<u64>(a + (i << 3));
    store<u64>(out + (i << 4), word);
    store<u64>(out + (i << 4), sign ? <u64>(<i64>word >> 63) : 0, 8);
  }
}

/** message = value − mask, receiverShare += mask, otherShare += message */
export function share128(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  value: usize,
  mask: usize,
  elements: usize,
): void {
  subtract128(message, value, mask, elements);
  add128(receiverShare, receiverShare, mask, elements);
  add128(otherShare, otherShare, message, elements);
}

/** The same for the cross term xi · yj + xj · yi of a product. */
export function shareCross128(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  xi: usize,
  xj: usize,
  yi: usize,
  yj: usize,
  mask: usize,
  elements: usize,
): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(xi + at),
      a1 = load<u64>(xi + at, 8),
      b0 = load<u64>(yj + at),
      b1 = load<u64>(yj + at, 8);
    const c0 = load<u64>(xj + at),
      c1 = load<u64>(xj + at, 8),
      d0 = load<u64>(yi + at),
      d1 = load<u64>(yi + at, 8);
    const first = a0 * b0;
    const low = first + c0 * d0;
    store<u64>(message + at, low);
    store<u64>(message + at, second(a0, a1, b0, b1) + second(c0, c1, d0, d1) + u64(low < first), 8);
  }
  share128(message, receiverShare, otherShare, message, mask, elements);
}

/** The same for the one product u · v. */
export function shareProduct128(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  u: usize,
  v: usize,
  mask: usize,
  elements: usize,
): void {
  multiply128(message, u, v, elements);
  share128(message, receiverShare, otherShare, message, mask, elements);
}

/** The six sums of one party's dot product grow: x_a y_a, x_b y_b, x_c y_c, then the cross sums of (a, b), (a, c), (b, c). */
export function dotThree128(
  totals: usize,
  xa: usize,
  xb: usize,
  xc: usize,
  ya: usize,
  yb: usize,
  yc: usize,
  elements: usize,
): void {
  accumulateDot128(totals, xa, ya, elements);
  accumulateDot128(totals + 16, xb, yb, elements);
  accumulateDot128(totals + 32, xc, yc, elements);
  accumulateDot128(totals + 48, xa, yb, elements);
  accumulateDot128(totals + 48, xb, ya, elements);
  accumulateDot128(totals + 64, xa, yc, elements);
  accumulateDot128(totals + 64, xc, ya, elements);
  accumulateDot128(totals + 80, xb, yc, elements);
  accumulateDot128(totals + 80, xc, yb, elements);
}

/** out += a · b, row-major matrices of rows × inner and inner × columns */
export function matrixProduct128(out: usize, a: usize, b: usize, rows: usize, inner: usize, columns: usize): void {
  const width = columns << 4;
  for (let row: usize = 0; row < rows; row++) {
    const target = out + row * width;
    for (let k: usize = 0; k < inner; k++) {
      const factor = a + ((row * inner + k) << 4);
      const f0 = load<u64>(factor),
        f1 = load<u64>(factor, 8);
      const source = b + k * width;
      for (let at: usize = 0; at < width; at += 16) {
        const s0 = load<u64>(source + at),
          s1 = load<u64>(source + at, 8);
        const t0 = load<u64>(target + at);
        const low = t0 + f0 * s0;
        const up = load<u64>(target + at, 8) + second(f0, f1, s0, s1) + u64(low < t0);
        store<u64>(target + at, low);
        store<u64>(target + at, up, 8);
      }
    }
  }
}
