/**
 * Whether all MACs are right (ePrint 2019/1298, Chida et al. 2018): T = Σ α·m − r·Σ α·x must be zero. The sums are over all that
 * messages made since the last check; each α is secret and of the ring's full width, from the common keys.
 *
 * Let e and d be what is wrong with an element and its MAC. It adds α·Δ to T, Δ = d − r·e. If e ≠ 0 modulo 2^word, then Δ has v
 * twos as factors with v much above word only if r was guessed, and α·Δ is uniform over the multiples of 2^v: T is zero by chance with
 * probability below 65·2^-65 for a wrong word of 64 bits, likewise for 128. In GF(2^64) it is 2^-64.
 *
 * Why α is secret: with public ones, an error d = 2^127 of an element and none of its MAC would make T depend on r_0 and on the
 * other factor of a later product: whether the check fails would tell a bit of it, though the element is right modulo 2^64. With
 * secret ones T is uniform over the ideal that all Δ generate. A product inherits its factor's: Δ_zy = y·Δ_z + (what is added there),
 * which adds nothing to the ideal but what the adversary chose and r. So a failure says nothing of any value. That is so only if
 * Δ_z is in the same T, with an α that no other T has: a Δ_z = 2^127 is overlooked every second time, and a T with Δ_zy alone would
 * then say whether y is odd. So a factor that is multiplied with its MAC is added to the totals again if it stands in others, or in
 * none any more (`Pending.addFactors`); a shuffle, which multiplies by nothing secret, needs none of this.
 */

import type { Shares } from "../replicated/values.ts";
import { sharesOf } from "../replicated/values.ts";
import type { RoundPart } from "../round.ts";
import { keyProduct } from "./authenticate.ts";
import { MAC_RINGS, type MacRing, macRing, type ThreeContext } from "./context.ts";
import { type Pending, SLOT_BYTES } from "./pending.ts";
import { resharePart } from "./reshare.ts";
import type { Zeros } from "./zeros.ts";

interface Totals {
  readonly name: MacRing;
  /** This party's summands of Σ α·m and Σ α·x. */
  readonly summands: readonly [macs: number, values: number];
  /** Shares of Σ α·m, of Σ α·x, and of r times that. */
  readonly macs: Shares;
  readonly values: Shares;
  readonly products: Shares;
}

export class MacCheck {
  readonly #context: ThreeContext;
  readonly #totals: readonly Totals[];

  constructor(context: ThreeContext, chain: readonly Pending[]) {
    this.#context = context;
    const { arena, held } = context;
    const slot = (): number => arena.zeroed(SLOT_BYTES).pointer;
    const shares = (): Shares => sharesOf(held, slot);
    this.#totals = MAC_RINGS.filter((name) => chain.some((pending) => pending.uses(name))).map((name) => {
      const { add } = macRing(context, name);
      const summands = [slot(), slot()] as const;
      for (const pending of chain) {
        const [macs, values] = pending.totals(name);
        add(summands[0], summands[0], macs, 1);
        add(summands[1], summands[1], values, 1);
      }
      return { name, summands, macs: shares(), values: shares(), products: shares() };
    });
  }

  get empty(): boolean {
    return this.#totals.length === 0;
  }

  reshareTotals(): RoundPart[] {
    const { heap } = this.#context;
    return this.#totals.flatMap(({ name, summands, macs, values }) => {
      const ring = macRing(this.#context, name);
      return [macs, values].map((into, k) =>
        resharePart(this.#context, ring, 1, into, (_from, _to, out) => heap.copy(out, summands[k]!, ring.elementBytes)),
      );
    });
  }

  multiplyByKey(): RoundPart[] {
    return this.#totals.map(({ name, values, products }) => keyProduct(this.#context, name, 1, values, products));
  }

  /** T of every ring. */
  zeros(zeros: Zeros): void {
    const { circle, scratch, heap } = this.#context;
    const { next, last } = circle;
    for (const { name, macs, products } of this.#totals) {
      const { subtract, elementBytes } = macRing(this.#context, name);
      const [first, second, missing] = [scratch[1], scratch[2], scratch[3]];
      subtract(first, macs[next], products[next], 1);
      subtract(second, macs[last], products[last], 1);
      heap.zero(missing, elementBytes);
      subtract(missing, missing, first, 1);
      subtract(missing, missing, second, 1);
      zeros.add(first, second, missing, elementBytes);
    }
  }
}
