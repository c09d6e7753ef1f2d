/** Loops over packed bits, 64 to a word, and between packed planes and ring elements. */

/** out = a xor b */
export function xor(out: usize, a: usize, b: usize, words: usize): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, v128.xor(v128.load(a + at), v128.load(b + at)));
  if (words & 1) store<u64>(out + end, load<u64>(a + end) ^ load<u64>(b + end));
}

/** out = a and b */
export function and(out: usize, a: usize, b: usize, words: usize): void {
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, v128.and(v128.load(a + at), v128.load(b + at)));
  if (words & 1) store<u64>(out + end, load<u64>(a + end) & load<u64>(b + end));
}

/** out = not a */
export function not(out: usize, a: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) store<u64>(out + at, ~load<u64>(a + at));
}

/** A joint sharing: message = value xor mask, receiverShare ^= mask, otherShare ^= message. */
export function shareBits(
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
    const m = v128.xor(v128.load(value + at), r);
    v128.store(message + at, m);
    v128.store(receiverShare + at, v128.xor(v128.load(receiverShare + at), r));
    v128.store(otherShare + at, v128.xor(v128.load(otherShare + at), m));
  }
  if (words & 1) {
    const r = load<u64>(mask + end);
    const m = load<u64>(value + end) ^ r;
    store<u64>(message + end, m);
    store<u64>(receiverShare + end, load<u64>(receiverShare + end) ^ r);
    store<u64>(otherShare + end, load<u64>(otherShare + end) ^ m);
  }
}

/** The same for the cross term (xi and yj) xor (xj and yi). */
export function shareCrossBits(
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
  const end = (words & ~1) << 3;
  for (let at: usize = 0; at < end; at += 16) {
    const r = v128.load(mask + at);
    const term = v128.xor(
      v128.and(v128.load(xi + at), v128.load(yj + at)),
      v128.and(v128.load(xj + at), v128.load(yi + at)),
    );
    const m = v128.xor(term, r);
    v128.store(message + at, m);
    v128.store(receiverShare + at, v128.xor(v128.load(receiverShare + at), r));
    v128.store(otherShare + at, v128.xor(v128.load(otherShare + at), m));
  }
  if (words & 1) {
    const r = load<u64>(mask + end);
    const m = (load<u64>(xi + end) & load<u64>(yj + end)) ^ (load<u64>(xj + end) & load<u64>(yi + end)) ^ r;
    store<u64>(message + end, m);
    store<u64>(receiverShare + end, load<u64>(receiverShare + end) ^ r);
    store<u64>(otherShare + end, load<u64>(otherShare + end) ^ m);
  }
}

/** The same for the one product u and v. */
export function shareProductBits(
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
    const m = (load<u64>(u + at) & load<u64>(v + at)) ^ r;
    store<u64>(message + at, m);
    store<u64>(receiverShare + at, load<u64>(receiverShare + at) ^ r);
    store<u64>(otherShare + at, load<u64>(otherShare + at) ^ m);
  }
}

/** Swaps the upper-right with the lower-left blocks of `j` × `j` bits (Hacker's Delight 7-3). */
function swapBlocks(block: usize, j: u32, mask: u64): void {
  for (let k: u32 = 0; k < 64; k = (k + j + 1) & ~j) {
    const upperAt = block + ((<usize>k) << 3),
      lowerAt = block + ((<usize>(k + j)) << 3);
    const up = load<u64>(upperAt),
      low = load<u64>(lowerAt);
    const swapped = ((up >> <u64>j) ^ low) & mask;
    store<u64>(upperAt, up ^ (swapped << (<u64>j)));
    store<u64>(lowerAt, low ^ swapped);
  }
}

/** Transposes the 64 × 64 bits at `block` in place. */
function transpose(block: usize): void {
  swapBlocks(block, 32, 0x00000000ffffffff);
  swapBlocks(block, 16, 0x0000ffff0000ffff);
  swapBlocks(block, 8, 0x00ff00ff00ff00ff);
  swapBlocks(block, 4, 0x0f0f0f0f0f0f0f0f);
  swapBlocks(block, 2, 0x3333333333333333);
  swapBlocks(block, 1, 0x5555555555555555);
}

/**
 * Bit j of word i (words `stride` bytes apart) becomes bit i of plane j, for `planes` ≤ 64 planes that are `planeBytes` apart.
 * Rows behind the last are zero. `block` is 512 bytes of scratch.
 */
export function toPlanes(
  out: usize,
  planeBytes: usize,
  a: usize,
  stride: usize,
  rows: usize,
  planes: usize,
  block: usize,
): void {
  for (let from: usize = 0; from < rows; from += 64) {
    const count = min(rows - from, 64);
    for (let i: usize = 0; i < count; i++) store<u64>(block + (i << 3), load<u64>(a + (from + i) * stride));
    for (let i = count; i < 64; i++) store<u64>(block + (i << 3), 0);
    transpose(block);
    for (let j: usize = 0; j < planes; j++) store<u64>(out + j * planeBytes + (from >> 3), load<u64>(block + (j << 3)));
  }
}

/** The inverse: word i collects bit i of each plane; bits of planes that are not there are zero. */
export function fromPlanes(
  out: usize,
  stride: usize,
  planes: usize,
  planeBytes: usize,
  rows: usize,
  count: usize,
  block: usize,
): void {
  for (let from: usize = 0; from < rows; from += 64) {
    for (let j: usize = 0; j < 64; j++) {
      store<u64>(block + (j << 3), j < count ? load<u64>(planes + j * planeBytes + (from >> 3)) : 0);
    }
    transpose(block);
    const wanted = min(rows - from, 64);
    for (let i: usize = 0; i < wanted; i++) store<u64>(out + (from + i) * stride, load<u64>(block + (i << 3)));
  }
}

/** out[i] = bit first + i of the packed bits, as a word every `stride` bytes */
export function expandBits(out: usize, stride: usize, bits: usize, first: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    const at = first + i;
    store<u64>(out + i * stride, (load<u64>(bits + ((at >> 6) << 3)) >> <u64>(at & 63)) & 1);
  }
}

/** out = `rows` bits of a from bit `first` on, packed from bit 0; zeros behind the last. */
export function copyBits(out: usize, a: usize, first: usize, rows: usize): void {
  const words = (rows + 63) >> 6;
  const shift = <u64>(first & 63);
  const source = a + ((first >> 6) << 3);
  const last = (first + rows - 1) >> 6;
  for (let i: usize = 0; i < words; i++) {
    const low = load<u64>(source + (i << 3)) >> shift;
    const more = shift != 0 && (first >> 6) + i + 1 <= last;
    store<u64>(out + (i << 3), more ? low | (load<u64>(source + (i << 3), 8) << (64 - shift)) : low);
  }
  if (rows & 63) {
    const end = out + ((words - 1) << 3);
    store<u64>(end, load<u64>(end) & (((<u64>1) << (<u64>(rows & 63))) - 1));
  }
}

/** out |= `rows` packed bits of a (zeros behind its last), moved up by `first` bits. */
export function mergeBits(out: usize, a: usize, first: usize, rows: usize): void {
  const words = (rows + 63) >> 6;
  const shift = <u64>(first & 63);
  const target = out + ((first >> 6) << 3);
  for (let i: usize = 0; i < words; i++) {
    const word = load<u64>(a + (i << 3));
    store<u64>(target + (i << 3), load<u64>(target + (i << 3)) | (word << shift));
    if (<usize>shift + min(rows - (i << 6), 64) > 64) {
      store<u64>(target + (i << 3), load<u64>(target + (i << 3), 8) | (word >> (64 - shift)), 8);
    }
  }
}
