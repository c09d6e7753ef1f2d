import type { DataMarket } from "@sharebridge/contracts";
import { expect } from "chai";
import { ethers, loadFixture } from "../support/chain.ts";
import { committee } from "../support/committee.ts";
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
  type TestDataset,
} from "../support/market.ts";
import { deployWorld, type World } from "../support/world.ts";

/** A price at which every division leaves something: 1,000,003 wei, of which sellers get 700,003. */
const oddPrice = 1_000_003n;
const sellersAmount = 700_003n;

async function openWorld(kind: GatewayKind) {
  const world = await deployWorld();
  const market = await openMarket(world, kind, { price: oddPrice });
  const [a, b, c] = world.people.sellers;
  const datasets = [
    await publishAndJoin(world, market, a, 7n),
    await publishAndJoin(world, market, b, 11n),
    await publishAndJoin(world, market, c, 13n),
  ];
  return { world, market, datasets, address: await market.getAddress() };
}

const fixtures = {
  OperatorGateway: async function withOperator() {
    return openWorld("OperatorGateway");
  },
  DirectGateway: async function withoutOracle() {
    return openWorld("DirectGateway");
  },
};

const earnings = (market: DataMarket, datasets: readonly TestDataset[]) =>
  Promise.all(datasets.map((dataset) => market.earningsOf(dataset.datasetId)));

async function expectBalanced(world: World, market: DataMarket): Promise<void> {
  const { openEscrow, sellersUnclaimed, balances, dust } = await market.accounts();
  const held = await world.token.balanceOf(await market.getAddress());
  expect(openEscrow + sellersUnclaimed + balances + dust).to.equal(held);
}

/** Claims with whoever calls, and checks that exactly this much arrives. */
async function expectClaim(world: World, market: DataMarket, dataset: TestDataset, to: string, amount: bigint) {
  expect(await market.earningsOf(dataset.datasetId)).to.equal(amount);
  const claim = await market.connect(world.people.stranger).claim(dataset.datasetId);
  await expect(claim).to.changeTokenBalances(ethers, world.token, [to, market], [amount, -amount]);
  if (amount !== 0n) await expect(claim).to.emit(market, "Claimed").withArgs(dataset.datasetId, to, amount);
  else await expect(claim).to.not.emit(market, "Claimed");
  await expectBalanced(world, market);
}

