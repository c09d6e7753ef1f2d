/**
 * Applies a secret permutation in four passes, one for each part π_e that all parties but e know. In pass e the three others permute
 * what they hold and give e a fresh sharing: for j ≠ e, the two of them that hold x_j share π_e(x_j) jointly, to e or to j; x_e,
 * which all three hold, is permuted by each alone and stays in share e. Party e sees only masked messages or its own masks, so its new
 * shares say nothing of π_e. Three ring elements a row and pass, one round a pass (PROTOCOL 16).
 */
import type { Ring } from "../../kernels/rings.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import { type Context, newVector } from "../replicated/context.ts";
import { fromRows, toRows } from "../replicated/row-bits.ts";
import type { ReplicatedBits, ReplicatedPermutation, ReplicatedVector, Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { type Sharing, sharingPart } from "./joint-sharing.ts";
import { knownSharing } from "./multiply.ts";
import { passSharings } from "./shuffle-plan.ts";
import type { FourVector } from "./values.ts";

/** Which parts are applied in which order, from which lists. */
interface Order {
  readonly passes: readonly PartyId[];
  readonly lists: Shares;
}

/** Row i of a result is row π(i): passes 0 to 3. */
export function forwards({ orders }: ReplicatedPermutation): Order {
  return { passes: PARTIES, lists: orders };
}

/** Passes 3 to 0, each with the inverse. */
export function backwards({ inverses }: ReplicatedPermutation): Order {
  return { passes: [...PARTIES].reverse(), lists: inverses };
}

export function shuffle(context: Context, order: Order, vectors: readonly FourVector[]): Promise<FourVector[]> {
  return passes(context, order, vectors);
}

/** Rows of bits likewise, as words whose shares are xored: a word a row for every 64 planes of one column. */
export async function shuffleBits(
  context: Context,
  order: Order,
  columns: readonly ReplicatedBits[],
): Promise<ReplicatedBits[]> {
  const rows = columns.map((column) => toRows(context, column));
  const moved = await passes(context, order, rows.flat(), context.rings.bits);
  const results = columns.map((column, index) => {
    const first = rows.slice(0, index).flat().length;
    const mine = moved.slice(first, first + rows[index]!.length) as ReplicatedVector<64>[];
    return fromRows(context, mine, column.planes);
  });
  for (const { regions } of [...rows.flat(), ...moved]) for (const region of regions) context.arena.free(region);
  return results;
}

async function passes(
  context: Context,
  { passes: order, lists }: Order,
  vectors: readonly FourVector[],
  addition?: Ring,
): Promise<FourVector[]> {
  let current = vectors;
  for (const e of order) {
    const next = current.map(({ word, length }) => newVector(context, word, length, true));
    await context.exchange(...current.map((x, index) => passPart(context, e, lists[e]!, x, next[index]!, addition)));
    if (current !== vectors)
      for (const { regions } of current) for (const region of regions) context.arena.free(region);
    current = next;
  }
  return [...current];
}

/** @param addition how shares add up, if not as numbers of x's word */
function passPart(
  context: Context,
  e: PartyId,
  list: number,
  x: FourVector,
  y: FourVector,
  addition?: Ring,
): RoundPart {
  const { gather } = context.rings[x.word];
  const ring = addition ?? context.rings[x.word];
  const bytes = ring.elementBytes;
  const sharings = passSharings(e).map(({ of: j, roles }): Sharing => {
    return knownSharing(context, ring, roles, y.at, (from, to, out) => {
      gather(out, x.at[j], list + 4 * from, to - from);
      return out;
    });
  });
  return sharingPart(context, ring, x.length, sharings, (from, to) => {
    if (context.party === e) return;
    const share = y.at[e] + from * bytes;
    gather(context.scratch[1], x.at[e], list + 4 * from, to - from);
    ring.add(share, share, context.scratch[1], to - from);
  });
}
