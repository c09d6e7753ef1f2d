/** A shuffle in passes, one for each part of a secret permutation: what is the same whoever computes. */
import type { PartyId } from "../../math/party.ts";
import type { RoundPart } from "../round.ts";
import type { Context } from "./context.ts";
import { fromRows } from "./row-bits.ts";
import type { ReplicatedBits, ReplicatedVector, Shares } from "./values.ts";

/** Which parts are applied in which order, from which lists. */
export interface Order {
  readonly passes: readonly PartyId[];
  readonly lists: Shares;
}

/** All columns side by side, one round a pass. What a pass is given is freed, but for `columns`. */
export async function applyPasses<Column extends ReplicatedVector>(
  context: Context,
  { passes, lists }: Order,
  columns: readonly Column[],
  pass: {
    /** Room for a column of the result. */
    newColumn(like: Column): Column;
    part(k: PartyId, list: number, from: Column, to: Column): RoundPart;
  },
): Promise<Column[]> {
  let current = columns;
  for (const k of passes) {
    const next = current.map(pass.newColumn);
    await context.exchange(...current.map((x, index) => pass.part(k, lists[k], x, next[index]!)));
    if (current !== columns)
      for (const { regions } of current) for (const region of regions) context.arena.free(region);
    current = next;
  }
  return [...current];
}

/**
 * Columns of bits again, of their rows one column after the other.
 * @param moved as many words a row for each column as `toRows` makes of it; more are ignored
 */
export function columnsOf(
  context: Context,
  columns: readonly ReplicatedBits[],
  moved: readonly ReplicatedVector<64>[],
): ReplicatedBits[] {
  let first = 0;
  return columns.map(({ planes }) => {
    const words = Math.ceil(planes / 64);
    const mine = moved.slice(first, first + words);
    first += words;
    return fromRows(context, mine, planes);
  });
}
