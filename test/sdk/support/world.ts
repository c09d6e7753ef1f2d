import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { payGap, weightedScore } from "@sharebridge/algorithms/library/index.ts";
import {
  AlgorithmRegistry__factory,
  CommitteeRegistry__factory,
  LinkToken__factory,
  TestToken__factory,
} from "@sharebridge/contracts";
import {
  encodeProof,
  encodePublicResult,
  encodeSealedResult,
  type MarketAnswer,
} from "@sharebridge/contracts/typed-data.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { commitShare } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { encodeOpening } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { type Connection, connect } from "@sharebridge/sdk/network/connect.ts";
import { findRequest } from "@sharebridge/sdk/network/find-request.ts";
import { loadNetwork } from "@sharebridge/sdk/network/network-file.ts";
import { type Market, openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { concat, getBytes, HDNodeWallet, hexlify, JsonRpcProvider, keccak256, Wallet, ZeroHash } from "ethers";
import { network } from "hardhat";
import { createMarket, deployMarket, registerAlgorithm } from "../../../scripts/deploy.ts";
import { exactTerms } from "../../support/policies.ts";
import { FakeNode } from "./fake-node.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const NAMES = ["deployer", "oracle", "author", "owner", "buyer", "seller1", "seller2", "stranger"] as const;
export type Name = (typeof NAMES)[number];

export const PRICE = 9_000_000_000_000_000_000n;
export const FEE_JUELS = 100_000_000_000_000_000n;
export const DEADLINE_SECONDS = 3_600;

/** A chain with the real contracts, four fake nodes, funded accounts and markets; everything in this process. */
export interface World {
  readonly connection: Connection;
  /** devnet.json, as `npm run devnet` writes it. */
  readonly networkFile: Record<string, unknown>;
  readonly nodes: readonly FakeNode[];
  readonly wallets: Readonly<Record<Name, Wallet>>;
  /** Sells pay_gap through the Operator gateway, against LINK. */
  readonly payGapMarket: Market;
  /** Sells weighted_score through the direct gateway. */
  readonly scoreMarket: Market;
  /** Lets chain time pass. */
  passTime(seconds: number): Promise<void>;
  snapshot(): Promise<void>;
  /** Back to the snapshot, nodes included. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const server = await network.createServer("default", "127.0.0.1", 0);
  const { port } = await server.listen();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const provider = new JsonRpcProvider(rpcUrl, 31337n, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 20 });
  const wallets = Object.fromEntries(
    NAMES.map((name, index) => {
      const { privateKey } = HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${index}`);
      return [name, new Wallet(privateKey, provider)];
    }),
  ) as Record<Name, Wallet>;
  const nodes = await Promise.all(PARTIES.map((seat) => FakeNode.start(seat)));

  const deployment = await deployMarket({
    signer: wallets.deployer,
    externalJobId: "0eec7e1d-d0d2-476c-a1a8-72dfb6633f46",
    oracleFeeJuels: FEE_JUELS,
    oracleSenders: [wallets.oracle.address],
    linkSupplyJuels: 1_000n * 10n ** 18n,
    tokenSupply: 1_000_000n * 10n ** 18n,
  });
  const committees = CommitteeRegistry__factory.connect(deployment.committeeRegistry, wallets.owner);
  const seats = nodes.map((node) => node.chainSeat) as unknown as Parameters<typeof committees.createCommittee>[0];
  const committeeId = await committees.createCommittee.staticCall(seats);
  await (await committees.createCommittee(seats)).wait();
  const algorithms = AlgorithmRegistry__factory.connect(deployment.algorithmRegistry, wallets.author);
  for (const program of [payGap, weightedScore]) {
    const [hash, disclosure] = [programHash(program), disclosureHash(program)];
    await registerAlgorithm(wallets.author, deployment.algorithmRegistry, hash, disclosure, "ipfs://program");
  }
  for (const node of nodes) {
    await (await wallets.deployer.sendTransaction({ to: node.wallet.address, value: 10n ** 18n })).wait();
    const registry = algorithms.connect(node.wallet.connect(provider));
    for (const program of [payGap, weightedScore]) {
      await (await registry.approve(programHash(program), committeeId, 1, node.seat)).wait();
    }
  }
  await (
    await TestToken__factory.connect(deployment.token, wallets.deployer).transfer(wallets.buyer, 100n * PRICE)
  ).wait();
  await (
    await LinkToken__factory.connect(deployment.link, wallets.deployer).transfer(wallets.buyer, 100n * FEE_JUELS)
  ).wait();

  const marketOf = (program: Program, gateway: string) =>
    createMarket(wallets.owner, deployment.marketFactory, {
      algorithm: programHash(program),
      committeeId,
      gateway,
      token: deployment.token,
      price: PRICE,
      ...exactTerms,
      minRows: 4,
      maxRows: program.maximumRows,
      deadlineSeconds: DEADLINE_SECONDS,
      maxCallbackGas: 300_000,
      sellersBps: 7_000,
      authorBps: 1_000,
      committeeBps: 1_500,
      ownerBps: 500,
    });
  const payGapAddress = await marketOf(payGap, deployment.operatorGateway);
  const scoreAddress = await marketOf(weightedScore, deployment.directGateway);

  const networkFile = {
    rpcUrl,
    chainId: 31337,
    factory: deployment.marketFactory,
    datasets: deployment.datasetRegistry,
    algorithms: deployment.algorithmRegistry,
    committees: deployment.committeeRegistry,
    committeeId: committeeId.toString(),
    gateway: deployment.operatorGateway,
    token: deployment.token,
    link: deployment.link,
    markets: { payGap: payGapAddress, score: scoreAddress },
    fromBlock: 0,
    accounts: Object.fromEntries(
      NAMES.map((name) => [name, { address: wallets[name].address, privateKey: wallets[name].privateKey }]),
    ),
  };
  const connection = await connect(loadNetwork(networkFile));
  for (const node of nodes) node.connection = connection;
  let snapshotId: string = await provider.send("evm_snapshot", []);
  const rememberedNodes = () =>
    nodes.map((node) => ({ datasets: new Map(node.datasets), answers: new Map(node.answers) }));
  let remembered = rememberedNodes();
  return {
    connection,
    networkFile,
    nodes,
    wallets,
    payGapMarket: await openMarket(connection, payGapAddress),
    scoreMarket: await openMarket(connection, scoreAddress),
    async passTime(seconds) {
      await provider.send("evm_increaseTime", [seconds]);
      await provider.send("evm_mine", []);
    },
    async snapshot() {
      snapshotId = await provider.send("evm_snapshot", []);
      remembered = rememberedNodes();
    },
    async reset() {
      await provider.send("evm_revert", [snapshotId]);
      snapshotId = await provider.send("evm_snapshot", []);
      for (const node of nodes) {
        const { datasets, answers } = remembered[node.seat];
        node.datasets.clear();
        node.answers.clear();
        node.privateInputs.clear();
        for (const [id, held] of datasets) node.datasets.set(id, held);
        for (const [id, answer] of answers) node.answers.set(id, answer);
        node.received.length = 0;
        node.calls = 0;
        node.maxUploadBytes = 1_000_000;
        node.fault = undefined;
        node.excluded = 0;
      }
    },
    async stop() {
      connection.close();
      provider.destroy();
      await Promise.all(nodes.map((node) => node.stop()));
      await server.close();
    },
  };
}

/** What three seats' delivery needs, and what the nodes keep: made from the output words as a computation would. */
export async function computeAnswer(world: World, requestId: string, words: readonly bigint[]) {
  const { market, request } = await findRequest(world.connection, requestId);
  const sealed = request.answerKey !== ZeroHash;
  const id = getBytes(requestId);
  const shares = PARTIES.map((j) => new BigUint64Array(words.map((_, row) => BigInt(1_000_003 * (row + 1) * (j + 7)))));
  words.forEach((word, row) => {
    shares[3][row] = BigInt.asUintN(64, word - shares[0][row] - shares[1][row] - shares[2][row]);
  });
  const salts = PARTIES.map((j) => new Uint8Array(32).fill(j + 1));
  const commitments = PARTIES.map((j) => hexlify(commitShare(j, salts[j], [shares[j]], id)));
  const result = sealed ? encodeSealedResult(commitments) : encodePublicResult(words);
  const answer: MarketAnswer = {
    requestId,
    status: 1,
    outputsHash: keccak256(result),
    budgetSpent: 0n,
    attempt: 0,
    activeSet: 15,
    proofType: 1,
  };
  for (const node of world.nodes) {
    const held = sharedVector(node.seat, words.length, (j) => shares[j]);
    const own = salts.map((salt, j) => (j === node.seat ? null : salt));
    const opening = sealed ? encodeOpening(own, held) : null;
    node.answers.set(requestId, { result, answer, market: market.address, opening });
  }
  const signers = world.nodes.slice(0, 3);
  const signatures = concat(await Promise.all(signers.map((node) => node.sign(requestId))));
  const proof = encodeProof(market.address, { request, answer, signerSeats: 0b0111, signatures });
  return { market, request, result, proof, answer };
}

/** Computes, and delivers straight to the market. */
export async function answerRequest(world: World, requestId: string, words: readonly bigint[]): Promise<void> {
  const { market, result, proof } = await computeAnswer(world, requestId, words);
  await (await market.contract.connect(world.wallets.stranger).deliver(requestId, result, proof)).wait();
}
