import { PayGapConsumer__factory } from "@sharebridge/contracts";
import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { id, keccak256 } from "ethers";
import {
  BlocklistToken__factory,
  GreedyGateway__factory,
  LavishToken__factory,
  RecordingConsumer__factory,
} from "../support/adversaries.ts";
import { ethers, loadFixture } from "../support/chain.ts";
import {
  deliver,
  type GatewayKind,
  gatewayKinds,
  join,
  openMarket,
  passDeadline,
  price,
  publish,
  publishAndJoin,
  request,
  requestIn,
  requestParams,
} from "../support/market.ts";
import { deployWorld, oracleFeeJuels } from "../support/world.ts";

async function openWorld(kind: GatewayKind) {
  const world = await deployWorld();
  const market = await openMarket(world, kind);
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const address = await market.getAddress();
  const { deployer } = world.people;
  const payGap = await new PayGapConsumer__factory(deployer).deploy(address, world.addresses.link);
  const recording = await new RecordingConsumer__factory(deployer).deploy(address, world.addresses.link);
  for (const consumer of [payGap, recording]) {
    await world.token.transfer(await consumer.getAddress(), price);
    await world.link.transfer(await consumer.getAddress(), oracleFeeJuels);
  }
  return { world, market, address, payGap, recording };
}

const fixtures = {
  OperatorGateway: async function withOperator() {
    return openWorld("OperatorGateway");
  },
  DirectGateway: async function withoutOracle() {
    return openWorld("DirectGateway");
  },
};

for (const kind of gatewayKinds) {
  describe(`ComputationConsumer in a market with the ${kind}`, () => {
    it("buys with its own money, approves no more than it spends, and takes the answer", async () => {
      const { world, market, address, payGap } = await loadFixture(fixtures[kind]);
      const open = await requestIn(market, await payGap.refresh(price, oracleFeeJuels, 20));
      const buyer = await payGap.getAddress();
      expect([open.request.buyer, open.request.callback]).to.deep.equal([buyer, buyer]);
      expect(await payGap.isPending(open.requestId)).to.equal(true);
      expect(await world.token.allowance(buyer, address)).to.equal(0);
      expect(await world.link.allowance(buyer, world.addresses.operatorGateway)).to.equal(0);
      const result = encodePublicResult([534n, -7n, 9_024_064n]);
      const answered = deliver(market, open, { result, answer: { outputsHash: keccak256(result) } });
      await expect(answered).to.emit(payGap, "FiguresUpdated").withArgs(open.requestId, [534n, -7n, 9_024_064n]);
      expect([await payGap.figures(1), await payGap.isPending(open.requestId)]).to.deep.equal([-7n, false]);
    });

    it("gets its money back, and is told, when nobody answers", async () => {
      const { world, market, payGap } = await loadFixture(fixtures[kind]);
      const open = await requestIn(market, await payGap.refresh(price, oracleFeeJuels, 20));
      await passDeadline(open);
      const { deadlineUnixS } = open.request;
      const err = market.interface.encodeErrorResult("DeadlinePassed", [deadlineUnixS, deadlineUnixS + 1n]);
      await expect(market.cancel(open.requestId, open.request))
        .to.emit(payGap, "NoAnswer")
        .withArgs(open.requestId, err);
      expect(await world.token.balanceOf(await payGap.getAddress())).to.equal(price);
      await payGap.sweep(world.addresses.token);
      expect(await world.token.balanceOf(await payGap.getAddress())).to.equal(0);
    });

    it("names private inputs that somebody shared for it: the buyer is the contract, whoever uploaded them", async () => {
      const { market, recording } = await loadFixture(fixtures[kind]);
      const params = requestParams({ callbackGas: 100_000, privateInputs: id("shared for the contract") });
      const { request: made } = await requestIn(market, await recording.request(params, oracleFeeJuels));
      expect(made).to.include({ buyer: await recording.getAddress(), privateInputs: id("shared for the contract") });
    });

    it("listens to its market only", async () => {
      const { world, market, address, recording } = await loadFixture(fixtures[kind]);
      const open = await requestIn(
        market,
        await recording.request(requestParams({ callbackGas: 100_000 }), oracleFeeJuels),
      );
      const { stranger } = world.people;
      await expect(recording.connect(stranger).fulfillComputation(open.requestId, "0x01", "0x"))
        .to.be.revertedWithCustomError(recording, "OnlyMarket")
        .withArgs(stranger.address, address);
    });

    it("takes no answer to a request that somebody else pointed at it", async () => {
      const { market, recording } = await loadFixture(fixtures[kind]);
      const callback = await recording.getAddress();
      const open = await request(market, { callback, callbackGas: 200_000 });
      const reason = recording.interface.encodeErrorResult("NotOurRequest", [open.requestId]);
      await expect(deliver(market, open)).to.emit(market, "CallbackFailed").withArgs(open.requestId, callback, reason);
      expect([await recording.calls(), await recording.isPending(id("x"))]).to.deep.equal([0n, false]);
    });

    it("spends for its owner only", async () => {
      const { world, payGap } = await loadFixture(fixtures[kind]);
      const { stranger } = world.people;
      for (const call of [
        payGap.connect(stranger).refresh(price, oracleFeeJuels, 1),
        payGap.connect(stranger).sweep(world.addresses.token),
      ]) {
        await expect(call).to.be.revertedWithCustomError(payGap, "OnlyOwner").withArgs(stranger.address);
      }
    });
  });
}

