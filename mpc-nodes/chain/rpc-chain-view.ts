/** The chain as of one block, through an RPC endpoint. */
import {
  type IAlgorithmRegistry__factory,
  type ICommitteeRegistry__factory,
  IDataMarket__factory,
  type IDataMarketFactory__factory,
  type IDatasetRegistry__factory,
} from "@sharebridge/contracts";
import type { LogPosition, Usage } from "@sharebridge/contracts/dataset-usage.ts";
import { type MarketAnswer, requestIdOf } from "@sharebridge/contracts/typed-data.ts";
import { type Contract, getAddress, keccak256, type Log, type Provider } from "ethers";
import { acceptedAnswer } from "./accepted-answer.ts";
import { asChainError, nullOnRevert } from "./ask.ts";
import type {
  ChainDataset,
  ChainPolicy,
  ChainRequest,
  ChainSeat,
  ChainTerms,
  ChainView,
  Pool,
  RequestStatus,
} from "./chain-reader.ts";
import { ChainError } from "./errors.ts";
import { bytes32, lower } from "./hex.ts";
import { allLogs } from "./logs.ts";
import { foldPool, type PoolEvent } from "./pool.ts";
import type { Head, RequestIndex } from "./request-index.ts";

export interface RpcChainViewOptions {
  readonly provider: Provider;
  readonly chainId: bigint;
  readonly fromBlock: number;
  readonly maxLogRange: number;
  readonly confirmations: number;
  readonly blockNumber: number;
  /** Of all blocks, confirmed or not. */
  readonly latest: Head;
  readonly requests: RequestIndex;
  readonly latestUnixS: bigint;
  readonly factory: ReturnType<typeof IDataMarketFactory__factory.connect>;
  readonly committees: ReturnType<typeof ICommitteeRegistry__factory.connect>;
  readonly algorithms: ReturnType<typeof IAlgorithmRegistry__factory.connect>;
  readonly datasets: ReturnType<typeof IDatasetRegistry__factory.connect>;
  /** The dataset registry as ERC-721. */
  readonly owners: Contract;
}

const statuses: readonly RequestStatus[] = ["none", "open", "answered", "cancelled"];
const market = IDataMarket__factory.createInterface();
const topicOf = (event: "ComputationRequested" | "DatasetJoined" | "DatasetLeft") => market.getEvent(event).topicHash;

export class RpcChainView implements ChainView {
  readonly blockNumber: number;
  readonly latestUnixS: bigint;
  readonly #options: RpcChainViewOptions;

  constructor(options: RpcChainViewOptions) {
    this.blockNumber = options.blockNumber;
    this.latestUnixS = options.latestUnixS;
    this.#options = options;
  }

