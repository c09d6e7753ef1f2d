import { PayGapConsumer__factory } from "@sharebridge/contracts";
import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { id, keccak256 } from "ethers";
import { RecordingConsumer__factory } from "../support/adversaries.ts";
import { loadFixture } from "../support/chain.ts";
import {
  deliver,
  type GatewayKind,
  gatewayKinds,
  openMarket,
  passDeadline,
  price,
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
      const open = await requestIn(market, await payGap.refresh(price, 20));
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
      const open = await requestIn(market, await payGap.refresh(price, 20));
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

    it("listens to its market only", async () => {
      const { world, market, address, recording } = await loadFixture(fixtures[kind]);
      const open = await requestIn(market, await recording.request(requestParams({ callbackGas: 100_000 })));
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
        payGap.connect(stranger).refresh(price, 1),
        payGap.connect(stranger).sweep(world.addresses.token),
      ]) {
        await expect(call).to.be.revertedWithCustomError(payGap, "OnlyOwner").withArgs(stranger.address);
      }
    });
  });
}
