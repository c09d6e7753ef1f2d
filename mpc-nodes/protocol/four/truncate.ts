/**
 * Exact truncation of shared fixed-point values by public bits (after ePrint 2020/338; PROTOCOL 13): no failure by wrap-around,
 * error below one unit in the last place. Eight ring elements a row in all, two rounds.
 *
 * For x in [−2^(w−2), 2^(w−2)) of Z_2^w, m bits: x' = x + 2^(w−2) is in [0, 2^(w−1)). Parties 2 and 3 know a = x'0 + x'1, parties 0
 * and 1 know b = −(x'2 + x'3), and x' = a − b modulo 2^w. Write t(·) for the top bit. As t(x') = 0, the borrow into the top bit
 * is t(a) xor t(b), and the borrow out of it is (1 − t(a))·t(b): over the integers
 *       x' = a − b + 2^w · (1 − t(a)) · t(b).
 *   Divide by 2^m, with a = A·2^m + a° and b = B·2^m + b°:
 *       floor(x' / 2^m) = A − B + 2^(w−m)·(1 − t(a))·t(b) + floor((a° − b°) / 2^m),     the last term 0 or −1.
 *   The result A − B + 2^(w−m)·(1 − t(a))·t(b) − 2^(w−2−m) is therefore floor(x / 2^m) or floor(x / 2^m) + 1: never smaller, and
 *   larger iff a° < x° = x' mod 2^m. It is exact when 2^m divides x; over uniform shares it is larger with probability
 *   x° / 2^m, so unbiased.
 *
 * A and t(a) are shared by 2 and 3; −B + 2^(w−m)·t(b) and t(b) by 0 and 1; then the product t(a)·t(b).
 */
import type { NumberRing } from "../../kernels/rings.ts";
import type { Context } from "../replicated/context.ts";
import { newVector } from "../replicated/context.ts";
import { addPublic } from "../replicated/linear.ts";
import type { Shares } from "../replicated/values.ts";
import { BY_0_AND_1, BY_2_AND_3, sharingPart } from "./joint-sharing.ts";
import { acrossPart, knownSharing } from "./multiply.ts";
import type { FourVector } from "./values.ts";

interface Item {
  readonly value: FourVector;
  readonly bits: number;
}

/** All items in the same two rounds. */
export async function truncate(context: Context, items: readonly Item[]): Promise<FourVector[]> {
  const works = items.map((item) => begin(context, item));
  await context.exchange(...works.map(({ first }) => first));
  await context.exchange(...works.map(({ second }) => second));
  return works.map(({ finish }) => finish());
}

function begin(context: Context, { value, bits }: Item) {
  const { word, length } = value;
  const { arena } = context;
  const ring = context.rings[word];
  const bytes = ring.elementBytes;
  const raised = addPublic(context, value, 1n << BigInt(word - 2));
  const result = newVector(context, word, length, true);
  const tops = newVector(context, word, length, true);
  const product = newVector(context, word, length, true);
  const summand = summandOf(raised.at, bytes, ring);
  const first = sharingPart(context, ring, length, [
    knownSharing(context, ring, BY_2_AND_3, result.at, (from, to, out) => {
      summand.a(from, to, out);
      ring.shiftRight(out, out, bits, to - from);
      return out;
    }),
    knownSharing(context, ring, BY_2_AND_3, tops.at, (from, to, out) => {
      summand.a(from, to, out);
      ring.shiftRight(out, out, word - 1, to - from);
      return out;
    }),
    knownSharing(context, ring, BY_0_AND_1, result.at, (from, to, out) => {
      const quotient = context.scratch[2];
      summand.b(from, to, quotient);
      ring.shiftRight(out, quotient, word - 1, to - from);
      ring.multiplyWord(out, out, 1n << BigInt(word - bits), to - from);
      ring.shiftRight(quotient, quotient, bits, to - from);
      ring.subtract(out, out, quotient, to - from);
      return out;
    }),
    knownSharing(context, ring, BY_0_AND_1, tops.at, (from, to, out) => {
      summand.b(from, to, out);
      ring.shiftRight(out, out, word - 1, to - from);
      return out;
    }),
  ]);
  // t(a) lies in shares 0 and 1 of `tops`, t(b) in shares 2 and 3.
  const second = acrossPart(context, ring, length, tops.at, tops.at, product.at);
  const finish = (): FourVector => {
    for (const j of context.held) {
      ring.multiplyWord(product.at[j], product.at[j], 1n << BigInt(word - bits), length);
      ring.subtract(result.at[j], result.at[j], product.at[j], length);
    }
    for (const spent of [tops, product]) for (const region of spent.regions) arena.free(region);
    return addPublic(context, result, -(1n << BigInt(word - 2 - bits)));
  };
  return { first, second, finish };
}

/** a = x0 + x1 at parties 2 and 3; b = −(x2 + x3) at parties 0 and 1. */
export function summandOf(
  x: Shares,
  bytes: number,
  ring: NumberRing,
): { a(from: number, to: number, out: number): void; b(from: number, to: number, out: number): void } {
  return {
    a(from, to, out) {
      ring.add(out, x[0] + from * bytes, x[1] + from * bytes, to - from);
    },
    b(from, to, out) {
      ring.add(out, x[2] + from * bytes, x[3] + from * bytes, to - from);
      ring.multiplyWord(out, out, -1n, to - from);
    },
  };
}
