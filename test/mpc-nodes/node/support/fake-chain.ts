/** A chain that says what a test makes it say: for tests of single rules. The real one is in `deployment.ts`. */

import type { Usage } from "@sharebridge/contracts/dataset-usage.ts";
import { encodeParameters, type MarketAnswer, requestIdOf } from "@sharebridge/contracts/typed-data.ts";
import type {
  ChainDataset,
  ChainPolicy,
  ChainReader,
  ChainRequest,
  ChainSeat,
  ChainTerms,
  ChainView,
  Pool,
  RequestStatus,
} from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { ChainError } from "@sharebridge/mpc-nodes/chain/errors.ts";
import { id, Wallet, ZeroAddress, ZeroHash } from "ethers";

export const FAKE_CHAIN_ID = 1_337n;
export const MARKET = new Wallet(id("market")).address;
export const TOKEN = new Wallet(id("token")).address;
export const BUYER = new Wallet(id("buyer")).address;

export class FakeChain implements ChainReader, ChainView {
  readonly chainId = FAKE_CHAIN_ID;
  readonly deployment = {
    factory: new Wallet(id("factory")).address,
    committees: new Wallet(id("committees")).address,
    algorithms: new Wallet(id("algorithms")).address,
    datasets: new Wallet(id("datasets")).address,
  };
  readonly blockNumber = 100;
  latestUnixS = 1_800_000_000n;
  servesOtherChain = false;
  epoch = 1n;
  ownSeats: ChainSeat[] = [];
  runnable = true;
  market: ChainTerms = {
    ...{ algorithm: id("algorithm"), committeeId: 1n, token: TOKEN, price: 10n, minRows: 1, committeeBps: 2_000 },
    ...{ cohortRows: 0, cohortSellers: 0, epsilonPerRequest: 0n, deltaPerRequest: 0n },
  };
  readonly datasets = new Map<string, ChainDataset>();
  readonly policies = new Map<string, ChainPolicy>();
  readonly requests = new Map<string, ChainRequest>();
  readonly statuses = new Map<string, RequestStatus>();
  /** What markets have accepted, by request. */
  readonly accepted = new Map<string, MarketAnswer>();
  currentPool: Pool = { poolHash: ZeroHash, rows: 0n, members: [] };
  /** What earlier requests used, by dataset; nothing where it is not set. */
  readonly used = new Map<string, Usage>();
  /** How often a view was asked for. */
  views = 0;

  /** An open request on the current pool. */
  addRequest(changes: Partial<ChainRequest["request"]> = {}, parameters = encodeParameters([])): string {
    const request = {
      nonce: BigInt(this.requests.size),
      buyer: BUYER,
      parametersHash: ZeroHash,
      answerKey: ZeroHash,
      privateInputs: ZeroHash,
      poolHash: this.currentPool.poolHash,
      poolVersion: 1n,
      poolRows: this.currentPool.rows,
      algorithm: this.market.algorithm,
      epoch: 1n,
      price: this.market.price,
      deadlineUnixS: this.latestUnixS + 3_600n,
      callback: ZeroAddress,
      callbackGas: 0n,
      ...changes,
    };
    const requestId = requestIdOf(this.chainId, MARKET, request);
    const position = { blockNumber: 90, logIndex: 0 };
    this.requests.set(requestId, { requestId, market: MARKET, request, parameters, position });
    this.statuses.set(requestId, "open");
    return requestId;
  }

  async checkChain(): Promise<void> {
    if (this.servesOtherChain) throw new ChainError("WrongChain", "the RPC endpoint serves another chain");
  }
  async view(): Promise<ChainView> {
    await this.checkChain();
    this.views++;
    return this;
  }
  close(): void {}
  currentEpoch = async () => this.epoch;
  seats = async (committeeId: bigint, epoch: bigint) =>
    committeeId === this.market.committeeId && epoch === this.epoch ? this.ownSeats : [];
  isRunnable = async () => this.runnable;
  dataset = async (datasetId: string) => this.datasets.get(datasetId) ?? null;
  isMarket = async (address: string) => address === MARKET;
  terms = async () => this.market;
  pool = async () => this.currentPool;
  usage = async (datasetIds: readonly string[], _position?: unknown) =>
    new Map(datasetIds.map((id) => [id, this.used.get(id) ?? { uses: 0, epsilon: 0n, delta: 0n }]));
  statusOf = async (_market: string, requestId: string) => this.statuses.get(requestId) ?? "none";

  acceptedAnswer = async ({ requestId }: ChainRequest) => this.accepted.get(requestId) ?? null;

  /** As if the answer had been delivered. */
  deliver(answer: MarketAnswer): void {
    this.statuses.set(answer.requestId, "answered");
    this.accepted.set(answer.requestId, answer);
  }

  async policy(datasetId: string): Promise<ChainPolicy> {
    const policy = this.policies.get(datasetId);
    if (policy === undefined) throw new ChainError("ChainUnreachable", "no such policy");
    return policy;
  }

  async request(requestId: string): Promise<ChainRequest> {
    const found = this.requests.get(requestId);
    if (found === undefined) throw new ChainError("UnknownRequest", `no market made a request ${requestId}`);
    return found;
  }
}
