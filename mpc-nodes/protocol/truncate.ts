/**
 * Exact truncation of a shared fixed-point value by public bits (ePrint 2020/338, in the four-party form that MP-SPDZ calls
 * `Rep4::trunc_pr` with a small gap; PROTOCOL 13): no failure by wrap-around, error below one unit in the last place.
 *
 * For x in [−2^62, 2^62), m bits:
 *   x' = x + 2^62 is in [0, 2^63). Parties 0 and 1 know the mask r = r2 + r3, uniform modulo 2^64, r_j from k_j; party 2
 *   lacks r2 and party 3 lacks r3. Parties 2 and 3 are told c = x' + r mod 2^64, which to each of them is uniform.
 *   With l(·) the low 63 bits and t(·) the top bit, c has a carry out of the low bits iff l(c) < l(r), and then t(c) ≠ t(r),
 *   because t(x') = 0. So with b = t(c) xor t(r):          x' = l(c) − l(r) + b·2^63     (over the integers).
 *   Divide by 2^m and write l(c) = C·2^m + c°, l(r) = R·2^m + r°:
 *       floor(x' / 2^m) = C − R + b·2^(63−m) + floor((c° − r°) / 2^m),       the last term 0 or −1.
 *   The result C − R + b·2^(63−m) − 2^(62−m) is therefore floor(x / 2^m) or floor(x / 2^m) + 1: never smaller, and larger by one
 *   with probability (x mod 2^m) / 2^m over r. It is exact when 2^m divides x, and unbiased otherwise.
 *
 * As t(c) xor t(r) = t(c) + t(r) − 2·t(c)·t(r), with
 *       A = C + 2^(63−m)·t(c), known to 2 and 3,        B = 2^(63−m)·t(r) − R, known to 0 and 1,
 *   the result is A + B − 2^(64−m)·t(c)·t(r) − 2^(62−m). Ten ring elements a row in all, three rounds.
 */
