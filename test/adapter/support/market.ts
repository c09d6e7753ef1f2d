import {
  AlgorithmRegistry__factory,
  CommitteeRegistry__factory,
  DataMarket__factory,
  DatasetRegistry__factory,
  LinkToken__factory,
  TestToken__factory,
} from "@sharebridge/contracts";
import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import { id, MaxUint256, ZeroAddress, ZeroHash } from "ethers";
import { createMarket, deployMarket, registerAlgorithm } from "../../../scripts/deploy.ts";
import { exactTerms, noDemands } from "../../support/policies.ts";
import type { TestChain } from "./chain.ts";
import { receipts, seatsAt, signers } from "./committee.ts";

export const chainId = 31_337n;
export const externalJobId = "0eec7e1d-d0d2-476c-a1a8-72dfb6633f46";
export const oracleFeeJuels = 10n ** 17n;
const algorithm = id("program");

/** The real contracts, a committee with these endpoints, and two markets with one dataset each: one per gateway. */
export async function deployTestMarket(chain: TestChain, endpoints: readonly string[], oracleSender = ZeroAddress) {
  const [deployer, buyer, seller] = await chain.ethers.getSigners();
  const addresses = await deployMarket({
    signer: deployer,
    externalJobId,
    oracleFeeJuels,
    oracleSenders: [oracleSender === ZeroAddress ? deployer.address : oracleSender],
    linkSupplyJuels: 10n ** 24n,
    tokenSupply: 10n ** 30n,
  });
  const committees = CommitteeRegistry__factory.connect(addresses.committeeRegistry, deployer);
  await committees.createCommittee(seatsAt(endpoints) as never);
  const algorithms = AlgorithmRegistry__factory.connect(addresses.algorithmRegistry, deployer);
  await registerAlgorithm(deployer, addresses.algorithmRegistry, algorithm, id("disclosure"), "file:///program.json");
  for (const seat of [0, 1, 2]) {
    const signer = signers[seat];
    await deployer.sendTransaction({ to: signer.address, value: 10n ** 18n });
    await algorithms.connect(signer.connect(chain.ethers.provider)).approve(algorithm, 1, 1, seat);
  }
  await TestToken__factory.connect(addresses.token, deployer).transfer(buyer.address, 10n ** 27n);
  await LinkToken__factory.connect(addresses.link, deployer).transfer(buyer.address, 10n ** 22n);
  await LinkToken__factory.connect(addresses.link, buyer).approve(addresses.operatorGateway, MaxUint256);

  const open = async (gateway: string, name = gateway) => {
    const market = await createMarket(deployer, addresses.marketFactory, {
      algorithm,
      committeeId: 1,
      gateway,
      token: addresses.token,
      price: 10n ** 18n,
      ...exactTerms,
      minRows: 10,
      maxRows: 1_000,
      deadlineSeconds: 3_600,
      maxCallbackGas: 1_000_000,
      sellersBps: 7_000,
      authorBps: 1_000,
      committeeBps: 1_500,
      ownerBps: 500,
    });
    const datasets = DatasetRegistry__factory.connect(addresses.datasetRegistry, seller);
    const [salt, commitment] = [id(`salt ${name}`), id(`commitment ${name}`)];
    await datasets.register(
      salt,
      { commitment, schemaHash: id("schema"), committeeId: 1, epoch: 1, rows: 50, scheme: 1 },
      { algorithms: [algorithm], token: addresses.token, minPrice: 1, minRows: 1, ...noDemands },
    );
    const datasetId = await datasets.datasetIdOf(seller.address, salt);
    const receipt = { datasetId, commitment, epoch: 1n, validRows: 50n, validCommitment: commitment };
    const signatures = await receipts({ chainId, market }, receipt);
    await DataMarket__factory.connect(market, seller).join(datasetId, 50, commitment, 0b0111, signatures);
    await TestToken__factory.connect(addresses.token, buyer).approve(market, MaxUint256);
    return DataMarket__factory.connect(market, buyer);
  };
  const direct = await open(addresses.directGateway);
  const throughOracle = await open(addresses.operatorGateway);

  /** Makes a request and returns its id. */
  const request = async (market: typeof direct = direct): Promise<string> => {
    const transaction = await market.requestComputation({
      parameters: encodeParameters([]),
      answerKey: ZeroHash,
      privateInputs: ZeroHash,
      maxPrice: 10n ** 18n,
      minRows: 1,
      minDatasets: 1,
      validUntilUnixS: 2n ** 63n,
      callback: ZeroAddress,
      callbackGas: 0,
    });
    const receipt = await transaction.wait();
    const address = await market.getAddress();
    for (const log of receipt?.logs ?? []) {
      const event = log.address === address ? market.interface.parseLog(log) : null;
      if (event?.name === "ComputationRequested") return event.args.requestId;
    }
    throw new Error("no request was made");
  };
  /** A market that is made when the adapter runs already. */
  const openAnother = () => open(addresses.directGateway, "another");
  return { addresses, direct, throughOracle, request, openAnother, deployer };
}

export type TestMarket = Awaited<ReturnType<typeof deployTestMarket>>;
