import { marketDomain, nextPoolHash } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { dataSlice, id, recoverAddress, ZeroHash } from "ethers";
import { chainId, loadFixture } from "../support/chain.ts";
import { committee, signReceipt } from "../support/committee.ts";
import { join, openMarket, price, publish, publishAndJoin, request, termsOf } from "../support/market.ts";
import { algorithm, deployWorld } from "../support/world.ts";

async function openWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "DirectGateway");
  const seller = world.people.sellers[0];
  const dataset = await publish(world, seller, 20n);
  const receipt = { datasetId: dataset.datasetId, commitment: dataset.commitment, epoch: 1n, validRows: 20n };
  return { world, market, address: await market.getAddress(), seller, dataset, receipt };
}

describe("join", () => {
  it("puts the dataset into the pool with its valid rows", async () => {
    const { market, seller, dataset } = await loadFixture(openWorld);
    const poolHash = nextPoolHash(ZeroHash, 1, { ...dataset, validRows: 18n });
    await expect(join(market, dataset, { validRows: 18n }))
      .to.emit(market, "DatasetJoined")
      .withArgs(dataset.datasetId, seller.address, 18, dataset.commitment, poolHash, 1);
    expect([...(await market.pool())]).to.deep.equal([poolHash, 1n, 18n, 1n]);
    expect(await market.isMember(dataset.datasetId)).to.equal(true);
  });

  for (const seats of [
    [0, 1, 2],
    [0, 1, 3],
    [0, 2, 3],
    [1, 2, 3],
    [0, 1, 2, 3],
  ]) {
    it(`takes receipts of seats ${seats}`, async () => {
      const { market, dataset } = await loadFixture(openWorld);
      await join(market, dataset, { seats });
    });
  }

  it("refuses two receipts, and one seat's receipt in another's place", async () => {
    const { market, address, seller, dataset, receipt } = await loadFixture(openWorld);
    await expect(join(market, dataset, { seats: [0, 1] }))
      .to.be.revertedWithCustomError(market, "TooFewSignatures")
      .withArgs(2, 3);
    const repeated = await signReceipt(address, receipt, [0, 0, 2]);
    await expect(market.connect(seller).join(dataset.datasetId, 20, 0b111, repeated))
      .to.be.revertedWithCustomError(market, "WrongSigner")
      .withArgs(1, committee[0].address, committee[1].address);
  });

  it("refuses seats that do not exist, and too few or too many bytes", async () => {
    const { market, address, seller, dataset, receipt } = await loadFixture(openWorld);
    const as = market.connect(seller);
    const three = await signReceipt(address, receipt, [0, 1, 2]);
    await expect(as.join(dataset.datasetId, 20, 0b10111, three))
      .to.be.revertedWithCustomError(market, "InvalidSeats")
      .withArgs(0b10111);
    await expect(as.join(dataset.datasetId, 20, 0b111, dataSlice(three, 0, 194)))
      .to.be.revertedWithCustomError(market, "SignaturesLengthMismatch")
      .withArgs(194, 195);
    await expect(as.join(dataset.datasetId, 20, 0b111, `${three}00`))
      .to.be.revertedWithCustomError(market, "SignaturesLengthMismatch")
      .withArgs(196, 195);
  });

  for (const [field, value] of Object.entries({ datasetId: 5n, commitment: id("x"), epoch: 2n, validRows: 19n })) {
    it(`refuses receipts for another ${field}`, async () => {
      const { market, address, seller, dataset, receipt } = await loadFixture(openWorld);
      const signatures = await signReceipt(address, { ...receipt, [field]: value }, [0, 1, 2]);
      const digest = await market.receiptDigestOf(dataset.datasetId, dataset.commitment, 1, 20);
      await expect(market.connect(seller).join(dataset.datasetId, 20, 0b111, signatures))
        .to.be.revertedWithCustomError(market, "WrongSigner")
        .withArgs(0, recoverAddress(digest, dataSlice(signatures, 0, 65)), committee[0].address);
    });
  }

  it("refuses receipts for another market or chain", async () => {
    const { market, address, seller, dataset, receipt } = await loadFixture(openWorld);
    for (const domain of [marketDomain(chainId, seller.address), marketDomain(1n, address)]) {
      const signatures = await signReceipt(address, receipt, [0, 1, 2], domain);
      const digest = await market.receiptDigestOf(dataset.datasetId, dataset.commitment, 1, 20);
      await expect(market.connect(seller).join(dataset.datasetId, 20, 0b111, signatures))
        .to.be.revertedWithCustomError(market, "WrongSigner")
        .withArgs(0, recoverAddress(digest, dataSlice(signatures, 0, 65)), committee[0].address);
    }
  });

  it("refuses somebody else's dataset, and one that does not exist", async () => {
    const { world, market, dataset } = await loadFixture(openWorld);
    const { stranger } = world.people;
    await expect(join(market, dataset, { as: stranger }))
      .to.be.revertedWithCustomError(market, "NotDatasetOwner")
      .withArgs(dataset.datasetId, stranger.address);
    await expect(join(market, { ...dataset, datasetId: 5n }))
      .to.be.revertedWithCustomError(world.datasets, "UnknownDataset")
      .withArgs(5);
  });

  it("refuses a dataset twice", async () => {
    const { market, dataset } = await loadFixture(openWorld);
    await join(market, dataset);
    await expect(join(market, dataset))
      .to.be.revertedWithCustomError(market, "AlreadyJoined")
      .withArgs(dataset.datasetId);
  });

  it("refuses more valid rows than rows, and none", async () => {
    const { market, dataset } = await loadFixture(openWorld);
    await expect(join(market, dataset, { validRows: 21n }))
      .to.be.revertedWithCustomError(market, "TooManyValidRows")
      .withArgs(dataset.datasetId, 21, 20);
    await expect(join(market, dataset, { validRows: 0n }))
      .to.be.revertedWithCustomError(market, "TooFewRows")
      .withArgs(0, 1);
  });

  it("refuses more rows than the program is proven for, until others leave", async () => {
    const { world, seller } = await loadFixture(openWorld);
    const [, second] = world.people.sellers;
    const market = await openMarket(world, "DirectGateway", { maxRows: 30 });
    const first = await publishAndJoin(world, market, seller, 20n);
    const large = await publish(world, second, 11n);
    await expect(join(market, large)).to.be.revertedWithCustomError(market, "PoolFull").withArgs(31, 30);
    const huge = await publish(world, second, 2n ** 32n - 1n);
    await expect(join(market, huge))
      .to.be.revertedWithCustomError(market, "PoolFull")
      .withArgs(2n ** 32n + 19n, 30);
    await join(market, large, { validRows: 10n });
    expect((await market.pool()).rows).to.equal(30);
    await market.connect(seller).leavePool(first.datasetId);
    await publishAndJoin(world, market, seller, 20n);
    expect((await market.pool()).rows).to.equal(30);
  });

  it("refuses shares that another committee holds", async () => {
    const { world, market, seller } = await loadFixture(openWorld);
    const keys = world.people.sellers.slice(5, 9).map((other, seat) => ({
      signer: other.address,
      sealingKey: id(`other ${seat}`),
      tlsKeyHash: id(`other tls ${seat}`),
      endpoint: "http://other",
      peerEndpoint: "other:1",
    }));
    await world.committees.createCommittee(keys as never);
    const elsewhere = await publish(world, seller, 20n, {}, { committeeId: 2 });
    await expect(join(market, elsewhere))
      .to.be.revertedWithCustomError(market, "WrongCommittee")
      .withArgs(elsewhere.datasetId, 2, 1);
  });

  it("refuses terms outside the seller's policy", async () => {
    const { world, market, seller } = await loadFixture(openWorld);
    const other = world.addresses.link;
    const cases = [
      [{ algorithms: [id("x")] }, "AlgorithmNotAllowed", [algorithm]],
      [{ token: other }, "TokenNotAllowed", [world.addresses.token]],
      [{ minPrice: price + 1n }, "PriceBelowPolicy", [price, price + 1n]],
      [{ minRows: 11 }, "CohortBelowPolicy", [10, 11]],
      [{ cohortRows: 2 }, "GroupsBelowPolicy", [0, 0, 2, 0]],
      [{ cohortRows: 2, cohortSellers: 2 }, "GroupsBelowPolicy", [0, 0, 2, 2]],
      [{ epsilonBudget: 2n ** 48n - 1n, deltaBudget: 1 }, "NoiseRequired", []],
    ] as const;
    for (const [policy, error, args] of cases) {
      const dataset = await publish(world, seller, 20n, policy as never);
      await expect(join(market, dataset))
        .to.be.revertedWithCustomError(world.datasets, error)
        .withArgs(dataset.datasetId, ...args);
    }
    await join(
      market,
      await publish(world, seller, 20n, { minPrice: price, minRows: termsOf(world, "DirectGateway").minRows }),
    );
  });
});

