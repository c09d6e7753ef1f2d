/**
 * The whole of Sharebridge on one machine: a local chain with all contracts, four MPC nodes, the adapter and the local oracle
 * runner, each an operating-system process with its own keys and folder, and one market that sells the pay-gap computation.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { disclosureHash, encodeProgram, library, payGap, privacyTermsOf, programHash } from "@sharebridge/algorithms";
import { ICommitteeRegistry__factory, LinkToken__factory, TestToken__factory } from "@sharebridge/contracts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { loadNetwork, type NetworkDescription } from "@sharebridge/sdk";
import { type JsonRpcProvider, parseEther } from "ethers";
import { createMarket, type Deployment, deployMarket, registerAlgorithm } from "../deploy.ts";
import { type Accounts, devnetAccounts, SELLERS } from "./accounts.ts";
import { DEVNET_CHAIN_ID, startChain } from "./chain.ts";
import {
  allowLibrary,
  approveProgram,
  configureNodes,
  createNodes,
  type DevnetNode,
  nodeName,
  startNodes,
} from "./nodes.ts";
import { type Oracle, startOracle } from "./oracle.ts";
import { freePorts, Processes } from "./processes.ts";

const EXTERNAL_JOB_ID = "5ba2eb21-d9e0-4f0c-8a86-0d5ea7b41d6e";
export const ORACLE_FEE_JUELS = parseEther("0.1");
const MARKET_PRICE = parseEther("100");
const BUYER_TOKENS = parseEther("10000");
const BUYER_LINK = parseEther("100");
const NODE_GAS_MONEY = parseEther("1");

export interface Devnet {
  readonly folder: string;
  /** What `devnet.json` holds. */
  readonly network: NetworkDescription;
  readonly provider: JsonRpcProvider;
  readonly accounts: Accounts;
  readonly deployment: Deployment;
  readonly committeeId: bigint;
  readonly market: string;
  readonly nodes: readonly DevnetNode[];
  readonly oracle: Oracle;
  /** Ends the process of a node at once, as a crash would. */
  killNode(seat: PartyId): Promise<void>;
  /** Stops every process that was started. */
  stop(): Promise<void>;
}

export type Progress = (message: string) => void;

/** Processes of a devnet, which whoever makes them can stop while it is still starting. */
export const devnetProcesses = (folder: string): Processes => new Processes(join(folder, "logs"));

/**
 * @param folder empty or new; holds every party's folder and `logs/`.
 * @param operators whether they allow the whole standard library by rule, beside the pay gap, which they approve by its hash
 */
