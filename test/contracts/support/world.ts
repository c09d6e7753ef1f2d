import {
  AlgorithmRegistry__factory,
  CommitteeRegistry__factory,
  DataMarketFactory__factory,
  DatasetRegistry__factory,
  DirectGateway__factory,
  LinkToken__factory,
  Operator__factory,
  OperatorGateway__factory,
  TestToken__factory,
} from "@sharebridge/contracts";
import { id } from "ethers";
import { deployMarket, registerAlgorithm } from "../../../scripts/deploy.ts";
import { ethers } from "./chain.ts";
import { committee, seats } from "./committee.ts";

export const externalJobId = "0eec7e1d-d0d2-476c-a1a8-72dfb6633f46";
export const oracleFeeJuels = 10n ** 17n;
export const algorithm = id("program");

/** Everything but a market: contracts, a committee that approves one program, and people with money and names. */
export async function deployWorld() {
  const [deployer, buyer, author, marketOwner, oracleNode, stranger, ...sellers] = await ethers.getSigners();
  const addresses = await deployMarket({
    signer: deployer,
    externalJobId,
    oracleFeeJuels,
    oracleSenders: [oracleNode.address],
    linkSupplyJuels: 10n ** 24n,
    tokenSupply: 10n ** 30n,
  });
  const world = {
    people: { deployer, buyer, author, marketOwner, oracleNode, stranger, sellers },
    addresses,
    link: LinkToken__factory.connect(addresses.link, deployer),
    operator: Operator__factory.connect(addresses.operator, oracleNode),
    committees: CommitteeRegistry__factory.connect(addresses.committeeRegistry, deployer),
    algorithms: AlgorithmRegistry__factory.connect(addresses.algorithmRegistry, author),
    datasets: DatasetRegistry__factory.connect(addresses.datasetRegistry, deployer),
    factory: DataMarketFactory__factory.connect(addresses.marketFactory, marketOwner),
    operatorGateway: OperatorGateway__factory.connect(addresses.operatorGateway, stranger),
    directGateway: DirectGateway__factory.connect(addresses.directGateway, stranger),
    token: TestToken__factory.connect(addresses.token, deployer),
  };
  await world.committees.createCommittee([...seats()]);
  const { algorithmRegistry } = addresses;
  await registerAlgorithm(author, algorithmRegistry, algorithm, id("disclosure"), "file:///program.json");
  for (const [seat, wallet] of committee.entries()) {
    await deployer.sendTransaction({ to: wallet.address, value: 10n ** 18n });
    await world.algorithms.connect(wallet.connect(ethers.provider)).approve(algorithm, 1, 1, seat);
  }
  await world.token.transfer(buyer.address, 10n ** 27n);
  await world.link.transfer(buyer.address, 10n ** 21n);
  return world;
}

export type World = Awaited<ReturnType<typeof deployWorld>>;
