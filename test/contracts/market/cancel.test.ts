import { expect } from "chai";
import { id, MaxUint256 } from "ethers";
import { BlocklistToken__factory } from "../support/adversaries.ts";
import { atTime, ethers, loadFixture } from "../support/chain.ts";
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
} from "../support/market.ts";
import { deployWorld } from "../support/world.ts";

async function openWorld(kind: GatewayKind) {
  const world = await deployWorld();
  const market = await openMarket(world, kind);
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const open = await request(market);
  return { world, market: market.connect(world.people.stranger), open };
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
  describe(`cancel in a market with the ${kind}`, () => {
    it("refunds the buyer after the deadline, whoever calls", async () => {
      const { world, market, open } = await loadFixture(fixtures[kind]);
      await passDeadline(open);
      const transaction = await market.cancel(open.requestId, open.request);
      await expect(transaction)
        .to.emit(market, "Cancelled")
        .withArgs(open.requestId, world.people.buyer.address, price);
      await expect(transaction).to.changeTokenBalances(
        ethers,
        world.token,
        [world.people.buyer, market],
        [price, -price],
      );
      expect(await market.statusOf(open.requestId)).to.equal(3);
      expect([...(await market.accounts())]).to.deep.equal([0n, 0n, 0n, 0n]);
    });

    it("refuses at the deadline and before it", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      const { deadlineUnixS } = open.request;
      for (const now of [deadlineUnixS - 1n, deadlineUnixS]) {
        await atTime(now);
        await expect(market.cancel(open.requestId, open.request))
          .to.be.revertedWithCustomError(market, "DeadlineNotPassed")
          .withArgs(deadlineUnixS, now);
      }
    });

    it("refuses a second time, and after a delivery", async () => {
      const { world, market, open } = await loadFixture(fixtures[kind]);
      const second = await request(market.connect(world.people.buyer));
      await deliver(market, second);
      await passDeadline(second);
      await market.cancel(open.requestId, open.request);
      await expect(market.cancel(open.requestId, open.request))
        .to.be.revertedWithCustomError(market, "RequestNotOpen")
        .withArgs(open.requestId, 3);
      await expect(market.cancel(second.requestId, second.request))
        .to.be.revertedWithCustomError(market, "RequestNotOpen")
        .withArgs(second.requestId, 2);
    });

    it("refuses an unknown request and a changed one", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      await passDeadline(open);
      await expect(market.cancel(id("unknown"), open.request))
        .to.be.revertedWithCustomError(market, "UnknownRequest")
        .withArgs(id("unknown"));
      const greedy = { ...open.request, price: 2n * price };
      await expect(market.cancel(open.requestId, greedy))
        .to.be.revertedWithCustomError(market, "RequestMismatch")
        .withArgs(open.requestId, await market.requestIdOf(greedy));
    });

    it("owes the refund to a buyer whom the token refuses, and lets the pool go on", async () => {
      const { world } = await loadFixture(fixtures[kind]);
      const { deployer, buyer, stranger } = world.people;
      const token = await new BlocklistToken__factory(deployer).deploy();
      await token.transfer(buyer.address, price);
      const market = await openMarket(world, kind, { token: await token.getAddress() });
      await token.connect(buyer).approve(await market.getAddress(), MaxUint256);
      await join(market, await publish(world, world.people.sellers[0], 20n, { token: await token.getAddress() }));
      const open = await request(market);
      await token.setBlocked(buyer.address, true);
      await passDeadline(open);
      await market.connect(stranger).cancel(open.requestId, open.request);
      expect(await market.balanceOf(buyer.address)).to.equal(price);
      expect([...(await market.accounts())]).to.deep.equal([0n, 0n, price, 0n]);
      await expect(market.withdraw()).to.be.revertedWithCustomError(token, "Blocked").withArgs(buyer.address);
      await token.setBlocked(buyer.address, false);
      await expect(market.withdraw()).to.changeTokenBalances(ethers, token, [buyer, market], [price, -price]);
    });
  });
}