describe("join, where a seller speaks of groups and budgets", () => {
  const cohort = { cohortRows: 5, cohortSellers: 2 };

  it("takes terms that promise as much as the policy asks for, and no less", async () => {
    const { world, seller } = await loadFixture(openWorld);
    const market = await openMarket(world, "DirectGateway", cohort);
    await join(market, await publish(world, seller, 20n, cohort));
    await join(market, await publish(world, seller, 20n, { cohortRows: 1, cohortSellers: 1 }));
    for (const more of [{ cohortRows: 6 }, { cohortSellers: 3 }]) {
      const demanding = await publish(world, seller, 20n, { ...cohort, ...more });
      await expect(join(market, demanding)).to.be.revertedWithCustomError(world.datasets, "GroupsBelowPolicy");
    }
  });

  it("takes 1 for what 0 is: any group", async () => {
    const { world, market, seller } = await loadFixture(openWorld);
    await join(market, await publish(world, seller, 20n, { cohortRows: 1, cohortSellers: 1 }));
  });

  it("takes a noised market where one request fits into the budget, in epsilon and in delta", async () => {
    const { world, seller } = await loadFixture(openWorld);
    const cost = { epsilonPerRequest: 1_000_000, deltaPerRequest: 10 };
    const market = await openMarket(world, "DirectGateway", cost);
    await join(market, await publish(world, seller, 20n, { epsilonBudget: 1_000_000, deltaBudget: 10 }));
    await join(market, await publish(world, seller, 20n));
    for (const [epsilonBudget, deltaBudget] of [
      [999_999, 10],
      [1_000_000, 9],
    ]) {
      const dataset = await publish(world, seller, 20n, { epsilonBudget, deltaBudget });
      await expect(join(market, dataset))
        .to.be.revertedWithCustomError(world.datasets, "CostAboveBudget")
        .withArgs(dataset.datasetId, 1_000_000, 10, epsilonBudget, deltaBudget);
    }
  });
});

