/**
 * The door to multi-party computation: secret values and what can be done with them, whoever computes. Implemented by four
 * parties (`four/`), in the clear (`clear/`), and as a count of cost (`dry/`).
 * All that is built of these operations (`functions/`) is written once and runs on each.
 *
 * Values are columns. Nothing here depends on a secret: no branch, no index, no allocation. Lengths are public.
 */

/** Bits of a ring element. */
export type WordBits = 64 | 128;

/** `length` secret elements of Z_2^word, read as signed where a sign matters. */
export interface Vector {
  readonly kind: "vector";
  readonly word: WordBits;
  readonly length: number;
}

/** Secret bits: `planes` of them for each of `length` rows. Plane j is bit j of every row, packed 64 rows to a word. */
export interface Bits {
  readonly kind: "bits";
  readonly planes: number;
  readonly length: number;
}

/** A secret permutation of `length` rows, uniformly random, known to no party. */
export interface Permutation {
  readonly kind: "permutation";
  readonly length: number;
}

export type Secret = Vector | Bits | Permutation;

export interface Truncation {
  /** In [−2^(word−2), 2^(word−2)): one bit of headroom, which range analysis must guarantee. */
  readonly value: Vector;
  /** 0 to word − 2. */
  readonly bits: number;
}

/** Public words are bigints reduced modulo the ring; negative ones are welcome. */
export interface Mpc {
  // ----- Memory and rounds

  /**
   * Runs `body`; what it allocated and does not return, by itself or within arrays and records, is freed. Use it around
   * temporaries of any size.
   * @example
   * return mpc.scope(async (s) => s.add(x, await s.multiply(y, z)));
   */
  scope<T>(body: (scope: Mpc) => Promise<T>): Promise<T>;
  /**
   * Runs tasks side by side: the rounds of all are merged, so the rounds are those of the longest. Each task uses only the
   * Mpc that it is given, and awaits nothing but operations on it. Like `scope`, each frees what it does not return.
   */
  parallel<T>(tasks: readonly ((task: Mpc) => Promise<T>)[]): Promise<T[]>;
  /** Lets go of a value early; it must not be used afterwards. Everything is freed at the end of its scope anyway. */
  release(...values: readonly Secret[]): void;

  // ----- Vectors, without a message

  /** The public `words` as a vector. */
  constants(words: BigUint64Array, word: WordBits): Vector;
  /** `length` copies of a public number. */
  constant(value: bigint, length: number, word: WordBits): Vector;
  add(a: Vector, b: Vector): Vector;
  subtract(a: Vector, b: Vector): Vector;
  negate(a: Vector): Vector;
  addPublic(a: Vector, value: bigint): Vector;
  multiplyPublic(a: Vector, value: bigint): Vector;
  /** Row by row with public 64-bit words (sign-extended for 128). */
  addPublicWords(a: Vector, words: BigUint64Array): Vector;
  multiplyPublicWords(a: Vector, words: BigUint64Array): Vector;
  /** One element: the sum of all rows. */
  sum(a: Vector): Vector;
  /** Row i: the sum of rows 0..i. */
  prefixSum(a: Vector): Vector;
  /** `length` copies of the only element. */
  broadcast(a: Vector, length: number): Vector;
  concatenate(vectors: readonly Vector[]): Vector;
  /** Rows [from, to). */
  slice(a: Vector, from: number, to: number): Vector;
  /** Row i: row indices[i] of a, for public indices. */
  gather(a: Vector, indices: Uint32Array): Vector;
  /** The low 64 bits of elements of Z_2^128. */
  narrow(a: Vector): Vector;

  // ----- Vectors, with messages

  /** Row by row; equal lengths and words. */
  multiply(a: Vector, b: Vector): Promise<Vector>;
  /** One element for each pair: Σ over its rows. All in one round, bytes independent of the rows. */
  dot(pairs: readonly (readonly [Vector, Vector])[]): Promise<Vector>;
  /** Row i: Σ_k a_k[i] · b_k[i], for the cost of one multiplication. */
  innerProducts(a: readonly Vector[], b: readonly Vector[]): Promise<Vector>;
  /** Row-major matrices, rows × inner times inner × columns; costs one multiplication per element of the result. */
  matrixProduct(a: Vector, b: Vector, shape: { rows: number; inner: number; columns: number }): Promise<Vector>;
  /** Signed division by 2^bits, rounded down or up by chance: off by less than one; exact where the division is. */
  truncate(items: readonly Truncation[]): Promise<Vector[]>;
  /** Elements in [−2^62, 2^62) of Z_2^64 as elements of Z_2^128. */
  widen(a: Vector): Promise<Vector>;
  /** Opens to every party of the computation. Two words an element for Z_2^128, low first. */
  open(vectors: readonly Vector[]): Promise<BigUint64Array[]>;

