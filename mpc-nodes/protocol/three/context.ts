/** What the operations of one task of three parties have at hand. */
import { Arena, type Region } from "../../kernels/heap.ts";
import type { AuthenticRing } from "../../kernels/rings.ts";
import type { Context } from "../replicated/context.ts";
import type { Circle } from "./circle.ts";
import type { MacKeys } from "./mac-keys.ts";
import type { Pending } from "./pending.ts";

/** The rings that have MACs. */
export const MAC_RINGS = [128, 192, "field"] as const;
export type MacRing = (typeof MAC_RINGS)[number];

export interface ThreeContext extends Context {
  readonly circle: Circle;
  readonly macKeys: MacKeys;
  /** What this task has computed and not verified yet. */
  readonly pending: Pending;
}

export function macRing({ rings }: Context, ring: MacRing): AuthenticRing {
  return rings[ring];
}

/** Runs `body` in a context whose allocations are freed when it ends; what it returns is allocated in `context`, its own. */
export async function withTemporaries<T>(
  context: ThreeContext,
  body: (temporary: ThreeContext) => Promise<T>,
): Promise<T> {
  const arena = new Arena(context.heap);
  try {
    return await body({ ...context, arena });
  } finally {
    arena.close();
  }
}

/** Hands what lies in `regions` from temporaries to the arena of `context`. */
export function keep(context: ThreeContext, regions: readonly Region[]): void {
  for (const region of regions) context.arena.adopt(region);
}