  get #at() {
    return { blockTag: this.blockNumber };
  }

  async currentEpoch(committeeId: bigint): Promise<bigint> {
    const epoch = await nullOnRevert("committee's epoch", "UnknownCommittee", () =>
      this.#options.committees.currentEpoch(committeeId, this.#at),
    );
    if (epoch !== null) return epoch;
    throw new ChainError("UnknownCommittee", `there is no committee ${committeeId}: correct the setting committeeId`);
  }

  async seats(committeeId: bigint, epoch: bigint): Promise<ChainSeat[]> {
    const seats = await asChainError("committee's seats", () =>
      this.#options.committees.seatsOf(committeeId, epoch, this.#at),
    );
    return seats.map(({ signer, sealingKey, tlsKeyHash, endpoint, peerEndpoint }) => ({
      signer,
      sealingKey,
      tlsKeyHash,
      endpoint,
      peerEndpoint,
    }));
  }

  isRunnable(algorithm: string, committeeId: bigint, epoch: bigint): Promise<boolean> {
    return asChainError("operators' approvals", () =>
      this.#options.algorithms.isRunnable(algorithm, committeeId, epoch, this.#at),
    );
  }

  async dataset(datasetId: string): Promise<ChainDataset | null> {
    const { datasets, owners } = this.#options;
    const dataset = await nullOnRevert("dataset", "UnknownDataset", () => datasets.datasetOf(datasetId, this.#at));
    if (dataset === null) return null;
    const owner = await asChainError("dataset's owner", () => owners.ownerOf(datasetId, this.#at) as Promise<string>);
    return {
      datasetId: lower(datasetId),
      owner,
      commitment: lower(dataset.commitment),
      schemaHash: lower(dataset.schemaHash),
      committeeId: dataset.committeeId,
      epoch: dataset.epoch,
      rows: Number(dataset.rows),
      scheme: Number(dataset.scheme),
    };
  }

  async policy(datasetId: string): Promise<ChainPolicy> {
    const policy = await asChainError("dataset's policy", () => this.#options.datasets.policyOf(datasetId, this.#at));
    return {
      algorithms: policy.algorithms.map(lower),
      token: policy.token,
      minPrice: policy.minPrice,
      minRows: Number(policy.minRows),
      ...cohortOf(policy),
      maxUses: Number(policy.maxUses),
      epsilonBudget: policy.epsilonBudget,
      deltaBudget: policy.deltaBudget,
    };
  }

  isMarket(address: string): Promise<boolean> {
    return asChainError("factory's markets", () => this.#options.factory.isMarket(address, this.#at));
  }

  async terms(address: string): Promise<ChainTerms> {
    const terms = await asChainError("market's terms", () => this.#market(address).terms(this.#at));
    const { algorithm, committeeId, token, price, minRows, committeeBps } = terms;
    const { epsilonPerRequest, deltaPerRequest } = terms;
    const numbers = { minRows: Number(minRows), committeeBps: Number(committeeBps), ...cohortOf(terms) };
    return { algorithm: lower(algorithm), committeeId, token, price, epsilonPerRequest, deltaPerRequest, ...numbers };
  }

  async statusOf(address: string, requestId: string): Promise<RequestStatus> {
    const status = await asChainError("request's status", () => this.#market(address).statusOf(requestId, this.#at));
    return statuses[Number(status)] ?? "none";
  }

  /** The log counts when the factory itself knows its market and its content hashes to the id. */
  async request(requestId: string): Promise<ChainRequest> {
    const { provider, latest, requests, confirmations, maxLogRange } = this.#options;
    const place = await requests.find(requestId, latest);
    if (place !== null && place.blockNumber > this.blockNumber) {
      throw new ChainError(
        "NotConfirmed",
        `request ${requestId} has fewer than ${confirmations} confirmations; ask again when it has`,
      );
    }
    if (place !== null && (await this.isMarket(place.market))) {
      const topics = [topicOf("ComputationRequested"), requestId];
      const block = { fromBlock: place.blockNumber, toBlock: place.blockNumber };
      const query = { provider, address: place.market, topics, ...block, maxRange: maxLogRange };
      for (const log of await asChainError("request's log", () => allLogs(query))) {
        const found = this.#requestFromLog(requestId, log);
        if (found !== null) return found;
      }
    }
    throw new ChainError("UnknownRequest", `no market of this factory made a request ${requestId}`);
  }

  acceptedAnswer({ market, requestId, position }: ChainRequest): Promise<MarketAnswer | null> {
    const { provider, maxLogRange } = this.#options;
    const blocks = { fromBlock: position.blockNumber, toBlock: this.blockNumber };
    return asChainError("request's answer", () =>
      acceptedAnswer({ provider, market, requestId, maxLogRange, ...blocks }),
    );
  }

  async pool(address: string, position: LogPosition): Promise<Pool> {
    const { provider, fromBlock, maxLogRange } = this.#options;
    const topics = [[topicOf("DatasetJoined"), topicOf("DatasetLeft")]];
    const query = { provider, address, topics, fromBlock, toBlock: position.blockNumber, maxRange: maxLogRange };
    const logs = await asChainError("market's pool", () => allLogs(query));
    const before = logs.filter(
      ({ blockNumber, index }) => blockNumber < position.blockNumber || index < position.logIndex,
    );
    return foldPool(before.map(poolEventFromLog));
  }

  usage(datasetIds: readonly string[], position: LogPosition): Promise<ReadonlyMap<string, Usage>> {
    return this.#options.requests.usage(datasetIds, position, this.#options.latest);
  }

  #market(address: string) {
    return IDataMarket__factory.connect(address, this.#options.provider);
  }

  /** Null unless the log's request hashes to `requestId` for the contract that emitted it. */
  #requestFromLog(requestId: string, log: Log): ChainRequest | null {
    let parsed: ReturnType<typeof market.parseLog>;
    try {
      parsed = market.parseLog(log);
    } catch {
      return null;
    }
    if (parsed === null) return null;
    const { nonce, buyer, parametersHash, answerKey, privateInputs, poolHash, poolVersion, poolRows } =
      parsed.args.request;
    const { algorithm, epoch, price, deadlineUnixS, callback, callbackGas } = parsed.args.request;
    const request = {
      ...{ nonce, buyer, parametersHash, answerKey, privateInputs, poolHash, poolVersion, poolRows },
      ...{ algorithm, epoch, price, deadlineUnixS, callback, callbackGas },
    };
    if (requestIdOf(this.#options.chainId, log.address, request) !== lower(requestId)) return null;
    const parameters: string = parsed.args.parameters;
    if (keccak256(parameters) !== parametersHash) return null;
    return {
      requestId: lower(requestId),
      market: getAddress(log.address),
      request,
      parameters,
      position: { blockNumber: log.blockNumber, logIndex: log.index },
    };
  }
}

const cohortOf = (demands: { cohortRows: bigint; cohortSellers: bigint }) => ({
  cohortRows: Number(demands.cohortRows),
  cohortSellers: Number(demands.cohortSellers),
});

function poolEventFromLog(log: Log): PoolEvent {
  const parsed = market.parseLog(log);
  if (parsed === null)
    throw new ChainError("ChainUnreachable", "the RPC endpoint returned a log that was not asked for");
  const datasetId = bytes32(parsed.args.datasetId);
  if (parsed.name === "DatasetLeft") return { kind: "left", datasetId };
  const { commitment, seller, validRows } = parsed.args;
  const member = { datasetId, seller: lower(seller), commitment: lower(commitment), validRows: Number(validRows) };
  return { kind: "joined", member };
}
