import { exhaustionTypes, marketDomain, nextPoolHash } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { concat, dataSlice, ZeroHash } from "ethers";
import { chainId, loadFixture } from "../support/chain.ts";
import { bitmap, committee } from "../support/committee.ts";
import { deliver, join, openMarket, price, publish, request } from "../support/market.ts";
import { deployWorld } from "../support/world.ts";

async function exhaustedWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "DirectGateway");
  const dataset = await publish(world, world.people.sellers[0], 20n, { maxUses: 1 });
  await join(market, dataset);
  const open = await request(market);
  return { world, market: market.connect(world.people.stranger), dataset, open };
}

/** Signatures of these seats that the dataset is used up in the market. */
async function confirmed(market: string, datasetId: bigint, seats: readonly number[]): Promise<string> {
  const domain = marketDomain(chainId, market);
  return concat(
    await Promise.all(seats.map((seat) => committee[seat].signTypedData(domain, exhaustionTypes, { datasetId }))),
  );
}

describe("removeExhausted", () => {
  it("takes the dataset out for anyone who has three nodes' word, and pays it for what was requested before", async () => {
    const { market, dataset, open } = await loadFixture(exhaustedWorld);
    const signatures = await confirmed(await market.getAddress(), dataset.datasetId, [0, 1, 3]);
    const joined = nextPoolHash(ZeroHash, 1, { ...dataset, validRows: 20n });
    const poolHash = nextPoolHash(joined, 2, { ...dataset, validRows: 20n });
    await expect(market.removeExhausted(dataset.datasetId, 0b1011, signatures))
      .to.emit(market, "DatasetLeft")
      .withArgs(dataset.datasetId, poolHash, 2);
    expect([...(await market.pool())]).to.deep.equal([poolHash, 2n, 0n, 0n]);
    await deliver(market, open);
    expect(await market.earningsOf(dataset.datasetId)).to.equal((price * 7n) / 10n);
    await expect(market.removeExhausted(dataset.datasetId, 0b1011, signatures))
      .to.be.revertedWithCustomError(market, "NotJoined")
      .withArgs(dataset.datasetId);
  });

  it("keeps it out for ever, though its receipts are still good, and out of no other market", async () => {
    const { world, market, dataset, open } = await loadFixture(exhaustedWorld);
    const other = await openMarket(world, "DirectGateway");
    await join(other, dataset);
    await market.removeExhausted(
      ...([
        dataset.datasetId,
        0b0111,
        await confirmed(await market.getAddress(), dataset.datasetId, [0, 1, 2]),
      ] as const),
    );
    await deliver(market, open);
    await market.claim(dataset.datasetId);
    await expect(join(market, dataset))
      .to.be.revertedWithCustomError(market, "DatasetExhausted")
      .withArgs(dataset.datasetId);
    expect(await other.isMember(dataset.datasetId)).to.equal(true);
  });

  it("refuses two words, words about another dataset or for another market, and what never joined", async () => {
    const { world, market, dataset } = await loadFixture(exhaustedWorld);
    const address = await market.getAddress();
    const remove = (signatures: string, seats = [0, 1, 2], datasetId = dataset.datasetId) =>
      market.removeExhausted(datasetId, bitmap(seats), signatures);
    const three = await confirmed(address, dataset.datasetId, [0, 1, 2]);
    await expect(remove(dataSlice(three, 0, 130), [0, 1]))
      .to.be.revertedWithCustomError(market, "TooFewSignatures")
      .withArgs(2, 3);
    await expect(remove(await confirmed(address, dataset.datasetId, [0, 0, 2]))).to.be.revertedWithCustomError(
      market,
      "WrongSigner",
    );
    for (const others of [
      await confirmed(address, dataset.datasetId + 1n, [0, 1, 2]),
      await confirmed(world.addresses.token, dataset.datasetId, [0, 1, 2]),
    ]) {
      await expect(remove(others)).to.be.revertedWithCustomError(market, "WrongSigner");
    }
    const elsewhere = await publish(world, dataset.seller, 5n);
    const words = await confirmed(address, elsewhere.datasetId, [0, 1, 2]);
    await expect(remove(words, [0, 1, 2], elsewhere.datasetId))
      .to.be.revertedWithCustomError(market, "NotJoined")
      .withArgs(elsewhere.datasetId);
  });
});
