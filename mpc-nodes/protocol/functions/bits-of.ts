/** Bits of vectors by parallel prefixes (Sklansky 1960): every level is one round. What the numeric functions decompose with. */
import type { Bits, Mpc, Vector } from "../mpc.ts";

/** The low `planes` bits of x. Rounds: 2 + ⌈log2(planes − 1)⌉. */
export function toBits(mpc: Mpc, x: Vector, planes: number): Promise<Bits> {
  return mpc.scope(async (s) => {
    const { generate, propagate } = await s.addends(x, planes);
    if (planes === 1) return propagate;
    // Bits 0 to planes − 2 make carries; carry j + 1 is the group generate of 0..j.
    const low = range(0, planes - 1);
    let g = s.planes(generate, low);
    let p = s.planes(propagate, low);
    for (let span = 1; span < planes - 1; span *= 2) {
      const { targets, sources } = joins(planes - 1, span);
      const through = s.planes(p, targets);
      // Nothing is carried into bit 0, so nothing asks whether the groups that begin there pass it on.
      const inner = targets.filter((k) => k >= 2 * span);
      const skipped = targets.length - inner.length;
      const factors = [through];
      const carries = [s.planes(g, sources)];
      if (inner.length > 0) {
        factors.push(s.planes(through, range(skipped, targets.length)));
        carries.push(s.planes(p, sources.slice(skipped)));
      }
      const both = await s.and(s.stack(factors), s.stack(carries));
      const carried = s.xor(s.planes(g, targets), s.planes(both, range(0, targets.length)));
      g = replace(s, g, targets, carried);
      if (inner.length > 0) p = replace(s, p, inner, s.planes(both, range(targets.length, both.planes)));
    }
    return s.xor(propagate, s.stack([s.constantBits(0n, 1, x.length), g]));
  });
}

/** Plane k: the or of planes 0..k. Rounds: ⌈log2(planes)⌉. */
export function prefixOr(mpc: Mpc, bits: Bits): Promise<Bits> {
  return mpc.scope(async (s) => {
    let seen = s.planes(bits, range(0, bits.planes));
    for (let span = 1; span < bits.planes; span *= 2) {
      const { targets, sources } = joins(bits.planes, span);
      const a = s.planes(seen, targets);
      const b = s.planes(seen, sources);
      seen = replace(s, seen, targets, s.xor(s.xor(a, b), await s.and(a, b)));
    }
    return seen;
  });
}

/** Sklansky's level: in every block of 2·span planes, the upper half joins the last of the lower half. */
function joins(planes: number, span: number): { targets: number[]; sources: number[] } {
  const targets = range(0, planes).filter((k) => (k & span) !== 0);
  return { targets, sources: targets.map((k) => (k & ~(2 * span - 1)) + span - 1) };
}

/** `bits` with the named planes replaced. */
function replace(mpc: Mpc, bits: Bits, targets: readonly number[], by: Bits): Bits {
  const order = range(0, bits.planes);
  for (const [i, target] of targets.entries()) order[target] = bits.planes + i;
  return mpc.planes(mpc.stack([bits, by]), order);
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
