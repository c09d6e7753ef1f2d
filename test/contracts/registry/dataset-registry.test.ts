import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { noDemands } from "../../support/policies.ts";
import { loadFixture, structOf } from "../support/chain.ts";
import { termsOf } from "../support/market.ts";
import { algorithm, deployWorld } from "../support/world.ts";

const salt = id("salt");
const dataset = {
  commitment: id("commitment"),
  schemaHash: id("schema"),
  committeeId: 1n,
  epoch: 1n,
  rows: 100n,
  scheme: 1n,
};

async function registryWorld() {
  const world = await deployWorld();
  const policy = {
    ...{ algorithms: [algorithm, id("other")], token: world.addresses.token, minPrice: 5n, minRows: 7n },
    ...{ cohortRows: 5n, cohortSellers: 3n, maxUses: 9n, epsilonBudget: 2_000_000n, deltaBudget: 10n ** 12n },
  };
  const seller = world.people.sellers[0];
  return { ...world, policy, seller, registry: world.datasets.connect(seller) };
}

describe("DatasetRegistry", () => {
  it("registers a dataset under the id known beforehand and mints its token", async () => {
    const { registry, policy, seller } = await loadFixture(registryWorld);
    const datasetId = await registry.datasetIdOf(seller.address, salt);
    const registered = registry.register(salt, dataset, policy);
    await expect(registered)
      .to.emit(registry, "DatasetRegistered")
      .withArgs(datasetId, seller.address, Object.values(dataset), Object.values(policy));
    expect(structOf(await registry.datasetOf(datasetId))).to.deep.equal(dataset);
    const stored = await registry.policyOf(datasetId);
    expect({ ...structOf(stored), algorithms: [...stored.algorithms] }).to.deep.equal(policy);
    expect(await registry.ownerOf(datasetId)).to.equal(seller.address);
    expect(await registry.allowsAlgorithm(datasetId, id("other"))).to.equal(true);
    expect(await registry.allowsAlgorithm(datasetId, id("third"))).to.equal(false);
  });

  it("gives every seller and every salt another id", async () => {
    const { registry, policy, seller, people } = await loadFixture(registryWorld);
    await registry.register(salt, dataset, policy);
    await registry.connect(people.sellers[1]).register(salt, dataset, policy);
    await registry.register(id("salt 2"), dataset, policy);
    await expect(registry.register(salt, dataset, policy))
      .to.be.revertedWithCustomError(registry, "DatasetAlreadyRegistered")
      .withArgs(await registry.datasetIdOf(seller.address, salt));
  });

  const refusals = [
    ["no rows", { rows: 0n }, "EmptyDataset", []],
    ["no commitment", { commitment: ZeroHash }, "EmptyCommitment", []],
    ["a scheme that does not exist", { scheme: 2n }, "UnsupportedScheme", [2]],
    ["keys of a later epoch", { epoch: 2n }, "StaleEpoch", [1, 2, 1]],
    ["keys of an earlier epoch", { epoch: 0n }, "StaleEpoch", [1, 0, 1]],
  ] as const;
  for (const [what, changes, error, args] of refusals) {
    it(`refuses a dataset with ${what}`, async () => {
      const { registry, policy } = await loadFixture(registryWorld);
      await expect(registry.register(salt, { ...dataset, ...changes }, policy))
        .to.be.revertedWithCustomError(registry, error)
        .withArgs(...args);
    });
  }

  it("refuses a committee that does not exist", async () => {
    const { registry, policy, committees } = await loadFixture(registryWorld);
    await expect(registry.register(salt, { ...dataset, committeeId: 8 }, policy))
      .to.be.revertedWithCustomError(committees, "UnknownCommittee")
      .withArgs(8, 0);
  });

  it("refuses a policy with no algorithm, or more than 16", async () => {
    const { registry, policy } = await loadFixture(registryWorld);
    const withAlgorithms = (count: number) => ({ ...policy, algorithms: Array(count).fill(algorithm) });
    await registry.register(id("16"), dataset, withAlgorithms(16));
    await expect(registry.register(salt, dataset, withAlgorithms(0)))
      .to.be.revertedWithCustomError(registry, "NoAlgorithmAllowed")
      .withArgs();
    await expect(registry.register(salt, dataset, withAlgorithms(17)))
      .to.be.revertedWithCustomError(registry, "TooManyAlgorithms")
      .withArgs(17, 16);
  });

  const badPolicies = [
    ["groups of more sellers than rows", { cohortRows: 2, cohortSellers: 3 }, "CohortOutOfOrder", [2, 3]],
    ["a seller's cohort and no rows'", { cohortRows: 0, cohortSellers: 1 }, "CohortOutOfOrder", [0, 1]],
    ["an epsilon and no delta", { deltaBudget: 0 }, "BudgetOutOfBounds", [2_000_000, 0]],
    ["a delta and no epsilon", { epsilonBudget: 0 }, "BudgetOutOfBounds", [0, 10n ** 12n]],
    ["a delta of 1", { deltaBudget: 10n ** 18n }, "BudgetOutOfBounds", [2_000_000, 10n ** 18n]],
  ] as const;
  for (const [what, changes, error, args] of badPolicies) {
    it(`refuses a policy with ${what}`, async () => {
      const { registry, policy } = await loadFixture(registryWorld);
      await expect(registry.register(salt, dataset, { ...policy, ...changes }))
        .to.be.revertedWithCustomError(registry, error)
        .withArgs(...args);
    });
  }

  it("accepts a policy at its edges", async () => {
    const { registry, policy } = await loadFixture(registryWorld);
    const edges = { cohortRows: 3, cohortSellers: 3, epsilonBudget: 1, deltaBudget: 10n ** 18n - 1n };
    await registry.register(id("least"), dataset, { ...policy, ...edges });
    await registry.register(id("none"), dataset, { ...policy, ...noDemands });
  });

  it("knows nothing of a dataset that nobody registered", async () => {
    const { registry, ...world } = await loadFixture(registryWorld);
    const terms = termsOf(world, "DirectGateway");
    for (const call of [registry.datasetOf(5), registry.policyOf(5), registry.checkConsent(5, terms)]) {
      await expect(call).to.be.revertedWithCustomError(registry, "UnknownDataset").withArgs(5);
    }
    expect(await registry.allowsAlgorithm(5, algorithm)).to.equal(false);
  });
});
