/**
 * What each operation costs, declared: rounds, and what each party sends (payload bytes, framing excluded). Batching is
 * free: the figures depend on the total length of what is put into one call. A test holds the counted cost to these.
 */
import { PARTIES } from "../math/party.ts";
import { WORD_BYTES } from "../math/words.ts";
import { COMMITMENT_BYTES } from "../sharing/commitment.ts";
import { TAG_BYTES } from "./tags.ts";

export interface Cost {
  readonly rounds: number;
  /** bytesSent[i] is what party i sends. */
  readonly bytesSent: readonly number[];
}

interface Declaration {
  readonly rounds: number;
  /** Ring elements that party i sends, for each row. */
  readonly elements: readonly number[];
  /** Tags that party i sends, whatever the length. */
  readonly tags: readonly number[];
}

/** Rows: total rows of a multiplication, truncation, opening, refresh; number of pairs of a dot product. */
export const declaredCosts = {
  multiply: { rounds: 1, elements: [2, 1, 2, 1], tags: [1, 2, 1, 2] },
  dot: { rounds: 1, elements: [2, 1, 2, 1], tags: [1, 2, 1, 2] },
  truncate: { rounds: 3, elements: [3, 3, 2, 2], tags: [2, 2, 2, 2] },
  open: { rounds: 1, elements: [1, 1, 1, 1], tags: [1, 1, 1, 1] },
  refresh: { rounds: 1, elements: [1, 0, 1, 1], tags: [1, 1, 0, 1] },
} as const satisfies Record<string, Declaration>;

export type CostedOperation = keyof typeof declaredCosts;

/** The cost of one call over `rows` rows; nothing is sent for none. */
export function costOf(operation: CostedOperation, rows: number): Cost {
  const { rounds, elements, tags } = declaredCosts[operation];
  if (rows === 0) return { rounds: 0, bytesSent: [0, 0, 0, 0] };
  return { rounds, bytesSent: PARTIES.map((i) => rows * WORD_BYTES * elements[i]! + TAG_BYTES * tags[i]!) };
}

/** The coin toss: in each round two 32-byte values to each of three peers. */
export const OPEN_SESSION_COST: Cost = { rounds: 3, bytesSent: [576, 576, 576, 576] };

/** Telling each party the commitment that it cannot compute. */
export const AGREE_ON_COMMITMENTS_COST: Cost = {
  rounds: 1,
  bytesSent: PARTIES.map(() => COMMITMENT_BYTES + TAG_BYTES),
};
