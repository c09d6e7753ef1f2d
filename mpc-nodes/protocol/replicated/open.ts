import type { Region } from "../../kernels/heap.ts";
import type { LinearRing, WordBits } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import type { RoundPart } from "../round.ts";
import { knows } from "../steps.ts";
import { type Context, strideOf } from "./context.ts";
import { rowsOfPlanes } from "./row-bits.ts";
import type { ReplicatedBits, ReplicatedVector, Shares } from "./values.ts";

/** Tells every party of `tellings` the share that it lacks: an element a unit and party, one round. */
export function tellMissing(
  { party, tellings }: Pick<Context, "party" | "tellings">,
  units: number,
  unitBytes: number,
  write: (j: PartyId, from: number, to: number, out: number) => void,
  take: (from: number, to: number, pointer: number) => void,
): RoundPart {
  return {
    units,
    unitBytes,
    messages: tellings,
    produce(from, to, outgoing, turn) {
      for (const [k, roles] of tellings.entries()) {
        if (knows(roles[turn], party)) write(roles[turn].receiver, from, to, outgoing[k]!);
      }
    },
    consume(from, to, incoming, turn) {
      const own = tellings.findIndex((roles) => roles[turn].receiver === party);
      if (own >= 0) take(from, to, incoming[own]!);
    },
  };
}

interface Item {
  readonly ring: Pick<LinearRing, "elementBytes" | "add">;
  readonly at: Shares;
  readonly units: number;
}

/** The sum of all shares of every item, each in a region of the arena; all in one round. */
async function opened(context: Context, items: readonly Item[]): Promise<Region[]> {
  const { heap, arena, held } = context;
  const regions = items.map(({ ring, units }) => arena.take(strideOf(units * ring.elementBytes)));
  const parts = items.map(({ ring, at, units }, index) => {
    const { pointer } = regions[index]!;
    const bytes = ring.elementBytes;
    return tellMissing(
      context,
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

export async function open(
  context: Context,
  vectors: readonly ReplicatedVector<WordBits>[],
): Promise<BigUint64Array[]> {
  const items = vectors.map(({ word, at, length }) => ({ ring: context.rings[word], at, units: length }));
  const regions = await opened(context, items);
  return vectors.map(({ word, length }, index) => {
    const words = context.heap.words(regions[index]!.pointer, (length * word) / 64).slice();
    context.arena.free(regions[index]!);
    return words;
  });
}

export async function openBits(context: Context, values: readonly ReplicatedBits[]): Promise<BigUint64Array[]> {
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
