/**
 * All that a node asks of the chain: reads only, typed, from one point of view at a time. Implemented on an RPC endpoint
 * (`rpc-chain-reader.ts`); tests of single rules use a hand-written one.
 */
import type { LogPosition, Usage } from "@sharebridge/contracts/dataset-usage.ts";
import type { MarketAnswer, MarketRequest } from "@sharebridge/contracts/typed-data.ts";

/** `ICommitteeRegistry.Seat`. */
export interface ChainSeat {
  readonly signer: string;
  readonly sealingKey: string;
  readonly tlsKeyHash: string;
  readonly endpoint: string;
  readonly peerEndpoint: string;
}

/** `IDatasetRegistry.Dataset` and its ERC-721 owner. */
export interface ChainDataset {
  readonly datasetId: string;
  readonly owner: string;
  readonly commitment: string;
  readonly schemaHash: string;
  readonly committeeId: bigint;
  readonly epoch: bigint;
  readonly rows: number;
  readonly scheme: number;
}

/** `IDatasetRegistry.Policy`. */
export interface ChainPolicy {
  readonly algorithms: readonly string[];
  readonly token: string;
  readonly minPrice: bigint;
  readonly minRows: number;
  readonly cohortRows: number;
  readonly cohortSellers: number;
  readonly maxUses: number;
  /** Millionths of epsilon. */
  readonly epsilonBudget: bigint;
  /** Units of 10^-18. */
  readonly deltaBudget: bigint;
}

/** The part of `IDataMarket.Terms` that nodes check. */
export interface ChainTerms {
  readonly algorithm: string;
  readonly committeeId: bigint;
  readonly token: string;
  readonly price: bigint;
  readonly minRows: number;
  readonly cohortRows: number;
  readonly cohortSellers: number;
  /** Millionths of epsilon. */
  readonly epsilonPerRequest: bigint;
  /** Units of 10^-18. */
  readonly deltaPerRequest: bigint;
  /** The committee's part of the price, in basis points. */
  readonly committeeBps: number;
}

/** `IDataMarket.Status`. */
export type RequestStatus = "none" | "open" | "answered" | "cancelled";

/** A request that a market of the factory emitted, whose id was recomputed and found equal. */
export interface ChainRequest {
  readonly requestId: string;
  readonly market: string;
  readonly request: MarketRequest;
  /** abi.encode(int64[]); hashes to `request.parametersHash`. */
  readonly parameters: string;
  readonly position: LogPosition;
}

export interface PoolMember {
  /** bytes32, lower-case hex. */
  readonly datasetId: string;
  /** Who joined with it, as the market's event says: transfers of the dataset do not change it. Lower case. */
  readonly seller: string;
  readonly commitment: string;
  readonly validRows: number;
}

/** A pool as the market's events tell it. */
export interface Pool {
  readonly poolHash: string;
  readonly rows: bigint;
  /** In the order in which they joined. */
  readonly members: readonly PoolMember[];
}

/** Addresses of a deployment, found from the factory. */
export interface Deployment {
  readonly factory: string;
  readonly committees: string;
  readonly algorithms: string;
  readonly datasets: string;
}

/** The chain as of one block; two reads of one view never tell of different blocks. */
export interface ChainView {
  /** The newest block with the configured confirmations: what is read is as of it. */
  readonly blockNumber: number;
  /** Timestamp of the latest block of all. */
  readonly latestUnixS: bigint;

  currentEpoch(committeeId: bigint): Promise<bigint>;
  seats(committeeId: bigint, epoch: bigint): Promise<readonly ChainSeat[]>;
  isRunnable(algorithm: string, committeeId: bigint, epoch: bigint): Promise<boolean>;
  /** Null when nobody has registered it. */
  dataset(datasetId: string): Promise<ChainDataset | null>;
  policy(datasetId: string): Promise<ChainPolicy>;
  isMarket(address: string): Promise<boolean>;
  terms(market: string): Promise<ChainTerms>;
  statusOf(market: string, requestId: string): Promise<RequestStatus>;
  /** Throws `UnknownRequest` or `NotConfirmed`. */
  request(requestId: string): Promise<ChainRequest>;
  /** What the market has accepted for the request; null when there is none. */
  acceptedAnswer(request: ChainRequest): Promise<MarketAnswer | null>;
  /** The pool after all joins and leaves that stand before `position`. */
  pool(market: string, position: LogPosition): Promise<Pool>;
  /** By dataset: what all requests of the factory's markets have used of it that stand before `position`. */
  usage(datasetIds: readonly string[], position: LogPosition): Promise<ReadonlyMap<string, Usage>>;
}

export interface ChainReader {
  readonly chainId: bigint;
  readonly deployment: Deployment;
  /** Asks the endpoint for its chain id anew. Throws `WrongChain`. */
  checkChain(): Promise<void>;
  /** A new view; checks the chain id first. */
  view(): Promise<ChainView>;
  /** Lets go of connections and timers. */
  close(): void;
}
