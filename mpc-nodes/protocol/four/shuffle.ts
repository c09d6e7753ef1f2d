/**
 * Applies a secret permutation in four passes, one for each part π_e that all parties but e know. In pass e the three others permute
 * what they hold and give e a fresh sharing: for j ≠ e, the two of them that hold x_j share π_e(x_j) jointly, to e or to j; x_e,
 * which all three hold, is permuted by each alone and stays in share e. Party e sees only masked messages or its own masks, so its new
 * shares say nothing of π_e. Three ring elements a row and pass, one round a pass (PROTOCOL 16).
 */
import type { Ring } from "../../kernels/rings.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import { type Context, newVector } from "../replicated/context.ts";
import { toRows } from "../replicated/row-bits.ts";
import { applyPasses, columnsOf, type Order } from "../replicated/shuffle.ts";
import type { ReplicatedBits, ReplicatedPermutation, ReplicatedVector } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { type Sharing, sharingPart } from "./joint-sharing.ts";
import { knownSharing } from "./multiply.ts";
import { passSharings } from "./shuffle-plan.ts";
import type { FourVector } from "./values.ts";

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
  const results = columnsOf(context, columns, moved as ReplicatedVector<64>[]);
  for (const { regions } of [...rows.flat(), ...moved]) for (const region of regions) context.arena.free(region);
  return results;
}

function passes(
  context: Context,
  order: Order,
  vectors: readonly FourVector[],
  addition?: Ring,
): Promise<FourVector[]> {
  return applyPasses(context, order, vectors, {
    newColumn: ({ word, length }) => newVector(context, word, length, true),
    part: (e, list, x, y) => passPart(context, e, list, x, y, addition),
  });
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
