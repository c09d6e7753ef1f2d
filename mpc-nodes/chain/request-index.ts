/**
 * Where each request of the factory's markets stands on the chain, and how often each dataset was used by requests before
 * it, followed block by block. Only the factory and its own
 * markets are ever asked, so other contracts' logs cost nothing; a look-up costs the blocks that are new, and nothing
 * when there are none. In memory: the first look-up after a start reads the chain from `fromBlock`.
 */
import { IDataMarket__factory, IDataMarketFactory__factory } from "@sharebridge/contracts";
import type { LogPosition, Usage } from "@sharebridge/contracts/dataset-usage.ts";
import type { Log, Provider } from "ethers";
import { asChainError } from "./ask.ts";
import { ChainError } from "./errors.ts";
import { lower } from "./hex.ts";
import { allLogs } from "./logs.ts";
import { type MarketEvent, MarketEvents, type RequestPlace } from "./market-events.ts";

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

const factory = IDataMarketFactory__factory.createInterface();
const market = IDataMarket__factory.createInterface();
const marketCreated = factory.getEvent("MarketCreated").topicHash;
const kinds = { ComputationRequested: "requested", DatasetJoined: "joined", DatasetLeft: "left" } as const;
const kindByTopic = new Map(
  (Object.keys(kinds) as (keyof typeof kinds)[]).map((name) => [market.getEvent(name).topicHash, kinds[name]]),
);

export class RequestIndex {
  readonly #options: RequestIndexOptions;
  readonly #events = new MarketEvents();
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
    return this.#lookUp(head, () => this.#events.request(lower(requestId)));
  }

  /** By dataset: what all requests have used of it that stand in front of `before`. Throws `ChainUnreachable`. */
  usage(datasetIds: readonly string[], before: LogPosition, head: Head): Promise<ReadonlyMap<string, Usage>> {
    return this.#lookUp(
      head,
      () => new Map(datasetIds.map((datasetId) => [datasetId, this.#events.usage(lower(datasetId), before)])),
    );
  }

  #lookUp<T>(head: Head, look: () => T): Promise<T> {
    const found = this.#last.then(async () => {
      await this.#follow(head);
      return look();
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
      this.#events.replace(head.number + 1, []);
      this.#readTo = Math.max(head.number, fromBlock - 1);
    }
    const again = Math.max(REORG_DEPTH_BLOCKS, confirmations);
    const first = Math.max(this.#readTo + 1 - again, fromBlock);
    for (let start = first; start <= head.number; start += maxLogRange) {
      await this.#read(start, Math.min(start + maxLogRange - 1, head.number));
    }
    this.#headHash = head.hash;
  }

  /** Replaces all that is known of these blocks and those after them. */
  async #read(start: number, end: number): Promise<void> {
    const created = (await this.#logs(this.#options.factory, [marketCreated], start, end)).map(createdFromLog);
    const markets = [...new Set([...this.#events.marketsBefore(start), ...created.map((event) => event.market)])];
    const emitted: MarketEvent[] = [];
    for (let index = 0; index < markets.length; index += MAX_ADDRESSES_PER_QUERY) {
      const some = markets.slice(index, index + MAX_ADDRESSES_PER_QUERY);
      emitted.push(...(await this.#logs(some, [...kindByTopic.keys()], start, end)).map(eventFromLog));
    }
    this.#events.replace(start, [...created, ...emitted]);
    this.#readTo = end;
  }

  #logs(address: string | string[], topics: string[], fromBlock: number, toBlock: number): Promise<Log[]> {
    const { provider, maxLogRange } = this.#options;
    const query = { provider, address, topics: [topics], fromBlock, toBlock, maxRange: maxLogRange };
    return asChainError("events of the factory's markets", () => allLogs(query));
  }
}

const positionOf = ({ blockNumber, index }: Log): LogPosition => ({ blockNumber, logIndex: index });

function createdFromLog(log: Log): MarketEvent {
  const event = factory.parseLog(log);
  if (event === null) throw unexpected();
  const { epsilonPerRequest, deltaPerRequest } = event.args.terms;
  const cost = { epsilonPerRequest, deltaPerRequest };
  return { kind: "created", market: lower(event.args.market), position: positionOf(log), ...cost };
}

/** By its topics: the data of these events are nobody's concern here. */
function eventFromLog(log: Log): MarketEvent {
  const at = { market: lower(log.address), position: positionOf(log) };
  const [topic, id] = log.topics;
  const kind = kindByTopic.get(topic);
  if (kind === undefined) throw unexpected();
  return kind === "requested" ? { kind, requestId: lower(id), ...at } : { kind, datasetId: lower(id), ...at };
}

const unexpected = () =>
  new ChainError("ChainUnreachable", "the RPC endpoint returned a log that was not asked for; try again later");