describe("leavePool", () => {
  it("takes the dataset out, once, by its owner", async () => {
    const { world, market, seller, dataset } = await loadFixture(openWorld);
    await join(market, dataset);
    await expect(market.connect(world.people.stranger).leavePool(dataset.datasetId))
      .to.be.revertedWithCustomError(market, "NotDatasetOwner")
      .withArgs(dataset.datasetId, world.people.stranger.address);
    const joined = nextPoolHash(ZeroHash, 1, { ...dataset, validRows: 20n });
    const poolHash = nextPoolHash(joined, 2, { ...dataset, validRows: 20n });
    await expect(market.connect(seller).leavePool(dataset.datasetId))
      .to.emit(market, "DatasetLeft")
      .withArgs(dataset.datasetId, poolHash, 1);
    expect([...(await market.pool())]).to.deep.equal([poolHash, 1n, 0n, 0n]);
    expect(await market.isMember(dataset.datasetId)).to.equal(false);
    await expect(market.connect(seller).leavePool(dataset.datasetId))
      .to.be.revertedWithCustomError(market, "NotJoined")
      .withArgs(dataset.datasetId);
  });

  it("follows the dataset's token", async () => {
    const { world, market, seller, dataset } = await loadFixture(openWorld);
    const { stranger } = world.people;
    await join(market, dataset);
    await world.datasets.connect(seller).transferFrom(seller.address, stranger.address, dataset.datasetId);
    await expect(market.connect(seller).leavePool(dataset.datasetId))
      .to.be.revertedWithCustomError(market, "NotDatasetOwner")
      .withArgs(dataset.datasetId, seller.address);
    await market.connect(stranger).leavePool(dataset.datasetId);
  });

  it("opens a version only after a request", async () => {
    const { world, market, seller, dataset } = await loadFixture(openWorld);
    const version = async () => (await market.pool()).poolVersion;
    await join(market, dataset);
    await publishAndJoin(world, market, world.people.sellers[1], 30n);
    expect(await version()).to.equal(1);
    await request(market);
    await request(market);
    expect(await version()).to.equal(1);
    await market.connect(seller).leavePool(dataset.datasetId);
    expect(await version()).to.equal(2);
    await publishAndJoin(world, market, world.people.sellers[2], 30n);
    expect(await version()).to.equal(2);
  });
});
