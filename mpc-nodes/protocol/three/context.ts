/** What the operations of one task of three parties have at hand. */
import { Arena } from "../../kernels/heap.ts";
import type { AuthenticRing } from "../../kernels/rings.ts";
import type { Context } from "../replicated/context.ts";
import { adoptInto } from "../scopes.ts";
import type { Circle } from "./circle.ts";
import type { MacKeys } from "./mac-keys.ts";
import type { Pending } from "./pending.ts";
import { regionsOf } from "./values.ts";

/** The rings that have MACs. */
export const MAC_RINGS = [128, 192, "field"] as const;
export type MacRing = (typeof MAC_RINGS)[number];

export interface ThreeContext extends Context {
  readonly circle: Circle;
  readonly macKeys: MacKeys;
  /** What this task has computed and not verified yet. */
  readonly pending: Pending;
  /** Words of ANDs of a task that wait to be verified before it verifies them without an opening. */
  readonly mostPendingWords: number;
}

export function macRing({ rings }: Context, ring: MacRing): AuthenticRing {
  return rings[ring];
}

/** Runs `body` in a context whose allocations are freed when it ends, but for what it returns: that is handed on to `context`. */
export async function withTemporaries<T>(
  context: ThreeContext,
  body: (temporary: ThreeContext) => Promise<T>,
): Promise<T> {
  const arena = new Arena(context.heap);
  try {
    const result = await body({ ...context, arena });
    adoptInto(context.arena, arena, result, regionsOf);
    return result;
  } finally {
    arena.close();
  }
}