for (const kind of gatewayKinds) {
  describe(`payouts of a market with the ${kind}`, () => {
    it("splits the price exactly; what rounding leaves goes to the sellers", async () => {
      const { world, market } = await loadFixture(fixtures[kind]);
      const { author, marketOwner } = world.people;
      await deliver(market, await request(market));
      expect(await market.balanceOf(author.address)).to.equal(100_000);
      expect(await market.balanceOf(marketOwner.address)).to.equal(50_000);
      for (const { address } of committee) expect(await market.balanceOf(address)).to.equal(37_500);
      expect([...(await market.accounts())]).to.deep.equal([0n, sellersAmount - 1n, 300_000n, 1n]);
      await expectBalanced(world, market);
    });

    it("pays author, market owner and nodes what they withdraw, once", async () => {
      const { world, market } = await loadFixture(fixtures[kind]);
      const { author, marketOwner } = world.people;
      await deliver(market, await request(market));
      const payees = [
        [author, 100_000n],
        [marketOwner, 50_000n],
        ...committee.map((wallet) => [wallet.connect(ethers.provider), 37_500n] as const),
      ] as const;
      for (const [payee, amount] of payees) {
        const withdrawal = await market.connect(payee).withdraw();
        await expect(withdrawal).to.emit(market, "Withdrawn").withArgs(payee.address, amount);
        await expect(withdrawal).to.changeTokenBalances(
          ethers,
          world.token,
          [payee.address, market],
          [amount, -amount],
        );
        await expect(market.connect(payee).withdraw())
          .to.be.revertedWithCustomError(market, "NothingToWithdraw")
          .withArgs(payee.address);
        await expectBalanced(world, market);
      }
    });

    it("pays sellers by their rows, and carries forward what a row cannot be given", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      await deliver(market, await request(market));
      // 700,003 wei for 31 rows: 7, 11 and 13 parts of 22,580.741…
      expect(await earnings(market, datasets)).to.deep.equal([158_065n, 248_388n, 293_549n]);
      for (const [index, dataset] of datasets.entries()) {
        await expectClaim(
          world,
          market,
          dataset,
          await dataset.seller.getAddress(),
          [158_065n, 248_388n, 293_549n][index],
        );
        await expectClaim(world, market, dataset, await dataset.seller.getAddress(), 0n);
      }
      // One wei stays; after 31 equal requests all is whole again, but for the wei that floors still hold back.
      for (let i = 0; i < 30; i += 1) await deliver(market, await request(market));
      const exact = datasets.map((dataset) => dataset.rows * sellersAmount);
      const paid = [158_065n, 248_388n, 293_549n];
      const left = await earnings(market, datasets);
      for (const [index, amount] of left.entries()) {
        const missing = exact[index] - paid[index] - amount;
        expect(missing === 0n || missing === 1n, `${missing}`).to.equal(true);
      }
      await expectBalanced(world, market);
    });

    it("pays a request by the pool it was made on, whatever happens to the pool before it is answered", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      const [a, b, c] = datasets;
      const first = await request(market); // a b c, 31 rows
      await market.connect(a.seller).leavePool(a.datasetId);
      const d = await publishAndJoin(world, market, world.people.sellers[3], 24n);
      const second = await request(market); // b c d, 48 rows
      await market.connect(b.seller).leavePool(b.datasetId);
      const third = await request(market); // c d, 37 rows
      expect([first, second, third].map(({ request: { poolRows } }) => poolRows)).to.deep.equal([31n, 48n, 37n]);

      // Answered out of order: versions behind an open request pay nothing yet.
      await deliver(market, third);
      await deliver(market, second);
      expect(await earnings(market, [a, b, c, d])).to.deep.equal([0n, 0n, 0n, 0n]);
      await market.claim(c.datasetId);
      expect(await market.frontier()).to.equal(1);
      await deliver(market, first);

      const share = (rows: bigint, of: bigint) => (rows * sellersAmount * 2n ** 40n) / of;
      const wei = (scaled: bigint) => scaled >> 40n;
      const expected = [
        wei(share(7n, 31n)),
        wei(share(11n, 31n) + share(11n, 48n)),
        wei(share(13n, 31n) + share(13n, 48n) + share(13n, 37n)),
        wei(share(24n, 48n) + share(24n, 37n)),
      ];
      expect(await earnings(market, [a, b, c, d])).to.deep.equal(expected);
      for (const [index, dataset] of [a, b, c, d].entries()) {
        await expectClaim(world, market, dataset, await dataset.seller.getAddress(), expected[index]);
      }
      expect(await market.frontier()).to.equal(3);
      const { sellersUnclaimed, dust } = await market.accounts();
      expect(sellersUnclaimed + dust < 4n).to.equal(true);
    });

    it("pays nothing for requests before a join, after a leave, or cancelled", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      const [a, b, c] = datasets;
      const early = await request(market);
      const late = await publishAndJoin(world, market, world.people.sellers[3], 100n);
      await deliver(market, early);
      expect(await market.earningsOf(late.datasetId)).to.equal(0);
      await market.connect(a.seller).leavePool(a.datasetId);
      const before = await earnings(market, [a]);
      await deliver(market, await request(market));
      expect(await earnings(market, [a])).to.deep.equal(before);
      const now = await earnings(market, [a, b, c, late]);
      const cancelled = await request(market);
      await passDeadline(cancelled);
      await market.cancel(cancelled.requestId, cancelled.request);
      expect(await earnings(market, [a, b, c, late])).to.deep.equal(now);
      await expectBalanced(world, market);
    });

    it("gives unclaimed earnings to whoever owns the dataset's token", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      const [a] = datasets;
      const { sellers } = world.people;
      await deliver(market, await request(market));
      const oldOwner = await a.seller.getAddress();
      await world.datasets.connect(a.seller).transferFrom(oldOwner, sellers[5].address, a.datasetId);
      await expectClaim(world, market, a, sellers[5].address, 158_065n);
    });

    it("refuses a claim for a dataset that never joined", async () => {
      const { world, market } = await loadFixture(fixtures[kind]);
      const outsider = await publish(world, world.people.sellers[0], 5n);
      await expect(market.claim(outsider.datasetId))
        .to.be.revertedWithCustomError(market, "NotJoined")
        .withArgs(outsider.datasetId);
      expect(await market.earningsOf(outsider.datasetId)).to.equal(0);
    });

    it("lets a dataset come back once its earlier stay is settled, and pays that on the way", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      const [a] = datasets;
      const seller = await a.seller.getAddress();
      const first = await request(market);
      await market.connect(a.seller).leavePool(a.datasetId);
      await expect(join(market, a))
        .to.be.revertedWithCustomError(market, "EarlierStayUnsettled")
        .withArgs(a.datasetId, 1, 2);
      await deliver(market, first);
      const back = await join(market, a, { validRows: 5n });
      await expect(back).to.emit(market, "Claimed").withArgs(a.datasetId, seller, 158_065);
      await expect(back).to.changeTokenBalances(ethers, world.token, [seller], [158_065n]);
      await deliver(market, await request(market));
      await expectClaim(world, market, a, seller, (5n * sellersAmount) / 29n);
      // In and out without a request in between earns nothing and blocks nothing.
      await market.connect(a.seller).leavePool(a.datasetId);
      await join(market, a);
      await market.connect(a.seller).leavePool(a.datasetId);
      await join(market, a);
      await expectBalanced(world, market);
    });

    it("folds in order, as far as it is told and as far as it can", async () => {
      const { world, market, datasets } = await loadFixture(fixtures[kind]);
      const first = await request(market);
      // Thirteen more versions behind the first request; all but the last have an answered request.
      for (let i = 0; i < 13; i += 1) {
        await publishAndJoin(world, market, world.people.sellers[5], 1n);
        if (i < 12) await deliver(market, await request(market));
      }
      expect((await market.pool()).poolVersion).to.equal(14);
      expect(await market.fold.staticCall(100)).to.equal(0);
      await deliver(market, first);
      expect(await market.fold.staticCall(3)).to.equal(3);
      await market.fold(3);
      expect(await market.frontier()).to.equal(4);
      // A claim folds eight by itself; `earningsOf` says beforehand what it will pay.
      const expected = await market.earningsOf(datasets[1].datasetId);
      const claim = await market.claim(datasets[1].datasetId);
      await expect(claim)
        .to.emit(market, "Claimed")
        .withArgs(datasets[1].datasetId, world.people.sellers[1].address, expected);
      expect(await market.frontier()).to.equal(12);
      await market.fold(100);
      expect(await market.frontier()).to.equal(14);
      expect(await market.earningsOf(datasets[1].datasetId)).to.not.equal(0);
      await expectBalanced(world, market);
    });

    it("costs as much to settle, claim and leave with one dataset as with forty", async () => {
      const { world } = await loadFixture(fixtures[kind]);
      const gas: bigint[][] = [];
      for (const count of [1, 40]) {
        const market = await openMarket(world, kind, { price });
        const [seller] = world.people.sellers;
        const dataset = await publishAndJoin(world, market, seller, 20n);
        for (let i = 1; i < count; i += 1) await publishAndJoin(world, market, seller, 20n);
        await deliver(market, await request(market)); // warm: nobody's first payment
        await market.claim(dataset.datasetId);
        const open = await request(market);
        const used = [
          await deliver(market, open),
          await market.claim(dataset.datasetId),
          await market.connect(seller).leavePool(dataset.datasetId),
        ];
        gas.push(await Promise.all(used.map(async (transaction) => (await transaction.wait())!.gasUsed)));
      }
      for (const [index, one] of gas[0].entries()) {
        const difference = Math.abs(Number(gas[1][index] - one)) / Number(one);
        expect(difference, `${one} and ${gas[1][index]}`).to.be.lessThan(0.02);
      }
    });
  });
}
