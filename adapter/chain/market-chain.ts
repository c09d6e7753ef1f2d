/** What the adapter reads from the chain: a request among the factory's markets, and the committee that computes it. */
import { ICommitteeRegistry__factory, IDataMarket__factory, IDataMarketFactory__factory } from "@sharebridge/contracts";
import { type MarketRequest, requestIdOf } from "@sharebridge/contracts/typed-data.ts";
import { FetchRequest, JsonRpcProvider, type Log } from "ethers";
import { AdapterFault } from "../errors.ts";
import { RPC_TIMEOUT_MS } from "../limits.ts";
import { MarketList } from "./market-list.ts";
import { toMarketRequest } from "./market-request.ts";

/** A seat of the committee, as registered on chain for the request's epoch. */
export interface Seat {
  readonly seat: number;
  readonly signer: string;
  readonly endpoint: string;
}

export interface FoundRequest {
  readonly requestId: string;
  readonly chainId: bigint;
  readonly market: string;
  readonly request: MarketRequest;
  readonly seats: readonly Seat[];
}

export interface MarketChainOptions {
  readonly rpcUrl: string;
  readonly chainId: bigint;
  readonly factoryAddress: string;
  readonly committeeIds: ReadonlySet<bigint>;
  readonly fromBlock: number;
  readonly logRangeBlocks: number;
}

/** Addresses in one eth_getLogs call: RPC providers take some hundreds. */
const MARKETS_PER_CALL = 200;

const STATUS_OPEN = 1n;
const STATUS_NAMES = ["None", "Open", "Answered", "Cancelled"];

export class MarketChain {
  readonly #options: MarketChainOptions;
  readonly #provider: JsonRpcProvider;
  readonly #markets: MarketList;

  constructor(options: MarketChainOptions) {
    this.#options = options;
    const request = new FetchRequest(options.rpcUrl);
    request.timeout = RPC_TIMEOUT_MS;
    // The id is checked before each search, so ethers need not ask for it again before each call.
    this.#provider = new JsonRpcProvider(request, options.chainId, { staticNetwork: true, cacheTimeout: -1 });
    this.#markets = new MarketList(this.#provider, options);
  }

  /**
   * Finds an open request and the seats that compute it.
   *
   * @throws AdapterFault `UnknownRequest`, `RequestNotOpen`, `DeadlinePassed`, `CommitteeNotServed`, `WrongChain`, `RpcUnavailable`
   */
  find(requestId: string): Promise<FoundRequest> {
    return this.#reading(async () => {
      await this.#checkChainId();
      return this.#find(requestId);
    });
  }

  /** @throws AdapterFault `WrongChain`, `RpcUnavailable` */
  check(): Promise<void> {
    return this.#reading(() => this.#checkChainId());
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof AdapterFault) throw error;
      // Only the kind of the failure: messages of RPC clients quote the URL, which may hold an API key.
      const kind = (error as { code?: unknown }).code;
      throw new AdapterFault(
        "RpcUnavailable",
        `the chain could not be read (${typeof kind === "string" ? kind : "unknown failure"}); check RPC_URL and its provider`,
      );
    }
  }

  close(): void {
    this.#provider.destroy();
  }

  async #checkChainId(): Promise<void> {
    const served = BigInt(await this.#provider.send("eth_chainId", []));
    if (served !== this.#options.chainId) {
      throw new AdapterFault(
        "WrongChain",
        `the RPC endpoint serves chain ${served}, CHAIN_ID says ${this.#options.chainId}: nothing is computed`,
      );
    }
  }

  async #find(requestId: string): Promise<FoundRequest> {
    const { chainId } = this.#options;
    const factory = IDataMarketFactory__factory.connect(this.#options.factoryAddress, this.#provider);
    const found = await this.#search(requestId);
    if (found === null) {
      throw new AdapterFault(
        "UnknownRequest",
        `no market of the factory ${this.#options.factoryAddress} on chain ${chainId} has the request ${requestId}`,
      );
    }
    const market = IDataMarket__factory.connect(found.market, this.#provider);
    const [status, latest, terms, registry] = await Promise.all([
      market.statusOf(requestId),
      this.#provider.getBlock("latest"),
      market.terms(),
      factory.committees(),
    ]);
    if (status !== STATUS_OPEN) {
      const name = STATUS_NAMES[Number(status)] ?? String(status);
      throw new AdapterFault("RequestNotOpen", `the request ${requestId} is not open: its status is ${name}`);
    }
    const { deadlineUnixS, epoch } = found.request;
    if (latest !== null && BigInt(latest.timestamp) > deadlineUnixS) {
      throw new AdapterFault(
        "DeadlinePassed",
        `the deadline of ${requestId} was ${deadlineUnixS} (Unix seconds), the chain is at ${latest.timestamp}`,
      );
    }
    if (!this.#options.committeeIds.has(terms.committeeId)) {
      throw new AdapterFault(
        "CommitteeNotServed",
        `the request ${requestId} is for committee ${terms.committeeId}, which COMMITTEE_IDS does not name`,
      );
    }
    const committees = ICommitteeRegistry__factory.connect(registry, this.#provider);
    const seats = await committees.seatsOf(terms.committeeId, epoch);
    return {
      requestId,
      chainId,
      ...found,
      seats: seats.map(({ signer, endpoint }, seat) => ({ seat, signer, endpoint })),
    };
  }

  /**
   * The request's log, newest blocks first; null when there is none. Only markets of the factory are asked for: any contract
   * can emit the same event, often enough for an RPC provider to refuse a search that named no address.
   */
  async #search(requestId: string): Promise<{ market: string; request: MarketRequest } | null> {
    const { fromBlock, logRangeBlocks } = this.#options;
    const topic = IDataMarket__factory.createInterface().getEvent("ComputationRequested").topicHash;
    const latest = await this.#provider.getBlockNumber();
    const markets = await this.#markets.upTo(latest);
    for (let toBlock = latest; toBlock >= fromBlock; toBlock -= logRangeBlocks) {
      for (let first = 0; first < markets.length; first += MARKETS_PER_CALL) {
        const logs = await this.#provider.getLogs({
          address: markets.slice(first, first + MARKETS_PER_CALL),
          topics: [topic, requestId],
          fromBlock: Math.max(fromBlock, toBlock - logRangeBlocks + 1),
          toBlock,
        });
        for (const log of logs) {
          const request = await this.#requestIn(log, requestId);
          if (request !== null) return { market: log.address, request };
        }
      }
    }
    return null;
  }

  /** The request that a log carries, or null when the log is not a factory market's or its fields do not hash to the id. */
  async #requestIn(log: Log, requestId: string): Promise<MarketRequest | null> {
    const request = toMarketRequest(log);
    if (request === null || requestIdOf(this.#options.chainId, log.address, request) !== requestId) return null;
    const factory = IDataMarketFactory__factory.connect(this.#options.factoryAddress, this.#provider);
    return (await factory.isMarket(log.address)) ? request : null;
  }
}