import { kernels } from "../kernels/active.ts";
import { forEachChunk } from "../math/chunks.ts";
import type { PartyId } from "../math/party.ts";
import { viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { addPublic, concatenate, split } from "../sharing/linear.ts";
import { heldShares, type SharedVector } from "../sharing/shared-vector.ts";
import { ProtocolError } from "./errors.ts";
import { type Accumulator, beginSharing, completeSharings, type OpenSharing, zeroShares } from "./joint-sharing.ts";
import { requireOwn } from "./operands.ts";
import { addCrossTerms, CROSS_TERMS, type Products, pairOf } from "./product.ts";
import type { Session } from "./session.ts";
import type { Roles } from "./tags.ts";

/** Operands lie in [−2^62, 2^62): one bit of headroom. */
export const TRUNCATION_HEADROOM_BITS = 62;

export interface Truncation {
  readonly value: SharedVector;
  /** 0 to 62. */
  readonly bits: number;
}

const MASK_TO_2: Roles = { sender: 0, checker: 1, receiver: 2 };
const MASK_TO_3: Roles = { sender: 1, checker: 0, receiver: 3 };
const OPENED_TO_1: Roles = { sender: 2, checker: 3, receiver: 1 };
const OPENED_TO_0: Roles = { sender: 3, checker: 2, receiver: 0 };

/** The cross terms of a value shared by 2 and 3 (shares 0, 1) with one shared by 0 and 1 (shares 2, 3): the others vanish. */
const ACROSS = CROSS_TERMS.filter((roles) => pairOf(roles)[0] < 2 && pairOf(roles)[1] >= 2);

/**
 * x / 2^bits, rounded down or up by chance, for every item; all items in the same three rounds.
 * @param items values in [−2^62, 2^62); outside of it the result is wrong, which range analysis must exclude beforehand
 */
export async function truncate(session: Session, items: readonly Truncation[]): Promise<SharedVector[]> {
  if (items.length === 0) return [];
  requireOwn(
    session,
    items.map(({ value }) => value),
  );
  for (const { bits } of items) {
    if (!Number.isInteger(bits) || bits < 0 || bits > TRUNCATION_HEADROOM_BITS) {
      throw new ProtocolError(
        "InvalidShift",
        `cannot truncate by ${bits} bits; 0 to ${TRUNCATION_HEADROOM_BITS} are possible`,
      );
    }
  }
  const { party } = session;
  const raised = addPublic(concatenate(items.map(({ value }) => value)), 1n << 62n);
  const { length } = raised;
  const result = zeroShares(party, length);
  const topOfMask = zeroShares(party, length);
  const topOfOpened = zeroShares(party, length);

  // Round 1. The mask's parts are shared by 0 and 1; x' + r is opened to 2 and 3.
  const masks = ([2, 3] as const).map((j) => (party === j ? null : session.randomness.words(j, "truncation", length)));
  const masked = raised.shares.map((words, j) => {
    const part = j >= 2 ? masks[j - 2] : null;
    return words && part ? sumOf(words, part) : words;
  });
  const knowsMask = party === 0 || party === 1;
  const mask = knowsMask ? sumOf(masks[0]!, masks[1]!) : null;
  const pending = [
    beginSharing(session, MASK_TO_2, length, topOfMask),
    beginSharing(session, MASK_TO_3, length, result),
  ] as const;
  addDerived(...pending, mask, items, difference);
  const received = await session.joint.exchange([
    { ...MASK_TO_2, byteLength: length * WORD_BYTES, bytes: knowsMask ? viewBytes(masked[2]!) : null },
    { ...MASK_TO_3, byteLength: length * WORD_BYTES, bytes: knowsMask ? viewBytes(masked[3]!) : null },
    ...pending.map(({ message }) => message),
  ]);
  for (const [index, sharing] of pending.entries()) sharing.complete(received[2 + index]!);

  // Round 2. The opened value's parts are shared by 2 and 3.
  let opened: BigUint64Array | null = null;
  if (party === 2 || party === 3) {
    masked[party] = viewWords(received[party === 2 ? 0 : 1]!);
    opened = masked.map((words) => words!).reduce(sumOf);
  }
  const pendingOpened = [
    beginSharing(session, OPENED_TO_0, length, topOfOpened),
    beginSharing(session, OPENED_TO_1, length, result),
  ] as const;
  addDerived(...pendingOpened, opened, items, sumOf);
  await completeSharings(session, pendingOpened);

  // Round 3. The product of the two top bits.
  const product = zeroShares(party, length);
  // Shares 2 and 3 of the one factor, 0 and 1 of the other are zero, so of each cross term one product is left.
  const products: Products = {
    cross(out, i, j, from, to) {
      kernels.multiply(out, topOfOpened[i]!.subarray(from, to), topOfMask[j]!.subarray(from, to));
    },
  };
  await addCrossTerms(session, ACROSS, length, products, product);
  return assemble(party, items, result, product);
}

/** A + B − 2^(64−m)·product − 2^(62−m), item by item. */
function assemble(
  party: PartyId,
  items: readonly Truncation[],
  sums: Accumulator,
  product: Accumulator,
): SharedVector[] {
  for (const j of heldShares(party)) {
    forEachItem(items, ({ bits }, from, to) => {
      const out = sums[j]!.subarray(from, to);
      const term = product[j]!.subarray(from, to);
      kernels.multiplyWord(term, term, 1n << BigInt(64 - bits));
      kernels.subtract(out, out, term);
    });
  }
  const length = sums[heldShares(party)[0]!]!.length;
  const pieces = split(
    { length, shares: sums },
    items.map(({ value }) => value.length),
  );
  return pieces.map((piece, index) => addPublic(piece, -(1n << BigInt(62 - items[index]!.bits))));
}

/**
 * Shares t(word), and 2^(63−m) · t(word) combined with floor(l(word) / 2^m). Chunk by chunk, so that what is derived on the
 * way stays in the cache.
 * @param words null where the sharings' value is not known
 */
function addDerived(
  top: OpenSharing,
  rest: OpenSharing,
  words: BigUint64Array | null,
  items: readonly Truncation[],
  combine: (weighted: BigUint64Array, quotient: BigUint64Array) => BigUint64Array,
): void {
  forEachItem(items, ({ bits }, start, end) => {
    forEachChunk(end - start, (first, last) => {
      const [from, to] = [start + first, start + last];
      const piece = words?.subarray(from, to) ?? null;
      top.add(from, to, piece && topBits(piece));
      rest.add(from, to, piece && combine(weighted(piece, bits), quotients(piece, bits)));
    });
  });
}

/** t(word) */
function topBits(words: BigUint64Array): BigUint64Array {
  const out = new BigUint64Array(words.length);
  kernels.shiftRight(out, words, 63);
  return out;
}

/** 2^(63−m) · t(word) */
function weighted(words: BigUint64Array, bits: number): BigUint64Array {
  const out = topBits(words);
  kernels.multiplyWord(out, out, 1n << BigInt(63 - bits));
  return out;
}

/** floor(l(word) / 2^m): doubling drops the top bit, one bit more of shift takes the doubling back. */
function quotients(words: BigUint64Array, bits: number): BigUint64Array {
  const out = sumOf(words, words);
  kernels.shiftRight(out, out, bits + 1);
  return out;
}

function forEachItem(items: readonly Truncation[], visit: (item: Truncation, from: number, to: number) => void): void {
  let from = 0;
  for (const item of items) {
    visit(item, from, from + item.value.length);
    from += item.value.length;
  }
}

function sumOf(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const out = new BigUint64Array(a.length);
  kernels.add(out, a, b);
  return out;
}

function difference(a: BigUint64Array, b: BigUint64Array): BigUint64Array {
  const out = new BigUint64Array(a.length);
  kernels.subtract(out, a, b);
  return out;
}
