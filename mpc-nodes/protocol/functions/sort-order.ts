/**
 * Stable radix sort of secret keys (Chida, Hamada, Ikarashi, Kikuchi, Kiribuchi, Pinkas, ePrint 2019/695), arranged for four parties,
 * among whom a shuffle costs 12 elements a row, an injected bit 6, a product 6, an opening 4.
 *
 * Each pass sorts rows by one digit of w bits. The paper keeps keys in their original order and composes permutations, which shuffles
 * twice a pass. Here rows are really moved: a row is the bits that later passes still need, and the number of the row that it was. It
 * travels as bits: all of it costs what one vector would.
 *
 *     destination of each row by the digit at hand: inject 2^w − 1 indicators, one inner product    rounds 2 + 1
 *       (meanwhile the indicators of the next digit are made of its bits)                            (w − 1, merged)
 *     shuffle destinations and rows by one π                                                        rounds 4
 *     open the destinations, move the rows                                                          round  1
 *
 * Elements a row: 6·(2^w − 1) + 6 + 12 + 12 + 4, so for each bit of the keys 40 (w = 1), 26 (2), 25.3 (3), 31 (4), besides ANDs of 0.1
 * an indicator; a row of more than 64 bits costs 12 more. Rounds: 8 a pass. w = 3 moves the least, in two thirds of the rounds of w = 2.
 * For 32 bits that is 11 passes, ten of three bits and one of two: 812 elements a row and 88 rounds (w = 2: 16 passes, 832 elements, 128
 * rounds), a round for the first digit, 16 elements and 5 rounds for the order, and 12 elements and 4 rounds a column.
 */
import type { Bits, Mpc, Vector } from "../mpc.ts";
import { destinations, oneHot } from "./digits.ts";
import { inverseOf, lowHalves, type Order, orderFromDestinations, orderFromSources, together } from "./order.ts";

/** Bits of a digit; the reasons are above. */
export const DIGIT_BITS = 3;

/**
 * The order that sorts rows by their keys, read as unsigned numbers; rows of equal keys stay in their order. For keys of one digit
 * it is the digit's destinations: nothing is moved before the order is applied.
 * @param keys plane 0 the lowest bit; at least one plane
 */
export async function sortOrder(mpc: Mpc, keys: Bits): Promise<Order> {
  const digits = digitsOf(keys.planes);
  if (keys.length < 2) return orderFromSources(mpc, mpc.constantBits(0n, 1, keys.length));
  if (digits.length === 1) {
    const places = await mpc.scope(async (scope) => destinations(scope, await oneHot(scope, keys)));
    const order = await orderFromDestinations(mpc, places);
    mpc.release(places);
    return order;
  }
  const sources = await mpc.scope((scope) => sortedSources(scope, keys, digits));
  const order = await orderFromSources(mpc, sources);
  mpc.release(sources);
  return order;
}

type Range = readonly [from: number, to: number];

/** Digits from the lowest, as even as can be and none wider than DIGIT_BITS. */
function digitsOf(planes: number): Range[] {
  const count = Math.ceil(planes / DIGIT_BITS);
  const start = (digit: number) => Math.floor((digit * planes) / count);
  return Array.from({ length: count }, (_, digit) => [start(digit), start(digit + 1)]);
}

function span([from, to]: Range): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Row p of the result: the original number of the row that comes p-th. */
async function sortedSources(mpc: Mpc, keys: Bits, digits: readonly Range[]): Promise<Bits> {
  const numbers = BigUint64Array.from({ length: keys.length }, (_, row) => BigInt(row));
  const numberPlanes = Math.max(1, 32 - Math.clz32(keys.length - 1));
  let hot = await oneHot(mpc, mpc.planes(keys, span(digits[0]!)));
  let numbered = mpc.publicBits(numbers, numberPlanes);
  // The bits of digits after the next one, as they lie after the passes so far; plane 0 is bit `later`.
  let rest = keys;
  let later = 0;
  for (const [pass] of digits.entries()) {
    const next = digits[pass + 1];
    const tail: Range | null = next && next[1] < keys.planes ? [next[1] - later, keys.planes - later] : null;
    const moved = await mpc.scope(async (scope) => {
      const [places, nextHot] = await scope.parallel<Vector | Bits>([
        (task) => destinations(task, hot),
        ...(next ? [(task: Mpc) => oneHot(task, task.planes(rest, span([next[0] - later, next[1] - later])))] : []),
      ]);
      const row = [numbered, ...(nextHot ? [nextHot as Bits] : []), ...(tail ? [scope.planes(rest, span(tail))] : [])];
      return moveRows(scope, places as Vector, scope.stack(row));
    });
    mpc.release(hot, numbered, ...(pass > 0 ? [rest] : []));
    numbered = mpc.planes(moved, span([0, numberPlanes]));
    if (!next) break;
    const hotEnd = numberPlanes + 2 ** (next[1] - next[0]) - 1;
    hot = mpc.planes(moved, span([numberPlanes, hotEnd]));
    rest = mpc.planes(moved, span([hotEnd, moved.planes]));
    later = next[1];
    mpc.release(moved);
  }
  return numbered;
}

/** Row i of `rows` moves to places[i]. Five rounds. */
async function moveRows(mpc: Mpc, places: Vector, rows: Bits): Promise<Bits> {
  const permutation = mpc.randomPermutation(rows.length);
  const { vectors, bits } = await together(
    mpc,
    { vectors: [places], bits: [rows] },
    (task, vectors) => task.shuffle(permutation, vectors),
    (task, bits) => task.shuffleBits(permutation, bits),
  );
  // The places of rows that were shuffled by a π which is uniform, used once and known to no party: a uniform permutation,
  // whatever the keys are. The moved rows have fresh shares, so that nothing ties them to the rows before.
  const [opened] = await mpc.open(vectors);
  return mpc.gatherBits(bits[0]!, inverseOf(lowHalves(opened!)));
}
