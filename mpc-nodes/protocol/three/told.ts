/**
 * Whether a third party told two parties the same: they compare hashes of the shares that they have in common. It is the first thing
 * that is verified: of shares that differ nothing else may be opened. If x is such a share and z = x ∧ y is checked with triples, the
 * two use different d, and their hashes would tell who knows the difference a bit of b, hence of y (`triple-check.ts`).
 */
import { createHash } from "node:crypto";
import { equalBytes } from "../../math/bytes.ts";
import type { RoundPart } from "../round.ts";
import { checkFailed } from "./check-failed.ts";
import { circleOf, untagged } from "./circle.ts";
import type { ThreeContext } from "./context.ts";
import type { Pending } from "./pending.ts";

const DIGEST_BYTES = 32;
const NOTHING = new Uint8Array(DIGEST_BYTES);

/** For each party that told something: the two others say its hash to each other. */
export function compareTold({ circle, heap }: ThreeContext, chain: readonly Pending[]): RoundPart[] {
  const tellers = circle.active.filter((j) => chain.some((pending) => pending.told(j) !== null));
  return tellers.map((j) => {
    const { next, last } = circleOf(j, circle.excluded);
    const roles = [untagged(next, last), untagged(last, next)];
    const hash = createHash("sha256");
    for (const pending of chain) hash.update(pending.told(j) ?? NOTHING);
    const digest = hash.digest();
    return {
      units: 1,
      unitBytes: DIGEST_BYTES,
      messages: roles.map((each) => [each, each] as const),
      produce(_from, _to, outgoing) {
        for (const [k, { sender }] of roles.entries()) if (sender === circle.own) heap.write(outgoing[k]!, digest);
      },
      consume(_from, _to, incoming) {
        for (const [k, { receiver }] of roles.entries()) {
          if (receiver !== circle.own) continue;
          if (!equalBytes(heap.view(incoming[k]!, DIGEST_BYTES), digest)) throw checkFailed();
        }
      },
    };
  });
}
