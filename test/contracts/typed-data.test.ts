import {
  answerTypes,
  datasetCommitment,
  encodeParameters,
  marketDomain,
  nextPoolHash,
  receiptTypes,
  requestIdOf,
} from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { AbiCoder, id, keccak256, TypedDataEncoder, ZeroHash } from "ethers";
import { chainId, loadFixture } from "./support/chain.ts";
import { answerFor } from "./support/committee.ts";
import { join, openMarket, publish, request } from "./support/market.ts";
import { deployWorld } from "./support/world.ts";

async function openWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "DirectGateway");
  return { world, market, address: await market.getAddress() };
}

describe("typed-data.ts agrees with the contracts", () => {
  it("on the digest of an answer, every field of which counts", async () => {
    const { market, address } = await loadFixture(openWorld);
    const answer = answerFor(id("request"), id("result"), { budgetSpent: 5n, attempt: 6, activeSet: 7 });
    const digests = new Set<string>();
    for (const changes of [
      {},
      { requestId: id("other") },
      { status: 2 },
      { outputsHash: id("other") },
      { budgetSpent: 2n ** 64n - 1n },
      { attempt: 1 },
      { activeSet: 14 },
      { proofType: 2 },
    ]) {
      const changed = { ...answer, ...changes };
      const digest = TypedDataEncoder.hash(marketDomain(chainId, address), answerTypes, changed);
      expect(await market.digestOf(changed)).to.equal(digest);
      digests.add(digest);
    }
    expect(digests.size).to.equal(8);
  });

  it("on the digest of a receipt", async () => {
    const { market, address } = await loadFixture(openWorld);
    const [datasetId, commitment, validCommitment] = [2n ** 255n + 3n, id("commitment"), id("valid rows")];
    const receipt = { datasetId, commitment, epoch: 9n, validRows: 77n, validCommitment };
    expect(await market.receiptDigestOf(datasetId, commitment, 9n, 77n, validCommitment)).to.equal(
      TypedDataEncoder.hash(marketDomain(chainId, address), receiptTypes, receipt),
    );
  });

  it("on the id of a request, made or only described", async () => {
    const { world, market, address } = await loadFixture(openWorld);
    await join(market, await publish(world, world.people.sellers[0], 20n));
    const parameters = encodeParameters([12n, -34n]);
    const open = await request(market, { answerKey: id("key"), privateInputs: id("mine"), parameters });
    expect(open.requestId).to.equal(requestIdOf(chainId, address, open.request));
    expect(open.request.parametersHash).to.equal(keccak256(parameters));
    for (const key of Object.keys(open.request) as (keyof typeof open.request)[]) {
      const value = open.request[key];
      const other = typeof value === "bigint" ? value + 1n : value.replace(/..$/, value.endsWith("11") ? "22" : "11");
      const changed = {
        ...open.request,
        [key]: other.toString().length === 42 ? other.toString().toLowerCase() : other,
      };
      expect(await market.requestIdOf(changed), key).to.equal(requestIdOf(chainId, address, changed));
      expect(requestIdOf(chainId, address, changed), key).to.not.equal(open.requestId);
    }
  });

  it("on the id of a dataset", async () => {
    const { world } = await loadFixture(openWorld);
    const seller = world.people.sellers[0].address;
    const types = ["uint256", "address", "address", "bytes32"];
    const values = [chainId, world.addresses.datasetRegistry, seller, id("salt")];
    const expected = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, values)));
    expect(await world.datasets.datasetIdOf(seller, id("salt"))).to.equal(expected);
  });

  it("on the pool's hash chain through joins and leaves", async () => {
    const { world, market } = await loadFixture(openWorld);
    let poolHash = ZeroHash;
    const check = async () => expect((await market.pool()).poolHash).to.equal(poolHash);
    await check();
    const datasets = [];
    for (const [index, seller] of world.people.sellers.slice(0, 3).entries()) {
      const dataset = await publish(world, seller, 20n + BigInt(index));
      const validRows = dataset.rows - 1n;
      await join(market, dataset, { validRows });
      poolHash = nextPoolHash(poolHash, 1, { ...dataset, validRows });
      datasets.push({ ...dataset, validRows });
      await check();
    }
    const [, second] = datasets;
    await market.connect(second.seller).leavePool(second.datasetId);
    poolHash = nextPoolHash(poolHash, 2, second);
    await check();
  });

  it("on the commitment to four share commitments: scheme first, then the four in order", () => {
    const commitments = ["a", "b", "c", "d"].map(id);
    const types = ["uint16", "bytes32", "bytes32", "bytes32", "bytes32"];
    const expected = keccak256(AbiCoder.defaultAbiCoder().encode(types, [1, ...commitments]));
    expect(datasetCommitment(1, commitments)).to.equal(expected);
  });
});
