/**
 * What a party computes alone when three multiply replicated shares: x lies in three parts of which it holds x_a and x_b, and its
 * part of the product is x_a · (y_a + y_b) + x_b · y_a (Araki et al. 2016, section 2.1, with the two products that share a factor as
 * one). `out` must not overlap an operand.
 */
import { carry, second, third } from "./wide";

/** out = xa · (ya + yb) + xb · ya in Z_2^128 */
export function cross128(out: usize, xa: usize, xb: usize, ya: usize, yb: usize, elements: usize): void {
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(xa + at),
      a1 = load<u64>(xa + at, 8),
      b0 = load<u64>(xb + at),
      b1 = load<u64>(xb + at, 8),
      c0 = load<u64>(ya + at),
      c1 = load<u64>(ya + at, 8);
    const s0 = c0 + load<u64>(yb + at),
      s1 = c1 + load<u64>(yb + at, 8) + u64(s0 < c0);
    const p = a0 * s0,
      low = p + b0 * c0;
    store<u64>(out + at, low);
    store<u64>(out + at, second(a0, a1, s0, s1) + second(b0, b1, c0, c1) + u64(low < p), 8);
  }
}

/** The one element at `total` grows by Σ xa · (ya + yb) + xb · ya in Z_2^128. */
export function accumulateCross128(total: usize, xa: usize, xb: usize, ya: usize, yb: usize, elements: usize): void {
  let low = load<u64>(total),
    up = load<u64>(total, 8);
  for (let at: usize = 0, end = elements << 4; at < end; at += 16) {
    const a0 = load<u64>(xa + at),
      a1 = load<u64>(xa + at, 8),
      b0 = load<u64>(xb + at),
      b1 = load<u64>(xb + at, 8),
      c0 = load<u64>(ya + at),
      c1 = load<u64>(ya + at, 8);
    const s0 = c0 + load<u64>(yb + at),
      s1 = c1 + load<u64>(yb + at, 8) + u64(s0 < c0);
    const p = a0 * s0,
      q = b0 * c0;
    low += p;
    up += second(a0, a1, s0, s1) + second(b0, b1, c0, c1) + u64(low < p);
    low += q;
    up += u64(low < q);
  }
  store<u64>(total, low);
  store<u64>(total, up, 8);
}

/** out = xa · (ya + yb) + xb · ya in Z_2^192 */
export function cross192(out: usize, xa: usize, xb: usize, ya: usize, yb: usize, elements: usize): void {
  for (let at: usize = 0, end = elements * 24; at < end; at += 24) {
    const a0 = load<u64>(xa + at),
      a1 = load<u64>(xa + at, 8),
      a2 = load<u64>(xa + at, 16),
      b0 = load<u64>(xb + at),
      b1 = load<u64>(xb + at, 8),
      b2 = load<u64>(xb + at, 16),
      c0 = load<u64>(ya + at),
      c1 = load<u64>(ya + at, 8),
      c2 = load<u64>(ya + at, 16),
      d0 = load<u64>(yb + at),
      d1 = load<u64>(yb + at, 8);
    const s0 = c0 + d0,
      s1 = c1 + d1 + u64(s0 < c0),
      s2 = c2 + load<u64>(yb + at, 16) + carry(c0, c1, d0, d1);
    const p0 = a0 * s0,
      p1 = second(a0, a1, s0, s1),
      q0 = b0 * c0,
      q1 = second(b0, b1, c0, c1);
    const low = p0 + q0;
    store<u64>(out + at, low);
    store<u64>(out + at, p1 + q1 + u64(low < p0), 8);
    store<u64>(out + at, third(a0, a1, a2, s0, s1, s2) + third(b0, b1, b2, c0, c1, c2) + carry(p0, p1, q0, q1), 16);
  }
}

/** The one element at `total` grows by Σ xa · (ya + yb) + xb · ya in Z_2^192. */
export function accumulateCross192(total: usize, xa: usize, xb: usize, ya: usize, yb: usize, elements: usize): void {
  let low = load<u64>(total),
    middle = load<u64>(total, 8),
    up = load<u64>(total, 16);
  for (let at: usize = 0, end = elements * 24; at < end; at += 24) {
    const a0 = load<u64>(xa + at),
      a1 = load<u64>(xa + at, 8),
      a2 = load<u64>(xa + at, 16),
      b0 = load<u64>(xb + at),
      b1 = load<u64>(xb + at, 8),
      b2 = load<u64>(xb + at, 16),
      c0 = load<u64>(ya + at),
      c1 = load<u64>(ya + at, 8),
      c2 = load<u64>(ya + at, 16),
      d0 = load<u64>(yb + at),
      d1 = load<u64>(yb + at, 8);
    const s0 = c0 + d0,
      s1 = c1 + d1 + u64(s0 < c0),
      s2 = c2 + load<u64>(yb + at, 16) + carry(c0, c1, d0, d1);
    const p0 = a0 * s0,
      p1 = second(a0, a1, s0, s1),
      q0 = b0 * c0,
      q1 = second(b0, b1, c0, c1);
    const t0 = p0 + q0,
      t1 = p1 + q1 + u64(t0 < p0);
    const t2 = third(a0, a1, a2, s0, s1, s2) + third(b0, b1, b2, c0, c1, c2) + carry(p0, p1, q0, q1);
    up += t2 + carry(low, middle, t0, t1);
    low += t0;
    middle += t1 + u64(low < t0);
  }
  store<u64>(total, low);
  store<u64>(total, middle, 8);
  store<u64>(total, up, 16);
}

/** out = (xa and (ya xor yb)) xor (xb and ya) */
export function crossBits(out: usize, xa: usize, xb: usize, ya: usize, yb: usize, words: usize): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const y = v128.load(ya + at);
    const first = v128.and(v128.load(xa + at), v128.xor(y, v128.load(yb + at)));
    v128.store(out + at, v128.xor(first, v128.and(v128.load(xb + at), y)));
  }
  if (words & 1) {
    const y = load<u64>(ya + end);
    store<u64>(out + end, (load<u64>(xa + end) & (y ^ load<u64>(yb + end))) ^ (load<u64>(xb + end) & y));
  }
}
