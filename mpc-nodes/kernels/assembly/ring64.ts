/**
 * Loops over elements of Z_2^64, eight bytes each. Additions and shifts go two words at a time (v128) with a tail of one.
 * Multiplications go one at a time: x86-64 before AVX-512 has no 64-bit vector product, and V8's three 32-bit ones are no faster.
 */

/** out = a + b */
export function add64(out: usize, a: usize, b: usize, words: usize): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, i64x2.add(v128.load(a + at), v128.load(b + at)));
  if (words & 1) store<u64>(out + end, load<u64>(a + end) + load<u64>(b + end));
}

/** out = a − b */
export function subtract64(out: usize, a: usize, b: usize, words: usize): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, i64x2.sub(v128.load(a + at), v128.load(b + at)));
  if (words & 1) store<u64>(out + end, load<u64>(a + end) - load<u64>(b + end));
}

/** out = a · b */
export function multiply64(out: usize, a: usize, b: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8)
    store<u64>(out + at, load<u64>(a + at) * load<u64>(b + at));
}

/** out = a · b + c · d */
export function multiplyPairs64(out: usize, a: usize, b: usize, c: usize, d: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    store<u64>(out + at, load<u64>(a + at) * load<u64>(b + at) + load<u64>(c + at) * load<u64>(d + at));
  }
}

/** out = a + word */
export function addWord64(out: usize, a: usize, word: u64, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) store<u64>(out + at, load<u64>(a + at) + word);
}

/** out = a · word */
export function multiplyWord64(out: usize, a: usize, word: u64, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) store<u64>(out + at, load<u64>(a + at) * word);
}

/** out = a >> bits, zeros shifted in; bits < 64 */
export function shiftRight64(out: usize, a: usize, bits: i32, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) store<u64>(out + at, load<u64>(a + at) >> <u64>bits);
}

/** The one word at `total` grows by Σ a. */
export function accumulateSum64(total: usize, a: usize, words: usize): void {
  let sum = load<u64>(total);
  for (let at: usize = 0, end = words << 3; at < end; at += 8) sum += load<u64>(a + at);
  store<u64>(total, sum);
}

/** The one word at `total` grows by Σ a · b. */
export function accumulateDot64(total: usize, a: usize, b: usize, words: usize): void {
  let sum = load<u64>(total);
  for (let at: usize = 0, end = words << 3; at < end; at += 8) sum += load<u64>(a + at) * load<u64>(b + at);
  store<u64>(total, sum);
}

/** out[i] = a[0] + … + a[i] */
export function prefixSum64(out: usize, a: usize, words: usize): void {
  let sum: u64 = 0;
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    sum += load<u64>(a + at);
    store<u64>(out + at, sum);
  }
}

/** out[i] = the word at a */
export function fill64(out: usize, a: usize, words: usize): void {
  const word = load<u64>(a);
  for (let at: usize = 0, end = words << 3; at < end; at += 8) store<u64>(out + at, word);
}

/** out[i] = a[indices[i]], for public u32 indices */
export function gather64(out: usize, a: usize, indices: usize, words: usize): void {
  for (let i: usize = 0; i < words; i++)
    store<u64>(out + (i << 3), load<u64>(a + ((<usize>load<u32>(indices + (i << 2))) << 3)));
}

/**
 * A joint sharing of the value at `value` (protocol/four/joint-sharing.ts):
 * message = value − mask, receiverShare += mask, otherShare += message.
 */
export function share64(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  value: usize,
  mask: usize,
  words: usize,
): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const r = v128.load(mask + at);
    const m = i64x2.sub(v128.load(value + at), r);
    v128.store(message + at, m);
    v128.store(receiverShare + at, i64x2.add(v128.load(receiverShare + at), r));
    v128.store(otherShare + at, i64x2.add(v128.load(otherShare + at), m));
  }
  if (words & 1) {
    const r = load<u64>(mask + end);
    const m = load<u64>(value + end) - r;
    store<u64>(message + end, m);
    store<u64>(receiverShare + end, load<u64>(receiverShare + end) + r);
    store<u64>(otherShare + end, load<u64>(otherShare + end) + m);
  }
}

/** The same for the cross term xi · yj + xj · yi of a product. */
export function shareCross64(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  xi: usize,
  xj: usize,
  yi: usize,
  yj: usize,
  mask: usize,
  words: usize,
): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const r = load<u64>(mask + at);
    const m = load<u64>(xi + at) * load<u64>(yj + at) + load<u64>(xj + at) * load<u64>(yi + at) - r;
    store<u64>(message + at, m);
    store<u64>(receiverShare + at, load<u64>(receiverShare + at) + r);
    store<u64>(otherShare + at, load<u64>(otherShare + at) + m);
  }
}

