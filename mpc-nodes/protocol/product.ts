/**
 * The product of two shared values (ePrint 2020/1330): x·y = Σ x_i y_i + Σ_{i<j} (x_i y_j + x_j y_i). All holders of
 * share i have x_i y_i; the cross term of {i, j} is known to the other two parties, who share it jointly. Six ring
 * elements in all, one round.
 */
import { CHUNK_ROWS, forEachChunk } from "../math/chunks.ts";
import { type PartyId, partiesExcept } from "../math/party.ts";
import { type Accumulator, beginSharing, completeSharings } from "./joint-sharing.ts";
import type { Session } from "./session.ts";
import type { Roles } from "./tags.ts";

/**
 * Who shares the cross term of which pair: the pair is the receiver and the party not named. Every party sends or receives
 * three of the six; between {0, 1} and {2, 3}, which truncation uses alone, every party sends one.
 */
export const CROSS_TERMS: readonly Roles[] = [
  { sender: 2, checker: 3, receiver: 1 }, // {0, 1}
  { sender: 3, checker: 0, receiver: 2 }, // {1, 2}
  { sender: 0, checker: 1, receiver: 3 }, // {2, 3}
  { sender: 2, checker: 1, receiver: 3 }, // {0, 3}
  { sender: 1, checker: 3, receiver: 0 }, // {0, 2}
  { sender: 0, checker: 2, receiver: 1 }, // {1, 3}
];

/** The two share indices of a cross term, ascending. */
export function pairOf({ sender, checker }: Roles): [PartyId, PartyId] {
  return partiesExcept(sender, checker) as [PartyId, PartyId];
}

/** The products of shares that one party can compute, for rows [from, to). */
export interface Products {
  /** out = x_i · y_j + x_j · y_i, i < j */
  cross(out: BigUint64Array, i: PartyId, j: PartyId, from: number, to: number): void;
  /** What needs no message, e.g. x_i · y_i, written where it belongs before cross terms are added to the same rows. */
  local?(from: number, to: number): void;
}

/** Adds sharings of cross terms to `into`, in one round. Chunk by chunk: its products, masks and sums stay in the cache. */
export async function addCrossTerms(
  session: Session,
  terms: readonly Roles[],
  length: number,
  products: Products,
  into: Accumulator,
): Promise<void> {
  const sharings = terms.map((roles) => beginSharing(session, roles, length, into));
  const term = new BigUint64Array(Math.min(length, CHUNK_ROWS));
  forEachChunk(length, (from, to) => {
    products.local?.(from, to);
    const value = term.subarray(0, to - from);
    for (const sharing of sharings) {
      if (sharing.knows) products.cross(value, ...pairOf(sharing.roles), from, to);
      sharing.add(from, to, sharing.knows ? value : null);
    }
  });
  await completeSharings(session, sharings);
}
