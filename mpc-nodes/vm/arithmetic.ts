/**
 * What the VM asks of a protocol: vectors of ring words of some representation `S` (shared among nodes, or plain), with
 * local operations and batches of interactive ones. Every batch is one call, so that independent items share its rounds.
 * Public words are BigInts in [0, 2^64).
 */
export interface Arithmetic<S> {
  length(a: S): number;
  /** Element by element; both operands have the same length. */
  add(a: S, b: S): S;
  subtract(a: S, b: S): S;
  /** Adds `word` to every element. */
  addPublic(a: S, word: bigint): S;
  multiplyPublic(a: S, word: bigint): S;
  /** One element: the sum of all. Zero for an empty vector. */
  sum(a: S): S;
  /** `length` copies of the only element. */
  broadcast(a: S, length: number): S;
  multiply(pairs: readonly [S, S][]): Promise<S[]>;
  /** One element for each pair: the sum over the products. */
  dot(pairs: readonly [S, S][]): Promise<S[]>;
  /**
   * Signed division by 2^bits of elements in [-2^62, 2^62), rounded down or up to an integer: off by less than one, in
   * either direction, and exact where the division is.
   */
  truncate(items: readonly { value: S; bits: number }[]): Promise<S[]>;
}
