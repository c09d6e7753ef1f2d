/**
 * Where each request of the factory's markets stands on the chain, followed block by block. Only the factory and its own
 * markets are ever asked, so other contracts' logs cost nothing; a look-up costs the blocks that are new, and nothing
 * when there are none. In memory: the first look-up after a start reads the chain from `fromBlock`.
 */
import { IDataMarket__factory, IDataMarketFactory__factory } from "@sharebridge/contracts";
import type { Log, Provider } from "ethers";
import { asChainError } from "./ask.ts";
import { lower } from "./hex.ts";
import { allLogs } from "./logs.ts";

/** Blocks that are read again each time, or the confirmations if those are more: a reorganisation within them is seen. */
export const REORG_DEPTH_BLOCKS = 64;
/** Most contracts that one question names. */
export const MAX_ADDRESSES_PER_QUERY = 100;

export interface RequestIndexOptions {
  readonly provider: Provider;
  readonly factory: string;
  readonly fromBlock: number;
  readonly maxLogRange: number;
  readonly confirmations: number;
}

/** The block up to which a look-up looks. */
export interface Head {
  readonly number: number;
  readonly hash: string | null;
}

export interface RequestPlace {
  /** Of the factory. */
  readonly market: string;
  readonly blockNumber: number;
}

const marketCreated = IDataMarketFactory__factory.createInterface().getEvent("MarketCreated").topicHash;
const computationRequested = IDataMarket__factory.createInterface().getEvent("ComputationRequested").topicHash;

export class RequestIndex {
  readonly #options: RequestIndexOptions;
  /** Block of creation by address. */
  readonly #markets = new Map<string, number>();
  readonly #requests = new Map<string, RequestPlace>();
  /** The last block that was read. */
  #readTo: number;
  /** Hash of the head that was followed completely last. */
  #headHash: string | null = null;
  /** One look-up at a time: each begins where the one before ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RequestIndexOptions) {
    this.#options = options;
    this.#readTo = options.fromBlock - 1;
  }

  /** Null when no market of the factory made such a request up to `head`. Throws `ChainUnreachable`. */
  find(requestId: string, head: Head): Promise<RequestPlace | null> {
    const found = this.#last.then(async () => {
      await this.#follow(head);
      return this.#requests.get(lower(requestId)) ?? null;
    });
    this.#last = found.catch(() => {});
    return found;
  }

  /** Piece by piece: what was read stays read when a later piece fails. */
  async #follow(head: Head): Promise<void> {
    if (head.hash !== null && head.hash === this.#headHash) return;
    this.#headHash = null;
    const { fromBlock, maxLogRange, confirmations } = this.#options;
    if (head.number < this.#readTo) {
      this.#forget(head.number + 1, this.#readTo);
      this.#readTo = Math.max(head.number, fromBlock - 1);
    }
    const again = Math.max(REORG_DEPTH_BLOCKS, confirmations);
    const first = Math.max(this.#readTo + 1 - again, fromBlock);
    for (let start = first; start <= head.number; start += maxLogRange) {
      await this.#read(start, Math.min(start + maxLogRange - 1, head.number));
    }
    this.#headHash = head.hash;
  }

  /** Replaces all that is known of these blocks. */
  async #read(start: number, end: number): Promise<void> {
    const created = await this.#logs(this.#options.factory, marketCreated, start, end);
    const here = created.map((log) => ({ market: lower(`0x${log.topics[1].slice(26)}`), block: log.blockNumber }));
    const before = [...this.#markets].filter(([, block]) => block < start).map(([market]) => market);
    const markets = [...new Set([...before, ...here.map(({ market }) => market)])];
    const requested: Log[] = [];
    for (let index = 0; index < markets.length; index += MAX_ADDRESSES_PER_QUERY) {
      const some = markets.slice(index, index + MAX_ADDRESSES_PER_QUERY);
      requested.push(...(await this.#logs(some, computationRequested, start, end)));
    }
    this.#forget(start, end);
    for (const { market, block } of here) this.#markets.set(market, block);
    for (const { topics, address, blockNumber } of requested) {
      this.#requests.set(lower(topics[1]), { market: lower(address), blockNumber });
    }
    this.#readTo = Math.max(this.#readTo, end);
  }

  #logs(address: string | string[], topic: string, fromBlock: number, toBlock: number): Promise<Log[]> {
    const { provider, maxLogRange } = this.#options;
    const query = { provider, address, topics: [topic], fromBlock, toBlock, maxRange: maxLogRange };
    return asChainError("requests of the factory's markets", () => allLogs(query));
  }

  #forget(start: number, end: number): void {
    for (const [market, block] of this.#markets) {
      if (block >= start && block <= end) this.#markets.delete(market);
    }
    for (const [requestId, { blockNumber }] of this.#requests) {
      if (blockNumber >= start && blockNumber <= end) this.#requests.delete(requestId);
    }
  }
}
