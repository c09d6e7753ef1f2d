import { expect } from "chai";
import { AbiCoder, id, keccak256, type TransactionResponse } from "ethers";
import { ethers, loadFixture, structOf } from "../support/chain.ts";
import { committee } from "../support/committee.ts";
import { algorithm, deployWorld } from "../support/world.ts";

const salt = id("salt");
const gasLimit = 500_000n;

/** As the contract computes it, from the definition. */
function announcementOf(program: string, author: string, by = salt): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "address", "bytes32"], [program, author, by]));
}

/** Mines transactions in one block and returns their statuses, 1 or 0. They must come with a gas limit. */
async function inOneBlock(...sends: (() => Promise<TransactionResponse>)[]) {
  await ethers.provider.send("evm_setAutomine", [false]);
  try {
    const hashes: string[] = [];
    for (const send of sends) hashes.push((await send()).hash);
    await ethers.provider.send("evm_mine", []);
    const receipts = await Promise.all(hashes.map((hash) => ethers.provider.getTransactionReceipt(hash)));
    expect(new Set(receipts.map((receipt) => receipt?.blockNumber)).size).to.equal(1);
    return receipts.map((receipt) => receipt?.status);
  } finally {
    await ethers.provider.send("evm_setAutomine", [true]);
  }
}

describe("AlgorithmRegistry", () => {
  it("registers a program once, for the caller who announced it in an earlier block", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    const hash = id("another program");
    const author = people.stranger;
    const announcement = announcementOf(hash, author.address);
    expect(await algorithms.announcementOf(hash, author.address, salt)).to.equal(announcement);
    const announced = await algorithms.connect(author).announce(announcement);
    await expect(announced).to.emit(algorithms, "AlgorithmAnnounced").withArgs(announcement);
    expect(await algorithms.announcedAtBlock(announcement)).to.equal(announced.blockNumber);
    const registered = algorithms.connect(author).register(hash, salt, id("disclosure"), "ipfs://program");
    await expect(registered)
      .to.emit(algorithms, "AlgorithmRegistered")
      .withArgs(hash, author.address, id("disclosure"), "ipfs://program");
    const stored = await algorithms.algorithmOf(hash);
    expect(structOf(stored)).to.deep.equal({
      author: author.address,
      disclosureHash: id("disclosure"),
      uri: "ipfs://program",
    });
    await expect(algorithms.register(hash, salt, id("disclosure"), "ipfs://program"))
      .to.be.revertedWithCustomError(algorithms, "AlgorithmAlreadyRegistered")
      .withArgs(hash, author.address);
  });

  it("gives no program to whoever saw its registration, or its announcement, on the way", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    const { author, stranger } = people;
    const program = id("fresh program");
    const announcement = announcementOf(program, author.address);
    // The announcement is copied: it is the author's all the same, and no younger for being repeated.
    await algorithms.connect(stranger).announce(announcement);
    const first = await algorithms.announcedAtBlock(announcement);
    await expect(algorithms.announce(announcement)).to.not.emit(algorithms, "AlgorithmAnnounced");
    expect(await algorithms.announcedAtBlock(announcement)).to.equal(first);
    // The registration is copied, and mined first.
    const theirs = algorithms.connect(stranger);
    await expect(theirs.register(program, salt, id("disclosure"), ""))
      .to.be.revertedWithCustomError(algorithms, "NotAnnounced")
      .withArgs(announcementOf(program, stranger.address));
    // With an announcement of their own they are a block too late.
    const own = announcementOf(program, stranger.address);
    const block = (await ethers.provider.getBlockNumber()) + 1;
    const statuses = await inOneBlock(
      () => theirs.announce(own, { gasLimit }),
      async () => {
        const inThisBlock = { blockTag: "pending" };
        await expect(theirs.register.staticCall(program, salt, id("disclosure"), "", inThisBlock))
          .to.be.revertedWithCustomError(algorithms, "AnnouncedTooRecently")
          .withArgs(own, block);
        return theirs.register(program, salt, id("disclosure"), "", { gasLimit });
      },
      () => algorithms.register(program, salt, id("disclosure"), "ipfs://x", { gasLimit }),
    );
    expect(statuses).to.deep.equal([1, 0, 1]);
    expect((await algorithms.algorithmOf(program)).author).to.equal(author.address);
  });

  it("knows an announcement by author, program and salt", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    const { author } = people;
    await algorithms.announce(announcementOf(id("a"), author.address));
    for (const [program, otherSalt] of [
      [id("b"), salt],
      [id("a"), id("other salt")],
    ] as const) {
      await expect(algorithms.register(program, otherSalt, id("disclosure"), ""))
        .to.be.revertedWithCustomError(algorithms, "NotAnnounced")
        .withArgs(announcementOf(program, author.address, otherSalt));
    }
    await algorithms.register(id("a"), salt, id("disclosure"), "");
  });

  it("refuses a longer URI than 1,024 bytes", async () => {
    const { algorithms, people } = await loadFixture(deployWorld);
    for (const program of [id("a"), id("b")]) await algorithms.announce(announcementOf(program, people.author.address));
    await algorithms.register(id("a"), salt, id("disclosure"), "u".repeat(1024));
    await expect(algorithms.register(id("b"), salt, id("disclosure"), "u".repeat(1025)))
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
