/** What the factory's markets have emitted, as far as it was read: requests by id, and how often each dataset was used. */
import type { LogPosition, MarketUse, Stay, Usage } from "@sharebridge/contracts/dataset-usage.ts";
import { isBefore, usageOf } from "@sharebridge/contracts/dataset-usage.ts";

/** Addresses and ids are lower case. */
export type MarketEvent = { readonly position: LogPosition; readonly market: string } & (
  | { readonly kind: "created"; readonly epsilonPerRequest: bigint; readonly deltaPerRequest: bigint }
  | { readonly kind: "requested"; readonly requestId: string }
  | { readonly kind: "joined" | "left"; readonly datasetId: string }
);

export interface RequestPlace {
  /** Of the factory. */
  readonly market: string;
  readonly blockNumber: number;
}

interface KnownMarket extends MarketUse {
  readonly createdAtBlock: number;
  readonly requests: LogPosition[];
}

type KnownStay = { -readonly [Key in keyof Stay]: Stay[Key] };

/** What follows from the events is undone and done again with them: the work is that of the blocks that are read again. */
export class MarketEvents {
  /** Oldest first. */
  readonly #events: MarketEvent[] = [];
  readonly #markets = new Map<string, KnownMarket>();
  readonly #requests = new Map<string, RequestPlace>();
  readonly #stays = new Map<string, KnownStay[]>();

  request(requestId: string): RequestPlace | null {
    return this.#requests.get(requestId) ?? null;
  }

  /** Markets that were made before this block. */
  marketsBefore(blockNumber: number): string[] {
    return [...this.#markets]
      .filter(([, { createdAtBlock }]) => createdAtBlock < blockNumber)
      .map(([market]) => market);
  }

  /** By the requests in front of `before`. */
  usage(datasetId: string, before: LogPosition): Usage {
    return usageOf(this.#stays.get(datasetId) ?? [], this.#markets, before);
  }

  /** What is known of block `start` and all after it is `events` from here on: never a mixture of two chains. */
  replace(start: number, events: readonly MarketEvent[]): void {
    for (let last = this.#events.at(-1); last !== undefined; last = this.#events.at(-1)) {
      if (last.position.blockNumber < start) break;
      this.#events.pop();
      this.#undo(last);
    }
    for (const event of [...events].sort((a, b) => (isBefore(a.position, b.position) ? -1 : 1))) {
      this.#events.push(event);
      this.#apply(event);
    }
  }

  #apply(event: MarketEvent): void {
    const { kind, market, position } = event;
    if (kind === "created") {
      const { epsilonPerRequest, deltaPerRequest } = event;
      const createdAtBlock = position.blockNumber;
      this.#markets.set(market, { epsilonPerRequest, deltaPerRequest, createdAtBlock, requests: [] });
    } else if (kind === "requested") {
      this.#requests.set(event.requestId, { market, blockNumber: position.blockNumber });
      this.#markets.get(market)?.requests.push(position);
    } else if (kind === "joined") {
      const stay = { market, joined: position, left: null };
      const stays = this.#stays.get(event.datasetId);
      if (stays === undefined) this.#stays.set(event.datasetId, [stay]);
      else stays.push(stay);
    } else {
      this.#end(event.datasetId, market, null, position);
    }
  }

  /** Of the latest event. */
  #undo(event: MarketEvent): void {
    const { kind, market, position } = event;
    if (kind === "created") {
      this.#markets.delete(market);
    } else if (kind === "requested") {
      this.#requests.delete(event.requestId);
      this.#markets.get(market)?.requests.pop();
    } else if (kind === "joined") {
      this.#stays.get(event.datasetId)?.pop();
    } else {
      this.#end(event.datasetId, market, position, null);
    }
  }

  /** Changes where the dataset's stay ends that has ended at `known`. */
  #end(datasetId: string, market: string, known: LogPosition | null, left: LogPosition | null): void {
    const stay = this.#stays.get(datasetId)?.findLast((each) => each.market === market && each.left === known);
    if (stay !== undefined) stay.left = left;
  }
}
