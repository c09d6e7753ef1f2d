/** Permutations as lists of u32. */
import { high } from "./wide";

/** order = 0, 1, …, length − 1 */
export function identity(order: usize, length: usize): void {
  for (let i: usize = 0; i < length; i++) store<u32>(order + (i << 2), <u32>i);
}

/**
 * Fisher-Yates (Knuth 3.4.2, Algorithm P), for the entries from..to − 1 of `length`, from behind: `from` is the entry count left.
 * 128 random bits an entry: floor(r · m / 2^128) is uniform below m up to m / 2^128, without a rejection loop.
 */
export function shuffleOrder(order: usize, random: usize, from: usize, to: usize): void {
  for (let i = to; i > from; i--) {
    const m = <u64>i;
    const low = load<u64>(random),
      up = load<u64>(random, 8);
    random += 16;
    const carry = high(low, m);
    const middle = up * m + carry;
    const j = <usize>(high(up, m) + u64(middle < carry));
    const last = order + ((i - 1) << 2),
      chosen = order + (j << 2);
    const swapped = load<u32>(last);
    store<u32>(last, load<u32>(chosen));
    store<u32>(chosen, swapped);
  }
}

/** out[order[i]] = i */
export function invertOrder(out: usize, order: usize, length: usize): void {
  for (let i: usize = 0; i < length; i++) store<u32>(out + ((<usize>load<u32>(order + (i << 2))) << 2), <u32>i);
}
