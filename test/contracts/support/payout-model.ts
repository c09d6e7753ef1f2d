/**
 * What a market owes its sellers, computed the naive way: every answered request walks over all datasets of its pool.
 * Knows nothing of versions, prefixes or folding.
 */
import type { OpenRequest } from "./market.ts";

const unitsPerWei = 1n << 64n;

export class PayoutModel {
  /** Rows of the datasets in the pool. */
  readonly pool = new Map<bigint, bigint>();
  /** The pool as it was at each open request. */
  readonly open = new Map<string, Map<bigint, bigint>>();
  /** Owed since the beginning, in wei / 2^64. */
  readonly #earned = new Map<bigint, bigint>();
  readonly #exact = new Map<bigint, { numerator: bigint; denominator: bigint }>();
  #undivided = 0n;

  request({ requestId }: OpenRequest): void {
    this.open.set(requestId, new Map(this.pool));
  }

  cancel({ requestId }: OpenRequest): void {
    this.open.delete(requestId);
  }

  answer({ requestId }: OpenRequest, sellersAmount: bigint): void {
    const members = this.open.get(requestId)!;
    this.open.delete(requestId);
    const rows = [...members.values()].reduce((sum, count) => sum + count, 0n);
    const units = sellersAmount * unitsPerWei + this.#undivided;
    this.#undivided = units % rows;
    for (const [datasetId, count] of members) {
      this.#earned.set(datasetId, (this.#earned.get(datasetId) ?? 0n) + count * (units / rows));
      const { numerator, denominator } = this.#exact.get(datasetId) ?? { numerator: 0n, denominator: 1n };
      this.#exact.set(datasetId, {
        numerator: numerator * rows + count * sellersAmount * denominator,
        denominator: denominator * rows,
      });
    }
  }

  /** Wei owed to a dataset since the beginning, claimed or not. */
  owed(datasetId: bigint): bigint {
    return (this.#earned.get(datasetId) ?? 0n) / unitsPerWei;
  }

  /** The same without any carrying: Σ amount · rows of the dataset / rows of the pool, as a fraction, rounded down. */
  exact(datasetId: bigint): bigint {
    const { numerator, denominator } = this.#exact.get(datasetId) ?? { numerator: 0n, denominator: 1n };
    return numerator / denominator;
  }

  get dust(): bigint {
    return this.#undivided === 0n ? 0n : 1n;
  }
}
