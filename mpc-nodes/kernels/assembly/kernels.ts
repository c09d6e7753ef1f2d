/**
 * The kernels in AssemblyScript (not TypeScript: `npm run kernels` compiles it to WebAssembly). Each loop runs over
 * `words` 64-bit words that the caller has put into this module's memory; pointers are byte offsets, multiples of 16.
 * Arithmetic is modulo 2^64. Nothing branches on a word or takes an address from one: constant-time in the data.
 *
 * Additions and shifts go two words at a time (v128), so up to one word behind the last is computed and never read.
 * Multiplications go one at a time: x86-64 before AVX-512 has no 64-bit vector product, and V8's three 32-bit ones are no faster.
 */

/** out = a + b */
export function add(out: usize, a: usize, b: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 16) {
    v128.store(out + at, i64x2.add(v128.load(a + at), v128.load(b + at)));
  }
}

/** out = a − b */
export function subtract(out: usize, a: usize, b: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 16) {
    v128.store(out + at, i64x2.sub(v128.load(a + at), v128.load(b + at)));
  }
}

/** out = a · b */
export function multiply(out: usize, a: usize, b: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    store<u64>(out + at, load<u64>(a + at) * load<u64>(b + at));
  }
}

/** out = a · b + c · d */
export function multiplyPairs(out: usize, a: usize, b: usize, c: usize, d: usize, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    store<u64>(out + at, load<u64>(a + at) * load<u64>(b + at) + load<u64>(c + at) * load<u64>(d + at));
  }
}

/** out = a + word */
export function addWord(out: usize, a: usize, word: u64, words: usize): void {
  const addend = i64x2.splat(word);
  for (let at: usize = 0, end = words << 3; at < end; at += 16) {
    v128.store(out + at, i64x2.add(v128.load(a + at), addend));
  }
}

/** out = a · word */
export function multiplyWord(out: usize, a: usize, word: u64, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 8) {
    store<u64>(out + at, load<u64>(a + at) * word);
  }
}

/** out = a >> bits, zeros shifted in */
export function shiftRight(out: usize, a: usize, bits: i32, words: usize): void {
  for (let at: usize = 0, end = words << 3; at < end; at += 16) {
    v128.store(out + at, i64x2.shr_u(v128.load(a + at), bits));
  }
}

/** The one word at `total` grows by Σ a. */
export function accumulateSum(total: usize, a: usize, words: usize): void {
  let sum = load<u64>(total);
  for (let at: usize = 0, end = words << 3; at < end; at += 8) sum += load<u64>(a + at);
  store<u64>(total, sum);
}

/** The one word at `total` grows by Σ a · b. */
export function accumulateDot(total: usize, a: usize, b: usize, words: usize): void {
  let sum = load<u64>(total);
  for (let at: usize = 0, end = words << 3; at < end; at += 8) sum += load<u64>(a + at) * load<u64>(b + at);
  store<u64>(total, sum);
}
