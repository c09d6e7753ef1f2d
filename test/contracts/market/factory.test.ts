import { DataMarket__factory, type IDataMarket } from "@sharebridge/contracts";
import { expect } from "chai";
import { getAddress, id } from "ethers";
import { ethers, loadFixture, structOf } from "../support/chain.ts";
import { openMarket, termsOf } from "../support/market.ts";
import { algorithm, deployWorld } from "../support/world.ts";

describe("DataMarketFactory", () => {
  it("makes a market with the caller's terms, owned by the caller", async () => {
    const world = await loadFixture(deployWorld);
    const terms = termsOf(world, "DirectGateway");
    const market = await openMarket(world, "DirectGateway");
    expect(Object.values(structOf(await market.terms()))).to.deep.equal(
      Object.values(terms).map((value) => (typeof value === "number" ? BigInt(value) : value)),
    );
    expect(await market.owner()).to.equal(world.people.marketOwner.address);
    expect(await world.factory.isMarket(await market.getAddress())).to.equal(true);
    expect([...(await market.pool())]).to.deep.equal([`0x${"00".repeat(32)}`, 1n, 0n, 0n]);
    const created = await world.factory.queryFilter(world.factory.filters.MarketCreated());
    expect(created.map((event) => [event.args.market, event.args.algorithm, event.args.owner])).to.deep.equal([
      [await market.getAddress(), algorithm, world.people.marketOwner.address],
    ]);
  });

  it("makes ERC-1167 clones of one implementation, which it deployed", async () => {
    const world = await loadFixture(deployWorld);
    const market = await openMarket(world, "DirectGateway");
    const implementation = (await world.factory.IMPLEMENTATION()).toLowerCase().slice(2);
    expect(await ethers.provider.getCode(await market.getAddress())).to.equal(
      `0x363d3d373d3d3d363d73${implementation}5af43d82803e903d91602b57fd5bf3`,
    );
    expect(await market.FACTORY()).to.equal(world.addresses.marketFactory);
    expect([await market.COMMITTEES(), await market.ALGORITHMS(), await market.DATASETS()]).to.deep.equal([
      await world.factory.committees(),
      await world.factory.algorithms(),
      await world.factory.datasets(),
    ]);
  });

  it("lets nobody else initialise a market or the implementation", async () => {
    const world = await loadFixture(deployWorld);
    const market = await openMarket(world, "DirectGateway");
    const { stranger, marketOwner } = world.people;
    const implementation = DataMarket__factory.connect(await world.factory.IMPLEMENTATION(), stranger);
    for (const target of [market.connect(marketOwner), implementation.connect(stranger)]) {
      const caller = await (target.runner as typeof stranger).getAddress();
      await expect(target.initialize(termsOf(world, "DirectGateway"), caller, caller))
        .to.be.revertedWithCustomError(market, "NotFactory")
        .withArgs(caller);
    }
  });

  it("accepts all limits at their edges", async () => {
    const world = await loadFixture(deployWorld);
    await openMarket(world, "OperatorGateway", {
      deadlineSeconds: 2_592_000,
      maxCallbackGas: 1_500_000,
      minRows: 10,
      maxRows: 10,
      ...{ cohortRows: 10, cohortSellers: 10, epsilonPerRequest: 2n ** 48n - 1n, deltaPerRequest: 10n ** 18n - 1n },
    });
    await openMarket(world, "DirectGateway", {
      deadlineSeconds: 1,
      minRows: 0,
      maxRows: 1,
      maxCallbackGas: 0,
      epsilonPerRequest: 1,
    });
  });

  const nobody = getAddress(`0x${"0b".repeat(20)}`);
  const refusals: [string, Partial<IDataMarket.TermsStruct>, string, unknown[]][] = [
    ["splits of 9,999", { ownerBps: 499 }, "SplitsMustSumTo10000", [9_999]],
    ["splits of 10,001", { ownerBps: 501 }, "SplitsMustSumTo10000", [10_001]],
    [
      "splits that would overflow",
      { sellersBps: 65_535, authorBps: 10_001, committeeBps: 0, ownerBps: 0 },
      "SplitsMustSumTo10000",
      [75_536],
    ],
    ["no deadline", { deadlineSeconds: 0 }, "ZeroDeadline", []],
    [
      "more callback gas than a delivery can give",
      { maxCallbackGas: 1_500_001 },
      "CallbackGasOutOfBounds",
      [1_500_001, 1_500_000],
    ],
    ["a deadline after thirty days", { deadlineSeconds: 2_592_001 }, "DeadlineTooLong", [2_592_001, 2_592_000]],
    ["no room for a row", { minRows: 0, maxRows: 0 }, "RowLimitsOutOfOrder", [0, 0]],
    ["more rows needed than there is room for", { minRows: 11, maxRows: 10 }, "RowLimitsOutOfOrder", [11, 10]],
    ["groups of more sellers than rows", { cohortRows: 2, cohortSellers: 3 }, "CohortOutOfBounds", [2, 3, 1_000_000]],
    ["groups of more rows than the pool may have", { maxRows: 10, cohortRows: 11 }, "CohortOutOfBounds", [11, 0, 10]],
    ["a delta without an epsilon", { deltaPerRequest: 1 }, "PrivacyCostOutOfBounds", [0, 1]],
    ["a delta of 1", { epsilonPerRequest: 1, deltaPerRequest: 10n ** 18n }, "PrivacyCostOutOfBounds", [1, 10n ** 18n]],
    ["a gateway without code", { gateway: nobody }, "NoContract", [nobody]],
    ["a token without code", { token: nobody }, "NoContract", [nobody]],
  ];
  for (const [what, changes, error, args] of refusals) {
    it(`refuses terms with ${what}`, async () => {
      const world = await loadFixture(deployWorld);
      const errors = DataMarket__factory.connect(await world.factory.IMPLEMENTATION());
      await expect(world.factory.createMarket(termsOf(world, "DirectGateway", changes)))
        .to.be.revertedWithCustomError(errors, error)
        .withArgs(...args);
    });
  }

  it("refuses an unknown algorithm and an unknown committee", async () => {
    const world = await loadFixture(deployWorld);
    await expect(world.factory.createMarket(termsOf(world, "DirectGateway", { algorithm: id("unknown") })))
      .to.be.revertedWithCustomError(world.algorithms, "UnknownAlgorithm")
      .withArgs(id("unknown"));
    await expect(world.factory.createMarket(termsOf(world, "DirectGateway", { committeeId: 9 })))
      .to.be.revertedWithCustomError(world.committees, "UnknownCommittee")
      .withArgs(9, 0);
  });
});
