import {
  IAlgorithmRegistry__factory,
  ICommitteeRegistry__factory,
  IDataMarketFactory__factory,
  IDatasetRegistry__factory,
} from "@sharebridge/contracts";
import { getAddress, JsonRpcProvider, Network, type Provider } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { NetworkDescription } from "./network-file.ts";

/** The encoding of a program by its hash, or null. What it gives is checked against the hash. */
export type ProgramSource = (hash: string) => Promise<Uint8Array | null>;

export interface ConnectOptions {
  /** The wallet's provider, in place of the description's rpcUrl. */
  provider?: Provider;
  programSource?: ProgramSource;
}

/** A deployment that was reached and found to be what its description says. */
export interface Connection {
  readonly description: NetworkDescription;
  readonly provider: Provider;
  readonly chainId: bigint;
  readonly factory: ReturnType<typeof IDataMarketFactory__factory.connect>;
  readonly datasets: ReturnType<typeof IDatasetRegistry__factory.connect>;
  readonly datasetRegistry: string;
  readonly algorithms: ReturnType<typeof IAlgorithmRegistry__factory.connect>;
  readonly committees: ReturnType<typeof ICommitteeRegistry__factory.connect>;
  /** Where programs beyond the built-in library come from; null when it has no program of that hash. */
  readonly programSource: ProgramSource;
  /** Lets go of the RPC connection, if `connect` made it. */
  close(): void;
}

/**
 * Connects to a deployment and checks it before anything is signed: the RPC serves the chain id of the description, and
 * the registries that the factory names are those of the description. In a browser, give the wallet's provider.
 *
 * @example
 * const connection = await connect(loadNetwork(json));
 * const inBrowser = await connect(loadNetwork(json), { provider: new BrowserProvider(window.ethereum) });
 *
 * @throws SdkError ChainUnreachable, WrongChain, NoContract, InvalidNetworkFile
 */
export async function connect(description: NetworkDescription, options: ConnectOptions = {}): Promise<Connection> {
  const own = options.provider === undefined ? rpcProvider(description) : undefined;
  const provider = options.provider ?? own!;
  try {
    const chainId = await servedChainId(provider, own);
    if (chainId !== BigInt(description.chainId)) {
      throw new SdkError(
        "WrongChain",
        `The RPC serves chain ${chainId}, the network file is for chain ${description.chainId}. Nothing was signed; correct rpcUrl.`,
      );
    }
    if ((await provider.getCode(description.factory)) === "0x") {
      throw new SdkError(
        "NoContract",
        `There is no contract at the factory's address ${description.factory}. Is the network file of an earlier devnet?`,
      );
    }
    const factory = IDataMarketFactory__factory.connect(description.factory, provider);
    const [datasets, algorithms, committees] = await Promise.all([
      factory.datasets(),
      factory.algorithms(),
      factory.committees(),
    ]);
    checkNamed(description, { datasets, algorithms, committees });
    return {
      description,
      provider,
      chainId,
      factory,
      datasets: IDatasetRegistry__factory.connect(datasets, provider),
      datasetRegistry: getAddress(datasets),
      algorithms: IAlgorithmRegistry__factory.connect(algorithms, provider),
      committees: ICommitteeRegistry__factory.connect(committees, provider),
      programSource: options.programSource ?? (async () => null),
      close: () => own?.destroy(),
    };
  } catch (error) {
    own?.destroy();
    throw explainError(error);
  }
}

function rpcProvider(description: NetworkDescription): JsonRpcProvider {
  return new JsonRpcProvider(description.rpcUrl, Network.from(description.chainId), {
    staticNetwork: true, // The chain id is asked for and compared below; the provider need not ask again.
    cacheTimeout: -1, // A cached transaction count would give two transactions the same nonce.
    pollingInterval: 500,
  });
}

/** Asks the chain itself: a provider with a static network would repeat what it was told. */
async function servedChainId(provider: Provider, own: JsonRpcProvider | undefined): Promise<bigint> {
  if (own !== undefined) return BigInt((await own.send("eth_chainId", [])) as string);
  return (await provider.getNetwork()).chainId;
}

function checkNamed(description: NetworkDescription, found: Record<"datasets" | "algorithms" | "committees", string>) {
  for (const name of ["datasets", "algorithms", "committees"] as const) {
    const named = description[name];
    if (named !== undefined && getAddress(found[name]) !== named) {
      throw new SdkError(
        "InvalidNetworkFile",
        `The network file names ${named} for ${name}, the factory names ${found[name]}. Correct the file.`,
      );
    }
  }
}