export async function startDevnet(
  folder: string,
  progress: Progress,
  processes = devnetProcesses(folder),
  operators: { readonly allowLibrary?: boolean } = {},
): Promise<Devnet> {
  let provider: JsonRpcProvider | undefined;
  const stop = async () => {
    provider?.destroy();
    await processes.stop();
  };
  const killNode = (seat: PartyId) => processes.kill(nodeName(seat));
  try {
    const [chainPort, adapter, adapterMetrics, resume, ...nodePorts] = (await freePorts(12)) as [
      number,
      number,
      number,
      number,
      ...number[],
    ];
    const rpcUrl = `http://127.0.0.1:${chainPort}`;
    progress("starting the chain, making the nodes' keys");
    const [startedProvider, nodes] = await Promise.all([
      startChain(processes, chainPort),
      createNodes(processes, folder, nodePorts),
    ]);
    provider = startedProvider;
    const accounts = devnetAccounts(provider);

    progress("deploying LINK, Operator, registries, market factory and gateways");
    const deployment = await deployMarket({
      signer: accounts.deployer,
      externalJobId: EXTERNAL_JOB_ID,
      oracleFeeJuels: ORACLE_FEE_JUELS,
      oracleSenders: [accounts.oracle.address],
      linkSupplyJuels: parseEther("1000000"),
      tokenSupply: parseEther("1000000"),
    });
    await fund(accounts, deployment, nodes);
    const committeeId = await foundCommittee(accounts, deployment, nodes);

    progress("registering the algorithm; each operator reviews and approves it");
    const programFile = writePrograms(join(folder, "programs"));
    const { algorithmRegistry } = deployment;
    await registerAlgorithm(accounts.author, algorithmRegistry, programHash(payGap), disclosureHash(payGap), "");
    const chain = { rpcUrl, chainId: Number(DEVNET_CHAIN_ID), factory: deployment.marketFactory, fromBlock: 0 };
    configureNodes(nodes, { ...chain, committeeId: String(committeeId) });
    if (operators.allowLibrary) allowLibrary(nodes);
    await approveProgram(processes, nodes, programFile);

    progress("starting four MPC nodes, the adapter and the oracle runner");
    const [, oracle] = await Promise.all([
      startNodes(processes, nodes),
      startOracle(processes, {
        folder,
        rpcUrl,
        chainId: DEVNET_CHAIN_ID,
        deployment,
        committeeId,
        externalJobId: EXTERNAL_JOB_ID,
        feeJuels: ORACLE_FEE_JUELS,
        fromBlock: 0,
        senderKey: accounts.oracle.privateKey,
        ports: { adapter, adapterMetrics, resume },
      }),
    ]);

    const market = await createMarket(accounts.owner, deployment.marketFactory, {
      algorithm: programHash(payGap),
      committeeId,
      gateway: deployment.operatorGateway,
      token: deployment.token,
      price: MARKET_PRICE,
      ...privacyTermsOf(payGap),
      minRows: 10,
      maxRows: payGap.maximumRows,
      deadlineSeconds: 3_600,
      maxCallbackGas: 1_000_000,
      sellersBps: 7_000,
      authorBps: 1_000,
      committeeBps: 1_500,
      ownerBps: 500,
    });
    const network = loadNetwork({
      ...chain,
      datasets: deployment.datasetRegistry,
      algorithms: deployment.algorithmRegistry,
      committees: deployment.committeeRegistry,
      gateway: deployment.operatorGateway,
      token: deployment.token,
      link: deployment.link,
      committeeId: String(committeeId),
      markets: { payGap: market },
      accounts: Object.fromEntries(
        (["author", "buyer", ...SELLERS] as const).map((name) => {
          const { address, privateKey } = accounts[name];
          return [name, { address, privateKey }];
        }),
      ),
      programs: join(folder, "programs"),
    });
    return { folder, network, provider, accounts, deployment, committeeId, market, nodes, oracle, killNode, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Gives the buyer tokens and LINK, and each node gas for its approval. */
async function fund(accounts: Accounts, deployment: Deployment, nodes: readonly DevnetNode[]): Promise<void> {
  const { deployer, buyer } = accounts;
  const token = TestToken__factory.connect(deployment.token, deployer);
  await (await token.transfer(buyer.address, BUYER_TOKENS)).wait();
  const link = LinkToken__factory.connect(deployment.link, deployer);
  await (await link.transfer(buyer.address, BUYER_LINK)).wait();
  for (const { seat } of nodes) {
    await (await deployer.sendTransaction({ to: seat.signer, value: NODE_GAS_MONEY })).wait();
  }
}

async function foundCommittee(
  accounts: Accounts,
  deployment: Deployment,
  nodes: readonly DevnetNode[],
): Promise<bigint> {
  const registry = ICommitteeRegistry__factory.connect(deployment.committeeRegistry, accounts.deployer);
  const [seat0, seat1, seat2, seat3] = nodes.map(({ seat }) => seat);
  const receipt = await (await registry.createCommittee([seat0!, seat1!, seat2!, seat3!])).wait();
  const created = receipt?.logs.map((log) => registry.interface.parseLog(log)).find((log) => log !== null);
  if (created?.name !== "CommitteeCreated") throw new Error("the committee registry emitted no CommitteeCreated");
  return created.args.committeeId;
}

/** Writes the standard library's encodings as `<hash>.json`. Returns the pay-gap program's file. */
function writePrograms(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const fileOf = (hash: string) => join(folder, `${hash}.json`);
  for (const program of library.values()) writeFileSync(fileOf(programHash(program)), encodeProgram(program));
  return fileOf(programHash(payGap));
}
