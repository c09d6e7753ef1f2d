import type { Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import type { ThreeContext } from "./context.ts";
import { resharePart } from "./reshare.ts";

/** z = x ∧ y for so many words, unverified. */
export function andPart(context: ThreeContext, words: number, x: Shares, y: Shares, z: Shares): RoundPart {
  const { next, last } = context.circle;
  const { bits } = context.rings;
  return resharePart(context, bits, words, z, (from, to, out) => {
    const at = from * 8;
    bits.cross(out, x[next] + at, x[last] + at, y[next] + at, y[last] + at, to - from);
  });
}
