/**
 * What three parties know in sums becomes a replicated sharing (Araki, Furukawa, Lindell, Nof, Ohara, CCS 2016, section 2.1). Party i
 * has t_i, and z = t_0 + t_1 + t_2. Each adds a share of zero, PRF(k_{i+1}) − PRF(k_{i+2}), whose keys the two holders have in common,
 * and passes its sum to party i + 1: it is the share that party i + 2 lacks. One element a unit and party, one round.
 *
 * Nobody vouches for it: a corrupt party can add what it likes. But it says it to one party alone, so the honest two always hold one
 * sharing of one value, and what it added is all that is wrong with it: that is what the MACs find (`mac-check.ts`).
 */
import type { CrossRing } from "../../kernels/rings.ts";
import type { Shares } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import type { ThreeContext } from "./context.ts";

/** @param local writes this party's part of units [from, to) to `out` */
export function resharePart(
  context: ThreeContext,
  ring: Pick<CrossRing, "elementBytes" | "add" | "subtract">,
  units: number,
  into: Shares,
  local: (from: number, to: number, out: number) => void,
): RoundPart {
  const { heap, randomness, scratch, circle } = context;
  const { own, next, last, active, passing } = circle;
  const bytes = ring.elementBytes;
  return {
    units,
    unitBytes: bytes,
    messages: passing,
    produce(from, to, outgoing) {
      const message = outgoing[active.indexOf(own)]!;
      const rows = to - from;
      local(from, to, message);
      const [mask] = scratch;
      randomness.fill(next, "zero-sharing", heap, mask, rows * bytes);
      ring.add(message, message, mask, rows);
      randomness.fill(last, "zero-sharing", heap, mask, rows * bytes);
      ring.subtract(message, message, mask, rows);
      heap.copy(into[last] + from * bytes, message, rows * bytes);
    },
    consume(from, to, incoming) {
      heap.copy(into[next] + from * bytes, incoming[active.indexOf(last)]!, (to - from) * bytes);
    },
  };
}
