/**
 * How much of a seller's policy is used up, from the markets' events: whoever reads the same chain counts the same.
 *
 * Every request uses every dataset of its pool from the moment that it is on the chain, and costs what its market's terms
 * say. Cancelled and refused requests count too: the chain does not tell what nodes have begun (PROTOCOL 20, MARKET 8).
 */

/** Where a log stands on the chain. */
export interface LogPosition {
  readonly blockNumber: number;
  readonly logIndex: number;
}

/** A dataset in a market's pool: from the log of its joining to the log of its leaving. */
export interface Stay {
  /** Address, as in the map of markets. */
  readonly market: string;
  readonly joined: LogPosition;
  /** Null while it stays. */
  readonly left: LogPosition | null;
}

/** What one answer costs in privacy, in millionths of epsilon and units of 10^-18 of delta; both 0 if it is exact. */
export interface RequestCost {
  readonly epsilonPerRequest: bigint;
  readonly deltaPerRequest: bigint;
}

export interface MarketUse extends RequestCost {
  /** Where its requests stand, ascending. */
  readonly requests: readonly LogPosition[];
}

/** Of one dataset, in all markets. Costs add up (basic composition), in the units of `RequestCost`. */
export interface Usage {
  readonly uses: number;
  readonly epsilon: bigint;
  readonly delta: bigint;
}

/** The part of `IDatasetRegistry.Policy` that ends by use; 0 is no limit. */
export interface Limits {
  readonly maxUses: number;
  readonly epsilonBudget: bigint;
  readonly deltaBudget: bigint;
}

export const isBefore = (a: LogPosition, b: LogPosition): boolean =>
  a.blockNumber < b.blockNumber || (a.blockNumber === b.blockNumber && a.logIndex < b.logIndex);

/** @param before Only requests in front of this one count; all if it is left out. */
export function usageOf(
  stays: readonly Stay[],
  markets: ReadonlyMap<string, MarketUse>,
  before: LogPosition | null = null,
): Usage {
  let usage: Usage = { uses: 0, epsilon: 0n, delta: 0n };
  for (const { market, joined, left } of stays) {
    const use = markets.get(market);
    if (use === undefined) continue;
    const end = before !== null && (left === null || isBefore(before, left)) ? before : left;
    const count = Math.max(0, indexOf(use.requests, end) - indexOf(use.requests, joined));
    usage = {
      uses: usage.uses + count,
      epsilon: usage.epsilon + BigInt(count) * use.epsilonPerRequest,
      delta: usage.delta + BigInt(count) * use.deltaPerRequest,
    };
  }
  return usage;
}

/** Which limit one more request would break; null if it fits. */
export function limitReached(limits: Limits, usage: Usage, cost: RequestCost): "uses" | "budget" | null {
  if (limits.maxUses > 0 && usage.uses >= limits.maxUses) return "uses";
  if (limits.epsilonBudget === 0n) return null;
  const fits =
    usage.epsilon + cost.epsilonPerRequest <= limits.epsilonBudget &&
    usage.delta + cost.deltaPerRequest <= limits.deltaBudget;
  // An exact answer costs more than any budget.
  return fits && cost.epsilonPerRequest > 0n ? null : "budget";
}

/** True where use ends at all: of other datasets nothing need be counted. */
export const isLimited = ({ maxUses, epsilonBudget }: Limits): boolean => maxUses > 0 || epsilonBudget > 0n;

/** How many positions stand before `end`; all of them if it is null. */
function indexOf(positions: readonly LogPosition[], end: LogPosition | null): number {
  if (end === null) return positions.length;
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(positions[middle], end)) low = middle + 1;
    else high = middle;
  }
  return low;
}
