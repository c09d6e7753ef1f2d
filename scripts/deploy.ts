/**
 * Puts the contracts on a chain: plain ethers and the build's artifacts, so that it works against any JSON-RPC node.
 * Everything is deployed by one signer, who keeps no power over it except: owner of the LINK token and of the Operator
 * (both Chainlink's own contracts, here for chains that have none), and minter of the test token.
 */
import { readFileSync } from "node:fs";
import { specIdOf } from "@sharebridge/adapter/jobs/spec-id.ts";
import {
  AlgorithmRegistry__factory,
  DataMarketFactory__factory,
  type IDataMarket,
  LinkToken__factory,
  Operator__factory,
} from "@sharebridge/contracts";
import { AbiCoder, ContractFactory, hexlify, keccak256, randomBytes, type Signer } from "ethers";

/** Enough for the longest URI. */
const REGISTER_GAS_LIMIT = 1_200_000n;

const artifactsDirectory = new URL("../artifacts/", import.meta.url);

const sources = {
  LinkToken: "@chainlink/contracts/src/v0.8/shared/token/ERC677/LinkToken.sol",
  Operator: "@chainlink/contracts/src/v0.8/operatorforwarder/Operator.sol",
  CommitteeRegistry: "contracts/registry/CommitteeRegistry.sol",
  AlgorithmRegistry: "contracts/registry/AlgorithmRegistry.sol",
  DatasetRegistry: "contracts/registry/DatasetRegistry.sol",
  DataMarketFactory: "contracts/market/DataMarketFactory.sol",
  OperatorGateway: "contracts/gateway/OperatorGateway.sol",
  DirectGateway: "contracts/gateway/DirectGateway.sol",
  TestToken: "contracts/test/TestToken.sol",
} as const;

export interface DeployOptions {
  /** Pays for and signs every transaction. */
  readonly signer: Signer;
  /** `externalJobID` of the job that the oracle runs: a UUID. */
  readonly externalJobId: string;
  /** The oracle's fee per request. */
  readonly oracleFeeJuels: bigint;
  /** Accounts of the oracle node, which may fulfil requests. */
  readonly oracleSenders: readonly string[];
  /** LINK minted to the signer. */
  readonly linkSupplyJuels: bigint;
  /** Test token minted to the signer, in its smallest unit (18 decimals). */
  readonly tokenSupply: bigint;
}

/** What a market is created with (`IDataMarket.Terms`). */
export type MarketTerms = IDataMarket.TermsStruct;

/** Addresses of a deployment. */
export interface Deployment {
  readonly link: string;
  readonly operator: string;
  readonly committeeRegistry: string;
  readonly algorithmRegistry: string;
  readonly datasetRegistry: string;
  readonly marketFactory: string;
  /** The contract that every market is a clone of; the factory deployed it. */
  readonly marketImplementation: string;
  readonly operatorGateway: string;
  readonly directGateway: string;
  readonly token: string;
}

/** Deploys LINK, Operator, registries, market factory, both gateways and a test token, and prepares the Operator. */
export async function deployMarket(options: DeployOptions): Promise<Deployment> {
  const { signer } = options;
  const deployer = await signer.getAddress();
  const link = await deployContract(signer, "LinkToken", []);
  const operator = await deployContract(signer, "Operator", [link, deployer]);
  const committeeRegistry = await deployContract(signer, "CommitteeRegistry", []);
  const algorithmRegistry = await deployContract(signer, "AlgorithmRegistry", [committeeRegistry]);
  const datasetRegistry = await deployContract(signer, "DatasetRegistry", [committeeRegistry]);
  const registries = [committeeRegistry, algorithmRegistry, datasetRegistry];
  const marketFactory = await deployContract(signer, "DataMarketFactory", registries);
  const jobId = specIdOf(options.externalJobId);
  const gatewayArguments = [link, operator, jobId, options.oracleFeeJuels, marketFactory];
  const operatorGateway = await deployContract(signer, "OperatorGateway", gatewayArguments);
  const directGateway = await deployContract(signer, "DirectGateway", [marketFactory]);
  const token = await deployContract(signer, "TestToken", ["Sharebridge Test Dollar", "SBT", options.tokenSupply]);

  const linkToken = LinkToken__factory.connect(link, signer);
  await (await linkToken.grantMintRole(deployer)).wait();
  await (await linkToken.mint(deployer, options.linkSupplyJuels)).wait();
  const senders = [...options.oracleSenders];
  await (await Operator__factory.connect(operator, signer).setAuthorizedSenders(senders)).wait();
  const marketImplementation = await DataMarketFactory__factory.connect(marketFactory, signer).IMPLEMENTATION();
  return {
    link,
    operator,
    committeeRegistry,
    algorithmRegistry,
    datasetRegistry,
    marketFactory,
    marketImplementation,
    operatorGateway,
    directGateway,
    token,
  };
}

/** Deploys one contract of the build and waits until it is mined. Returns its address. */
export async function deployContract(
  signer: Signer,
  name: keyof typeof sources,
  constructorArguments: readonly unknown[],
): Promise<string> {
  const file = new URL(`${sources[name]}/${name}.json`, artifactsDirectory);
  const { abi, bytecode } = JSON.parse(readFileSync(file, "utf8"));
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...constructorArguments);
  await contract.waitForDeployment();
  return contract.getAddress();
}

/**
 * Registers a program in two transactions, announcement and registration; the signer becomes its author and earns its
 * royalty. Nobody who sees the second one before it is mined can get ahead of it.
 * @param disclosureHash keccak256 of the disclosure statement.
 * @param uri where the program's encoding can be fetched; at most 1,024 bytes.
 */
export async function registerAlgorithm(
  signer: Signer,
  algorithmRegistry: string,
  algorithm: string,
  disclosureHash: string,
  uri: string,
): Promise<void> {
  const registry = AlgorithmRegistry__factory.connect(algorithmRegistry, signer);
  const salt = hexlify(randomBytes(32));
  const author = await signer.getAddress();
  // As `announcementOf`, computed here: an RPC provider need not hear of the program before the chain does.
  const types = ["bytes32", "address", "bytes32"];
  const announcement = keccak256(AbiCoder.defaultAbiCoder().encode(types, [algorithm, author, salt]));
  await (await registry.announce(announcement)).wait();
  // The gas is given because some nodes estimate it as of the announcement's own block, in which it is too early.
  const gasLimit = REGISTER_GAS_LIMIT;
  await (await registry.register(algorithm, salt, disclosureHash, uri, { gasLimit })).wait();
}

/** Creates a market; the signer becomes its owner. Returns its address. */
export async function createMarket(signer: Signer, marketFactory: string, terms: MarketTerms): Promise<string> {
  const factory = DataMarketFactory__factory.connect(marketFactory, signer);
  const receipt = await (await factory.createMarket(terms)).wait();
  for (const log of receipt?.logs ?? []) {
    const event = log.address === marketFactory ? factory.interface.parseLog(log) : null;
    if (event?.name === "MarketCreated") return event.args.market;
  }
  throw new Error(`the factory ${marketFactory} mined the transaction but emitted no MarketCreated`);
}
