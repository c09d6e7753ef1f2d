import { expect } from "chai";
import { type BaseContract, id, MaxUint256 } from "ethers";
import { BonusToken__factory, FeeOnTransferToken__factory, ReentrantToken__factory } from "../support/adversaries.ts";
import { loadFixture } from "../support/chain.ts";
import {
  deliver,
  deliveryOf,
  join,
  openMarket,
  passDeadline,
  price,
  publish,
  request,
  requestParams,
} from "../support/market.ts";
import { deployWorld, type World } from "../support/world.ts";

interface Erc20 extends BaseContract {
  transfer(to: string, amount: bigint): Promise<unknown>;
  connect(runner: unknown): Erc20;
  approve(spender: string, amount: bigint): Promise<unknown>;
}

/** A market in this token, with one dataset; the buyer is rich. */
async function marketIn(world: World, token: Erc20) {
  const { buyer, sellers } = world.people;
  const address = await token.getAddress();
  await token.transfer(buyer.address, 1_000n * price);
  const market = await openMarket(world, "DirectGateway", { token: address });
  await token.connect(buyer).approve(await market.getAddress(), MaxUint256);
  const dataset = await publish(world, sellers[0], 20n, { token: address });
  await join(market, dataset);
  return { market, dataset };
}

describe("a token that keeps or adds something on transfer", () => {
  it("is refused when it keeps a fee", async () => {
    const world = await loadFixture(deployWorld);
    const token = await new FeeOnTransferToken__factory(world.people.deployer).deploy();
    const { market } = await marketIn(world, token as unknown as Erc20);
    await expect(market.requestComputation(requestParams()))
      .to.be.revertedWithCustomError(market, "ReceivedAmountDiffers")
      .withArgs((price * 99n) / 100n, price);
  });

  it("is refused when it gives too much", async () => {
    const world = await loadFixture(deployWorld);
    const token = await new BonusToken__factory(world.people.deployer).deploy();
    const { market } = await marketIn(world, token as unknown as Erc20);
    await expect(market.requestComputation(requestParams()))
      .to.be.revertedWithCustomError(market, "ReceivedAmountDiffers")
      .withArgs((price * 101n) / 100n, price);
  });
});

describe("a token that calls back in the middle of a transfer", () => {
  async function reentrantWorld() {
    const world = await deployWorld();
    const token = await new ReentrantToken__factory(world.people.deployer).deploy();
    const { market, dataset } = await marketIn(world, token as unknown as Erc20);
    const answered = await request(market);
    await deliver(market, answered);
    return { world, token, market, dataset, open: await request(market), address: await market.getAddress() };
  }

  const names = ["requestComputation", "deliver", "cancel", "claim", "withdraw", "fold", "join", "leavePool"] as const;
  for (const inner of names) {
    it(`cannot ${inner} during a request, a claim, a withdrawal or a refund`, async () => {
      const { world, token, market, dataset, open, address } = await loadFixture(reentrantWorld);
      const { stranger, author } = world.people;
      const calls = {
        requestComputation: () => market.interface.encodeFunctionData("requestComputation", [requestParams()]),
        deliver: async () => market.interface.encodeFunctionData("deliver", await deliveryOf(market, open)),
        cancel: () => market.interface.encodeFunctionData("cancel", [open.requestId, open.request]),
        claim: () => market.interface.encodeFunctionData("claim", [dataset.datasetId]),
        withdraw: () => market.interface.encodeFunctionData("withdraw"),
        fold: () => market.interface.encodeFunctionData("fold", [1]),
        join: () => market.interface.encodeFunctionData("join", [dataset.datasetId, 1, dataset.commitment, 7, "0x"]),
        leavePool: () => market.interface.encodeFunctionData("leavePool", [dataset.datasetId]),
      };
      const data = await calls[inner]();
      for (const outer of [
        () => market.requestComputation(requestParams()),
        () => market.connect(stranger).claim(dataset.datasetId),
        () => market.connect(author).withdraw(),
      ]) {
        await token.arm(address, data);
        await expect(outer()).to.be.revertedWithCustomError(market, "ReentrancyGuardReentrantCall");
        await token.arm("0x".padEnd(42, "0"), "0x");
      }
      // A refund must go through: the transfer fails, so the buyer is owed it instead.
      await passDeadline(open);
      await token.arm(address, data);
      await market.connect(stranger).cancel(open.requestId, open.request);
      expect(await market.balanceOf(world.people.buyer.address)).to.equal(price);
    });
  }

  it("finds the guard released afterwards", async () => {
    const { world, token, market, dataset } = await loadFixture(reentrantWorld);
    await market.connect(world.people.stranger).claim(dataset.datasetId);
    await request(market);
    expect(await token.balanceOf(world.people.sellers[0].address)).to.equal((price * 7_000n) / 10_000n);
    expect(await market.statusOf(id("none"))).to.equal(0);
  });
});
