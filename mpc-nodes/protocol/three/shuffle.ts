/**
 * Applies a secret permutation in three passes, one for each part π_k that all but party k know (after ePrint 2019/695). In pass k, with
 * i and j the two others, the shares of y = π_k(x) are
 *
 *     y_k from k_k,     y_i from k_i,     y_j = A + D,  A = π(x_j + x_k) − y_k,  D = π(x_i) − y_i.
 *
 * i can make A and j can make D. j tells i D, which is uniform to i, who lacks x_i and y_i. Party k, who lacks y_k, learns y_j as
 * A + ρ from i and D − ρ from j, with ρ from k_k: it knows x_i and y_i, so D alone would tell it π. Three elements a row and pass, one
 * round a pass.
 *
 * Values and MACs go the same way. Whatever a corrupt party says instead is an error that it chose itself, and the MACs of the result
 * find it (`mac-check.ts`) if it is the same at both others. j may say different things to i and k, who then hold different shares y_j:
 * the next pass goes on with that of one of them, but after the last it would stay so, and the MACs do not show it, as what it adds
 * to their totals is known to j, who takes it off again. So i and k compare hashes of y_j of the last pass (`told.ts`). Rows of bits travel as words of GF(2^64), with MACs in that field.
 */
import type { CrossRing } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { newVector } from "../replicated/context.ts";
import { toRows } from "../replicated/row-bits.ts";
import { applyPasses, columnsOf, type Order } from "../replicated/shuffle.ts";
import type { ReplicatedBits, ReplicatedPermutation, ReplicatedVector, Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { authenticate, keyProduct } from "./authenticate.ts";
import { circleOf, untagged } from "./circle.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import { ThreeVector } from "./values.ts";

/** Row i of a result is row π(i). */
export function forwards({ circle }: ThreeContext, { orders }: ReplicatedPermutation): Order {
  return { passes: circle.active, lists: orders };
}

/** The inverse. */
export function backwards({ circle }: ThreeContext, { inverses }: ReplicatedPermutation): Order {
  return { passes: [...circle.active].reverse(), lists: inverses };
}

export async function shuffle(
  context: ThreeContext,
  order: Order,
  vectors: readonly ThreeVector[],
): Promise<ThreeVector[]> {
  await authenticate(context, vectors);
  return withTemporaries(context, async (temporary) => {
    const columns = vectors.flatMap(({ value, mac }) => [value, mac!]);
    const moved = await passes(temporary, order, columns, ({ word }) => context.rings[word]);
    const results = vectors.map(({ word }, index) => new ThreeVector(word, moved[2 * index]!, moved[2 * index + 1]!));
    for (const { value, mac } of results) {
      await context.pending.addMacs(context, value, mac!);
    }
    return results;
  });
}

export async function shuffleBits(
  context: ThreeContext,
  order: Order,
  columns: readonly ReplicatedBits[],
): Promise<ReplicatedBits[]> {
  return withTemporaries(context, async (temporary) => {
    const rows = columns.map((column) => toRows(temporary, column));
    const words = rows.flat();
    const macs = words.map(({ length }) => newVector(temporary, 64, length));
    await context.exchange(
      ...words.map(({ length, at }, index) => keyProduct(temporary, "field", length, at, macs[index]!.at)),
    );
    for (const [index, word] of words.entries()) {
      await context.pending.addMacs(context, word, macs[index]!, "field");
    }
    const moved = await passes(temporary, order, [...words, ...macs], () => context.rings.field);
    for (const index of words.keys()) {
      const [value, mac] = [moved[index]!, moved[words.length + index]!];
      await context.pending.addMacs(context, value, mac, "field");
    }
    return columnsOf(temporary, columns, moved);
  });
}

type Adding = Pick<CrossRing, "elementBytes" | "add" | "subtract">;

async function passes<Column extends ReplicatedVector>(
  context: ThreeContext,
  order: Order,
  columns: readonly Column[],
  ringOf: (column: Column) => Adding,
): Promise<Column[]> {
  const { circle, pending } = context;
  const moved = await applyPasses(context, order, columns, {
    newColumn: ({ word, length }) => newVector(context, word, length) as Column,
    part: (k, list, x, y) => passPart(context, ringOf(x), k, list, x, y.at),
  });
  pending.addTold(context, circleOf(order.passes.at(-1)!, circle.excluded).last, moved);
  return moved;
}

function passPart(
  context: ThreeContext,
  ring: Adding,
  k: PartyId,
  list: number,
  x: ReplicatedVector,
  y: Shares,
): RoundPart {
  const { party, heap, randomness, scratch, circle } = context;
  const { next: i, last: j } = circleOf(k, circle.excluded);
  const { gather } = context.rings[x.word];
  const bytes = ring.elementBytes;
  const roles = [untagged(j, i), untagged(i, k), untagged(j, k)];
  const draw = (key: PartyId, pointer: number, rows: number) =>
    randomness.fill(key, "zero-sharing", heap, pointer, rows * bytes);
  return {
    units: x.length,
    unitBytes: bytes,
    messages: roles.map((each) => [each, each] as const),
    produce(from, to, [toI, fromI, fromJ]) {
      const [at, rows] = [from * bytes, to - from];
      if (party === k) {
        draw(i, y[i] + at, rows);
        return;
      }
      draw(k, y[k] + at, rows);
      const blind = scratch[1];
      draw(k, blind, rows);
      if (party === i) {
        const [sum, half] = [y[j] + at, scratch[2]];
        gather(sum, x.at[j], list + 4 * from, rows);
        gather(half, x.at[k], list + 4 * from, rows);
        ring.add(sum, sum, half, rows);
        ring.subtract(sum, sum, y[k] + at, rows);
        ring.add(fromI!, sum, blind, rows);
      } else {
        draw(i, y[i] + at, rows);
        gather(toI!, x.at[i], list + 4 * from, rows);
        ring.subtract(toI!, toI!, y[i] + at, rows);
        ring.subtract(fromJ!, toI!, blind, rows);
      }
    },
    consume(from, to, [toI, fromI, fromJ]) {
      const [at, rows] = [y[j] + from * bytes, to - from];
      if (party === i) ring.add(at, at, toI!, rows);
      else if (party === k) ring.add(at, fromI!, fromJ!, rows);
    },
  };
}
