import type { Arena, Region } from "../kernels/heap.ts";
import type { Secret } from "./mpc.ts";

/** Moves the regions of all secrets in `result` that belong to `inner` to `outer`. */
export function adoptInto(
  outer: Arena,
  inner: Arena,
  result: unknown,
  regionsOf: (value: Secret) => readonly Region[],
): void {
  if (typeof result !== "object" || result === null || ArrayBuffer.isView(result)) return;
  if (isSecret(result)) {
    for (const region of regionsOf(result)) if (region.owner === inner) outer.adopt(region);
    return;
  }
  for (const part of Object.values(result as object)) adoptInto(outer, inner, part, regionsOf);
}

function isSecret(value: object): value is Secret {
  return "kind" in value && (value.kind === "vector" || value.kind === "bits" || value.kind === "permutation");
}
