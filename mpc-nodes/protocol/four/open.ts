import type { Region } from "../../kernels/heap.ts";
import type { Ring } from "../../kernels/rings.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import type { RoundPart } from "../round.ts";
import { knows } from "../steps.ts";
import { type Context, strideOf } from "./context.ts";
import { rowsOfPlanes } from "./convert.ts";
import type { TwoRoles } from "./joint-sharing.ts";
import type { FourBits, FourVector, Shares } from "./values.ts";

/**
 * How each party is told, jointly, what only it lacks: party i by i + 1, checked by i + 2; in odd steps by i + 3, checked by i + 1,
 * so that over two steps it hears from every other, which tells it what that one has verified.
 */
export const TELL_MISSING: readonly TwoRoles[] = PARTIES.map((receiver) => {
  const [one, two, three] = [1, 2, 3].map((step) => PARTIES[(receiver + step) % 4]!) as [PartyId, PartyId, PartyId];
  return [
    { sender: one, checker: two, receiver },
    { sender: three, checker: one, receiver },
  ];
});

/** Tells every party the share that it lacks: four elements a unit, one round. */
export function tellMissing(
  party: PartyId,
  units: number,
  unitBytes: number,
  write: (j: PartyId, from: number, to: number, out: number) => void,
  take: (from: number, to: number, pointer: number) => void,
): RoundPart {
  return {
    units,
    unitBytes,
    messages: TELL_MISSING,
    produce(from, to, outgoing, turn) {
      for (const [j, roles] of TELL_MISSING.entries()) {
        if (knows(roles[turn], party)) write(j as PartyId, from, to, outgoing[j]!);
      }
    },
    consume(from, to, incoming) {
      take(from, to, incoming[party]!);
    },
  };
}

interface Item {
  readonly ring: Ring;
  readonly at: Shares;
  readonly units: number;
}

/** The sum of all four shares of every item, each in a region of the arena; all in one round. */
async function opened(context: Context, items: readonly Item[]): Promise<Region[]> {
  const { party, heap, arena, held } = context;
  const regions = items.map(({ ring, units }) => arena.take(strideOf(units * ring.elementBytes)));
  const parts = items.map(({ ring, at, units }, index) => {
    const { pointer } = regions[index]!;
    const bytes = ring.elementBytes;
    return tellMissing(
      party,
      units,
      bytes,
      (j, from, to, out) => heap.copy(out, at[j] + from * bytes, (to - from) * bytes),
      (from, to, missing) => {
        const sum = pointer + from * bytes;
        const [first, ...others] = held;
        ring.add(sum, missing, at[first!] + from * bytes, to - from);
        for (const j of others) ring.add(sum, sum, at[j] + from * bytes, to - from);
      },
    );
  });
  await context.exchange(...parts);
  return regions;
}

export async function open(context: Context, vectors: readonly FourVector[]): Promise<BigUint64Array[]> {
  const items = vectors.map(({ word, at, length }) => ({ ring: context.rings[word], at, units: length }));
  const regions = await opened(context, items);
  return vectors.map(({ word, length }, index) => {
    const words = context.heap.words(regions[index]!.pointer, (length * word) / 64).slice();
    context.arena.free(regions[index]!);
    return words;
  });
}

export async function openBits(context: Context, values: readonly FourBits[]): Promise<BigUint64Array[]> {
  const items = values.map(({ at, planes, planeWords }) => ({
    ring: context.rings.bits,
    at,
    units: planes * planeWords,
  }));
  const regions = await opened(context, items);
  return values.map(({ planes, length }, index) => {
    const words = rowsOfPlanes(context, regions[index]!.pointer, planes, length);
    context.arena.free(regions[index]!);
    return words;
  });
}
