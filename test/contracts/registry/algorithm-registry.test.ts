import { expect } from "chai";
import { id } from "ethers";
import { ethers, loadFixture, structOf } from "../support/chain.ts";
import { committee } from "../support/committee.ts";
import { algorithm, deployWorld } from "../support/world.ts";

describe("AlgorithmRegistry", () => {
  it("registers a program once, for the caller", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    const hash = id("another program");
    const registered = algorithms.connect(people.stranger).register(hash, id("disclosure"), "ipfs://program");
    await expect(registered)
      .to.emit(algorithms, "AlgorithmRegistered")
      .withArgs(hash, people.stranger.address, id("disclosure"), "ipfs://program");
    const stored = await algorithms.algorithmOf(hash);
    expect(structOf(stored)).to.deep.equal({
      author: people.stranger.address,
      disclosureHash: id("disclosure"),
      uri: "ipfs://program",
    });
    await expect(algorithms.register(hash, id("disclosure"), "ipfs://program"))
      .to.be.revertedWithCustomError(algorithms, "AlgorithmAlreadyRegistered")
      .withArgs(hash, people.stranger.address);
  });

  it("refuses a longer URI than 1,024 bytes", async () => {
    const { algorithms } = await loadFixture(deployWorld);
    await algorithms.register(id("a"), id("disclosure"), "u".repeat(1024));
    await expect(algorithms.register(id("b"), id("disclosure"), "u".repeat(1025)))
      .to.be.revertedWithCustomError(algorithms, "UriTooLong")
      .withArgs(1025, 1024);
  });

  it("is runnable with three approvals, not with two", async () => {
    const { algorithms } = await loadFixture(deployWorld);
    const signed = (seat: number) => algorithms.connect(committee[seat].connect(ethers.provider));
    expect(await algorithms.approvalsOf(algorithm, 1, 1)).to.equal(0b1111);
    await expect(signed(1).revoke(algorithm, 1, 1, 1))
      .to.emit(algorithms, "ApprovalRevoked")
      .withArgs(algorithm, 1, 1, 1);
    expect(await algorithms.approvalsOf(algorithm, 1, 1)).to.equal(0b1101);
    expect(await algorithms.isRunnable(algorithm, 1, 1)).to.equal(true);
    await signed(3).revoke(algorithm, 1, 1, 3);
    expect(await algorithms.isRunnable(algorithm, 1, 1)).to.equal(false);
    await expect(signed(1).approve(algorithm, 1, 1, 1))
      .to.emit(algorithms, "AlgorithmApproved")
      .withArgs(algorithm, 1, 1, 1);
    expect(await algorithms.isRunnable(algorithm, 1, 1)).to.equal(true);
    expect(await algorithms.isRunnable(algorithm, 1, 2)).to.equal(false);
    expect(await algorithms.isRunnable(id("unknown"), 1, 1)).to.equal(false);
  });

  it("lets a seat be spoken for by its own key only", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    const seat0 = algorithms.connect(committee[0].connect(ethers.provider));
    for (const [registry, caller, seat] of [
      [algorithms.connect(people.stranger), people.stranger.address, 0],
      [seat0, committee[0].address, 1],
      [seat0, committee[0].address, 4],
    ] as const) {
      for (const call of [registry.approve(algorithm, 1, 1, seat), registry.revoke(algorithm, 1, 1, seat)]) {
        await expect(call).to.be.revertedWithCustomError(algorithms, "NotSeatSigner").withArgs(1, 1, seat, caller);
      }
    }
  });

  it("knows nothing of a program that nobody registered", async () => {
    const { algorithms } = await loadFixture(deployWorld);
    const unknown = id("unknown");
    const seat0 = algorithms.connect(committee[0].connect(ethers.provider));
    for (const call of [
      algorithms.algorithmOf(unknown),
      seat0.approve(unknown, 1, 1, 0),
      seat0.revoke(unknown, 1, 1, 0),
    ]) {
      await expect(call).to.be.revertedWithCustomError(algorithms, "UnknownAlgorithm").withArgs(unknown);
    }
  });
});