  // ----- Bits, without a message

  /** Every row the low `planes` bits of a public number. */
  constantBits(value: bigint, planes: number, length: number): Bits;
  /** Row i the low `planes` bits of the public words[i] (planes ≤ 64). */
  publicBits(words: BigUint64Array, planes: number): Bits;
  xor(a: Bits, b: Bits): Bits;
  /** Every row xor the low bits of a public number. */
  xorPublic(a: Bits, value: bigint): Bits;
  /** Every row and the low bits of a public number. */
  andPublic(a: Bits, value: bigint): Bits;
  /** The named planes, in this order; one may be named more than once. */
  planes(a: Bits, indices: readonly number[]): Bits;
  /** The planes of all, one after another; equal lengths. */
  stack(parts: readonly Bits[]): Bits;
  /** The rows of all, one after another; equal planes. Cheap where every length but the last is a multiple of 64. */
  concatenateBits(parts: readonly Bits[]): Bits;
  /** Rows [from, to). */
  sliceBits(a: Bits, from: number, to: number): Bits;
  /** Row i: row indices[i] of a, for public indices. */
  gatherBits(a: Bits, indices: Uint32Array): Bits;

  // ----- Bits, with messages

  /** Plane by plane, row by row. */
  and(a: Bits, b: Bits): Promise<Bits>;
  /** Every plane of a and the one plane of b. */
  andEach(a: Bits, b: Bits): Promise<Bits>;
  /** Row i: bits of row i as a public number (planes ≤ 64). */
  openBits(values: readonly Bits[]): Promise<BigUint64Array[]>;

  // ----- Between vectors and bits

  /**
   * The beginning of every conversion: summands a + b = x (mod 2^planes), shared as bits, of which g = a ∧ b and p = a ⊕ b are
   * given. With carries c (c_0 = 0, c_{j+1} = g_j ⊕ p_j c_j), bit j of x is p_j ⊕ c_j. Two rounds.
   * @param planes 1 to word: how many low bits are wanted.
   */
  addends(x: Vector, planes: number): Promise<{ generate: Bits; propagate: Bits }>;
  /** 0 or 1 as ring elements: one vector for each plane. Two rounds. */
  inject(bits: Bits, word: WordBits): Promise<Vector[]>;
  /** How many rows are 1, for each plane: a vector of `planes` elements. Cheaper than the sum of `inject`. */
  count(bits: Bits, word: WordBits): Promise<Vector>;

  // ----- Randomness that no party knows

  /** Uniformly random bits, without a message. */
  randomBits(planes: number, length: number): Bits;
  /**
   * Uniformly random bits that are the same in every attempt at a request, and new in another one: what noise is made of, so that
   * nobody can fail attempts until they like it (PROTOCOL 8). Without a message.
   * @throws ProtocolError NoRequestKeys where what computes was not given any
   */
  requestBits(planes: number, length: number): Bits;
  /** Uniformly random elements, without a message. */
  random(length: number, word: WordBits): Vector;
  /** A uniformly random permutation, without a message. */
  randomPermutation(length: number): Permutation;
  /** Row i of the result is row π(i) of the vector, for all vectors the same π. Four rounds. */
  shuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]>;
  /** Undoes `shuffle`: row π(i) of the result is row i of the vector. Four rounds. */
  unshuffle(permutation: Permutation, vectors: readonly Vector[]): Promise<Vector[]>;
  /** `shuffle` for rows of bits: what travels is a row's planes, not an element for each. Four rounds. */
  shuffleBits(permutation: Permutation, bits: readonly Bits[]): Promise<Bits[]>;
  /** Undoes `shuffleBits`. Four rounds. */
  unshuffleBits(permutation: Permutation, bits: readonly Bits[]): Promise<Bits[]>;
}
