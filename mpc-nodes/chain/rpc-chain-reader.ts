/** The chain through an RPC endpoint. */
import {
  IAlgorithmRegistry__factory,
  ICommitteeRegistry__factory,
  IDataMarketFactory__factory,
  IDatasetRegistry__factory,
} from "@sharebridge/contracts";
import { Contract, FetchRequest, isError, type JsonRpcApiProvider, JsonRpcProvider, Network } from "ethers";
import { asChainError } from "./ask.ts";
import type { ChainReader, ChainView, Deployment } from "./chain-reader.ts";
import { ChainError } from "./errors.ts";
import { RequestIndex } from "./request-index.ts";
import { RpcChainView } from "./rpc-chain-view.ts";

/** Longest wait for one answer of the endpoint. */
const RPC_TIMEOUT_MS = 10_000;
/** Between two looks for a transaction's receipt (approvals only; nodes do not poll). */
const POLLING_INTERVAL_MS = 250;

export interface RpcChainOptions {
  readonly chainId: bigint;
  readonly factory: string;
  /** Block of the factory's deployment. */
  readonly fromBlock: number;
  readonly confirmations: number;
  readonly maxLogRange: number;
}

/** The provider knows its chain id from the settings and nothing is cached: every answer is the endpoint's of now. */
export function createProvider(rpcUrl: string, chainId: bigint): JsonRpcProvider {
  const request = new FetchRequest(rpcUrl);
  request.timeout = RPC_TIMEOUT_MS;
  return new JsonRpcProvider(request, Network.from(chainId), {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: POLLING_INTERVAL_MS,
  });
}

/** Throws `WrongChain`, `NoFactory`, `ChainUnreachable`. Closes `provider` with the reader. */
export async function openChain(provider: JsonRpcApiProvider, options: RpcChainOptions): Promise<ChainReader> {
  await checkChain(provider, options.chainId);
  return new RpcChainReader(provider, options, await findDeployment(provider, options.factory));
}

async function checkChain(provider: JsonRpcApiProvider, chainId: bigint): Promise<void> {
  const served = await asChainError("chain id", async () => BigInt(await provider.send("eth_chainId", [])));
  if (served !== chainId) {
    throw new ChainError(
      "WrongChain",
      `the RPC endpoint serves chain ${served}, the settings name chain ${chainId}: nothing is computed on its word`,
    );
  }
}

async function findDeployment(provider: JsonRpcApiProvider, factory: string): Promise<Deployment> {
  const contract = IDataMarketFactory__factory.connect(factory, provider);
  const registries = await asChainError("factory's registries", async () => {
    try {
      return await Promise.all([contract.committees(), contract.algorithms(), contract.datasets()]);
    } catch (error) {
      // No code there, or code that knows no such function.
      if (isError(error, "BAD_DATA") || isError(error, "CALL_EXCEPTION")) return null;
      throw error;
    }
  });
  if (registries === null) {
    throw new ChainError("NoFactory", `there is no market factory at ${factory}: correct the setting factory`);
  }
  const [committees, algorithms, datasets] = registries;
  return { factory, committees, algorithms, datasets };
}

class RpcChainReader implements ChainReader {
  readonly chainId: bigint;
  readonly deployment: Deployment;
  readonly #provider: JsonRpcApiProvider;
  readonly #options: RpcChainOptions;
  readonly #requests: RequestIndex;

  constructor(provider: JsonRpcApiProvider, options: RpcChainOptions, deployment: Deployment) {
    this.chainId = options.chainId;
    this.deployment = deployment;
    this.#provider = provider;
    this.#options = options;
    this.#requests = new RequestIndex({ ...options, provider });
  }

  checkChain(): Promise<void> {
    return checkChain(this.#provider, this.chainId);
  }

  async view(): Promise<ChainView> {
    await this.checkChain();
    const latest = await asChainError("latest block", () => this.#provider.getBlock("latest"));
    if (latest === null)
      throw new ChainError("ChainUnreachable", "the RPC endpoint has no latest block; try again later");
    const { factory, committees, algorithms, datasets } = this.deployment;
    return new RpcChainView({
      ...this.#options,
      provider: this.#provider,
      blockNumber: Math.max(latest.number - this.#options.confirmations, 0),
      latest,
      requests: this.#requests,
      latestUnixS: BigInt(latest.timestamp),
      factory: IDataMarketFactory__factory.connect(factory, this.#provider),
      committees: ICommitteeRegistry__factory.connect(committees, this.#provider),
      algorithms: IAlgorithmRegistry__factory.connect(algorithms, this.#provider),
      datasets: IDatasetRegistry__factory.connect(datasets, this.#provider),
      owners: new Contract(datasets, ["function ownerOf(uint256) view returns (address)"], this.#provider),
    });
  }

  close(): void {
    this.#provider.destroy();
  }
}
