import { newVector } from "../replicated/context.ts";
import type { Shares } from "../replicated/values.ts";
import { type MacRing, macRing, type ThreeContext } from "./context.ts";
import { resharePart } from "./reshare.ts";
import type { ThreeVector } from "./values.ts";

/**
 * Gives its MAC m = r·x to every vector that has none: one element a row and party, one round. A corrupt party can make m wrong, not x.
 * The MAC lies where x does, and lives as long.
 */
export async function authenticate(context: ThreeContext, vectors: readonly ThreeVector[]): Promise<void> {
  const bare = [...new Set(vectors)].filter(({ mac }) => mac === null);
  if (bare.length === 0) return;
  const macs = bare.map(({ value }) => {
    const arena = value.regions[0]?.owner ?? context.arena;
    return newVector({ ...context, arena }, value.word, value.length);
  });
  await context.exchange(
    ...bare.map(({ value }, index) => keyProduct(context, value.word, value.length, value.at, macs[index]!.at)),
  );
  // A task beside this one may have been as fast: either MAC will do, and the first stays, as it may be in use.
  for (const [index, vector] of bare.entries()) vector.mac ??= macs[index]!;
  for (const [index, { value }] of bare.entries()) {
    await context.pending.addMacs(context, value, macs[index]!);
  }
}

/** m = r·x for `units` elements. */
export function keyProduct(context: ThreeContext, name: MacRing, units: number, x: Shares, m: Shares) {
  const { circle, macKeys } = context;
  const { next, last } = circle;
  const ring = macRing(context, name);
  const key = macKeys[name];
  return resharePart(context, ring, units, m, (from, to, out) => {
    const at = from * ring.elementBytes;
    ring.cross(out, x[next] + at, x[last] + at, key[next], key[last], to - from);
  });
}