/** The same for the one product u · v. */
export function shareProduct64(
  message: usize,
  receiverShare: usize,
  otherShare: usize,
  u: usize,
  v: usize,
  mask: usize,
  words: usize,
): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const r = load<u64>(mask + at);
    const m = load<u64>(u + at) * load<u64>(v + at) - r;
    store<u64>(message + at, m);
    store<u64>(receiverShare + at, load<u64>(receiverShare + at) + r);
    store<u64>(otherShare + at, load<u64>(otherShare + at) + m);
  }
}

/** The six sums of one party's dot product grow: x_a y_a, x_b y_b, x_c y_c, then the cross sums of (a, b), (a, c), (b, c). */
export function dotThree64(
  totals: usize,
  xa: usize,
  xb: usize,
  xc: usize,
  ya: usize,
  yb: usize,
  yc: usize,
  words: usize,
): void {
  let aa: u64 = 0,
    bb: u64 = 0,
    cc: u64 = 0,
    ab: u64 = 0,
    ac: u64 = 0,
    bc: u64 = 0;
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const x0 = load<u64>(xa + at),
      x1 = load<u64>(xb + at),
      x2 = load<u64>(xc + at);
    const y0 = load<u64>(ya + at),
      y1 = load<u64>(yb + at),
      y2 = load<u64>(yc + at);
    aa += x0 * y0;
    bb += x1 * y1;
    cc += x2 * y2;
    ab += x0 * y1 + x1 * y0;
    ac += x0 * y2 + x2 * y0;
    bc += x1 * y2 + x2 * y1;
  }
  store<u64>(totals, load<u64>(totals) + aa);
  store<u64>(totals + 8, load<u64>(totals + 8) + bb);
  store<u64>(totals + 16, load<u64>(totals + 16) + cc);
  store<u64>(totals + 24, load<u64>(totals + 24) + ab);
  store<u64>(totals + 32, load<u64>(totals + 32) + ac);
  store<u64>(totals + 40, load<u64>(totals + 40) + bc);
}

/** out += a · b, row-major matrices of rows × inner and inner × columns */
export function matrixProduct64(out: usize, a: usize, b: usize, rows: usize, inner: usize, columns: usize): void {
  const width = columns << 3;
  for (let row: usize = 0; row < rows; row++) {
    const target = out + row * width;
    for (let k: usize = 0; k < inner; k++) {
      const factor = load<u64>(a + ((row * inner + k) << 3));
      const source = b + k * width;
      for (let at: usize = 0; at < width; at += 8) {
        store<u64>(target + at, load<u64>(target + at) + factor * load<u64>(source + at));
      }
    }
  }
}

/**
 * One party's part of a product, in one pass: za = xa·ya and so on for the three shares that it holds, and of each cross term
 * m = xi·yj + xj·yi − r, of which one of zi, zj takes m and the other the mask r. Bit 0, 1, 2 of `turns` is 1 where the first of
 * (a, b), (a, c), (b, c) takes the message. Masks and messages of the three terms lie `stride` bytes apart.
 */
export function multiplyThree64(
  za: usize,
  zb: usize,
  zc: usize,
  xa: usize,
  xb: usize,
  xc: usize,
  ya: usize,
  yb: usize,
  yc: usize,
  rab: usize,
  rac: usize,
  rbc: usize,
  mab: usize,
  mac: usize,
  mbc: usize,
  turns: u32,
  words: usize,
): void {
  const ab = turns & 1,
    ac = turns & 2,
    bc = turns & 4;
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    const x0 = load<u64>(xa + at),
      x1 = load<u64>(xb + at),
      x2 = load<u64>(xc + at);
    const y0 = load<u64>(ya + at),
      y1 = load<u64>(yb + at),
      y2 = load<u64>(yc + at);
    const r01 = load<u64>(rab + at),
      r02 = load<u64>(rac + at),
      r12 = load<u64>(rbc + at);
    const m01 = x0 * y1 + x1 * y0 - r01;
    const m02 = x0 * y2 + x2 * y0 - r02;
    const m12 = x1 * y2 + x2 * y1 - r12;
    store<u64>(mab + at, m01);
    store<u64>(mac + at, m02);
    store<u64>(mbc + at, m12);
    store<u64>(za + at, x0 * y0 + (ab ? m01 : r01) + (ac ? m02 : r02));
    store<u64>(zb + at, x1 * y1 + (ab ? r01 : m01) + (bc ? m12 : r12));
    store<u64>(zc + at, x2 * y2 + (ac ? r02 : m02) + (bc ? r12 : m12));
  }
}
