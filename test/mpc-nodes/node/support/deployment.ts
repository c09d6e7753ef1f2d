/** The real contracts on a network of Hardhat within this process, with one committee. */

import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import {
  AlgorithmRegistry__factory,
  CommitteeRegistry__factory,
  DataMarketFactory__factory,
  DatasetRegistry__factory,
  DirectGateway__factory,
  type IDataMarket,
  IDataMarket__factory,
  TestToken__factory,
} from "@sharebridge/contracts";
import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import type { PublicIdentity } from "@sharebridge/mpc-nodes/chain/seat.ts";
import { BrowserProvider, type Eip1193Provider, type JsonRpcSigner, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";
import { registerAlgorithm } from "../../../../scripts/deploy.ts";
import { payGap } from "../../../support/open-pay-gap.ts";
import { exactTerms } from "../../../support/policies.ts";

export const CHAIN_ID = 31_337n;
export const PRICE = 1_000_000n;
export const DEADLINE_SECONDS = 3_600;

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/**
 * @param identities The four seats' public keys.
 * @param program What the market sells.
 */
export async function deploy(identities: readonly PublicIdentity[], program: Program = payGap) {
  const connection = await network.create({ network: "default", override: { chainId: Number(CHAIN_ID) } });
  // Hardhat's provider differs from EIP-1193's in the type of its arguments only.
  const provider = browserProvider(connection.provider as unknown as Eip1193Provider);
  const accounts: JsonRpcSigner[] = await Promise.all([0, 1, 2, 3, 4].map((index) => provider.getSigner(index)));
  const [deployer, seller, buyer, otherSeller, stranger] = accounts;

  const committees = await new CommitteeRegistry__factory(deployer).deploy();
  const algorithms = await new AlgorithmRegistry__factory(deployer).deploy(committees);
  const datasets = await new DatasetRegistry__factory(deployer).deploy(committees);
  const factory = await new DataMarketFactory__factory(deployer).deploy(committees, algorithms, datasets);
  const gateway = await new DirectGateway__factory(deployer).deploy(factory);
  const token = await new TestToken__factory(deployer).deploy("Test", "TST", 10n ** 24n);
  await (await token.transfer(buyer.address, 1_000n * PRICE)).wait();

  const seats = identities.map((identity, seat) => ({
    ...identity,
    endpoint: `http://127.0.0.1:${7001 + seat}`,
    peerEndpoint: `127.0.0.1:${7101 + seat}`,
  })) as unknown as Parameters<typeof committees.createCommittee>[0];
  await (await committees.createCommittee(seats)).wait();
  const committeeId = 1n;

  const algorithm = programHash(program);
  const registry = await algorithms.getAddress();
  await registerAlgorithm(deployer, registry, algorithm, disclosureHash(program), "test:program");
  const terms = {
    algorithm,
    committeeId,
    gateway: await gateway.getAddress(),
    token: await token.getAddress(),
    price: PRICE,
    ...exactTerms,
    minRows: 1,
    maxRows: program.maximumRows,
    deadlineSeconds: DEADLINE_SECONDS,
    maxCallbackGas: 0,
    ...{ sellersBps: 7_000, authorBps: 1_000, committeeBps: 2_000, ownerBps: 0 },
  };
  /** Another market with these terms, which the buyer can pay in. */
  const openMarket = async (changes: Partial<IDataMarket.TermsStruct> = {}) => {
    const changed = { ...terms, ...changes };
    const opened = IDataMarket__factory.connect(await factory.createMarket.staticCall(changed), deployer);
    await (await factory.createMarket(changed)).wait();
    await (await token.connect(buyer).approve(opened, 1_000n * PRICE)).wait();
    return opened;
  };
  const market = await openMarket();

  return {
    ...{ connection, provider, deployer, seller, buyer, otherSeller, stranger },
    ...{ committees, algorithms, datasets, factory, gateway, token, market, openMarket, terms, committeeId, algorithm },
    factoryAddress: await factory.getAddress(),
    marketAddress: await market.getAddress(),
    /** Pays and asks; the id of the request. */
    async request(
      answerKey: string,
      from = market,
      parameters = EMPTY_PARAMETERS,
      privateInputs = ZeroHash,
    ): Promise<string> {
      const own = from.connect(buyer);
      const params = {
        ...{ parameters, answerKey, privateInputs, maxPrice: PRICE, minRows: 1, minDatasets: 1 },
        ...{ validUntilUnixS: 2n ** 40n, callback: ZeroAddress, callbackGas: 0 },
      };
      const requestId = await own.requestComputation.staticCall(params);
      const receipt = await (await own.requestComputation(params)).wait();
      const log = receipt?.logs
        .map((entry) => market.interface.parseLog(entry))
        .find((entry) => entry?.name === "ComputationRequested");
      return (log?.args.requestId as string | undefined) ?? requestId;
    },
  };
}

export const EMPTY_PARAMETERS = encodeParameters([]);

export function browserProvider(provider: Eip1193Provider): BrowserProvider {
  return new BrowserProvider(provider, CHAIN_ID, { cacheTimeout: -1, staticNetwork: true, pollingInterval: 10 });
}