describe("ComputationConsumer's money", () => {
  /** A consumer with all the LINK that its market's own gateway asks for, and the price in the market's token. */
  async function greedyWorld() {
    const world = await deployWorld();
    const { deployer, sellers } = world.people;
    const token = await new LavishToken__factory(deployer).deploy();
    const gateway = await new GreedyGateway__factory(deployer).deploy(10n ** 21n);
    const terms = { gateway: await gateway.getAddress(), token: await token.getAddress() };
    const market = await openMarket(world, "DirectGateway", terms);
    await join(market, await publish(world, sellers[0], 20n, { token: terms.token }));
    const address = await market.getAddress();
    const consumer = await new PayGapConsumer__factory(deployer).deploy(address, world.addresses.link);
    const buyer = await consumer.getAddress();
    await token.transfer(buyer, price);
    await world.link.transfer(buyer, 10n ** 21n);
    return { world, token, gateway, market, address, consumer, buyer };
  }

  it("does not go to a gateway that names a higher fee than the consumer allows", async () => {
    const { world, token, gateway, address, consumer, buyer } = await loadFixture(greedyWorld);
    await expect(consumer.refresh(price, oracleFeeJuels, 1))
      .to.be.revertedWithCustomError(consumer, "FeeAboveMaximum")
      .withArgs(10n ** 21n, oracleFeeJuels);
    expect(await world.link.allowance(buyer, gateway)).to.equal(0);
    expect(await token.allowance(buyer, address)).to.equal(0);
  });

  it("is approved to nobody after a request, even if less was taken", async () => {
    const { world, token, gateway, market, address, consumer, buyer } = await loadFixture(greedyWorld);
    const open = await requestIn(market, await consumer.refresh(price, 10n ** 21n, 1));
    expect(await market.statusOf(open.requestId)).to.equal(1);
    expect(await world.link.balanceOf(buyer)).to.equal(10n ** 21n);
    expect(await world.link.allowance(buyer, gateway)).to.equal(0);
    expect(await token.allowance(buyer, address)).to.equal(0);
  });

  it("comes back out of the market when the token refused to refund it", async () => {
    const world = await loadFixture(deployWorld);
    const { deployer, sellers, stranger } = world.people;
    const token = await new BlocklistToken__factory(deployer).deploy();
    const market = await openMarket(world, "DirectGateway", { token: await token.getAddress() });
    await join(market, await publish(world, sellers[0], 20n, { token: await token.getAddress() }));
    const address = await market.getAddress();
    const consumer = await new PayGapConsumer__factory(deployer).deploy(address, world.addresses.link);
    const buyer = await consumer.getAddress();
    await token.transfer(buyer, price);
    const open = await requestIn(market, await consumer.refresh(price, 0, 1));
    await token.setBlocked(buyer, true);
    await passDeadline(open);
    await market.cancel(open.requestId, open.request);
    expect(await market.balanceOf(buyer)).to.equal(price);
    await token.setBlocked(buyer, false);
    const withdrawn = await consumer.connect(stranger).withdrawFromMarket();
    await expect(withdrawn).to.changeTokenBalances(ethers, token, [consumer, market], [price, -price]);
    await expect(consumer.withdrawFromMarket())
      .to.be.revertedWithCustomError(market, "NothingToWithdraw")
      .withArgs(buyer);
  });
});
