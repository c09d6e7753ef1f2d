import {
  CommitteeRegistry__factory,
  DataMarketFactory__factory,
  IDataMarket__factory,
  Operator__factory,
} from "@sharebridge/contracts";
import { expect } from "chai";
import { JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { network } from "hardhat";
import { createMarket, deployMarket, registerAlgorithm } from "../../scripts/deploy.ts";
import { seats } from "../contracts/support/committee.ts";
import { exactTerms } from "../support/policies.ts";

/** First account of Hardhat's well-known development mnemonic. */
const developmentKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

describe("scripts/deploy.ts", () => {
  it("deploys over JSON-RPC, to any node", async () => {
    const server = await network.createServer("default", "127.0.0.1", 0);
    const { address, port } = await server.listen();
    const provider = new JsonRpcProvider(`http://${address}:${port}`);
    try {
      const signer = new NonceManager(new Wallet(developmentKey, provider));
      const oracle = `0x${"0a".repeat(20)}`;
      const deployment = await deployMarket({
        signer,
        externalJobId: "0eec7e1d-d0d2-476c-a1a8-72dfb6633f46",
        oracleFeeJuels: 1n,
        oracleSenders: [oracle],
        linkSupplyJuels: 10n,
        tokenSupply: 10n,
      });
      for (const [name, contract] of Object.entries(deployment)) {
        expect((await provider.getCode(contract)).length, name).to.be.greaterThan(2);
      }
      const factory = DataMarketFactory__factory.connect(deployment.marketFactory, provider);
      expect(await factory.IMPLEMENTATION()).to.equal(deployment.marketImplementation);
      expect(await factory.committees()).to.equal(deployment.committeeRegistry);
      expect(await Operator__factory.connect(deployment.operator, provider).isAuthorizedSender(oracle)).to.equal(true);

      const committees = CommitteeRegistry__factory.connect(deployment.committeeRegistry, signer);
      await (await committees.createCommittee([...seats()])).wait();
      const algorithm = `0x${"01".repeat(32)}`;
      await registerAlgorithm(signer, deployment.algorithmRegistry, algorithm, algorithm, "u".repeat(1_024));
      const market = await createMarket(signer, deployment.marketFactory, {
        algorithm,
        committeeId: 1,
        gateway: deployment.operatorGateway,
        token: deployment.token,
        price: 5,
        ...exactTerms,
        minRows: 1,
        maxRows: 1_000,
        deadlineSeconds: 60,
        maxCallbackGas: 0,
        sellersBps: 10_000,
        authorBps: 0,
        committeeBps: 0,
        ownerBps: 0,
      });
      expect((await IDataMarket__factory.connect(market, provider).terms()).price).to.equal(5);
    } finally {
      provider.destroy();
      await server.close();
    }
  });
});
