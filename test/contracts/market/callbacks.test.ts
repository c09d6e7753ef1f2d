import type { DataMarket } from "@sharebridge/contracts";
import { expect } from "chai";
import { type Interface, id, ZeroHash } from "ethers";
import {
  GasEater__factory,
  RecordingConsumer__factory,
  ReentrantConsumer__factory,
  ReturnBomb__factory,
} from "../support/adversaries.ts";
import { atTime, ethers, loadFixture } from "../support/chain.ts";
import { resultOf } from "../support/committee.ts";
import {
  deliver,
  deliveryOf,
  openMarket,
  passDeadline,
  price,
  publishAndJoin,
  request,
  requestIn,
  requestParams,
} from "../support/market.ts";
import { deployWorld } from "../support/world.ts";

const callbackGas = 300_000n;
const reserve = 30_000n;

async function openWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "DirectGateway");
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const address = await market.getAddress();
  const consumer = await new RecordingConsumer__factory(world.people.deployer).deploy(address, world.addresses.link);
  await world.token.transfer(await consumer.getAddress(), 10n * price);
  const asked = await consumer.request(requestParams({ callbackGas }), 0);
  return { world, market: market.connect(world.people.stranger), consumer, open: await requestIn(market, asked) };
}

/** A request of the buyer's that calls a contract back. */
async function requestFor(market: DataMarket, callback: string, gas: bigint = callbackGas) {
  return request(market, { callback, callbackGas: gas });
}

/** The `CallbackFailed` reason of a delivery. */
async function failureReason(market: DataMarket, requestId: string): Promise<string> {
  const [failed] = await market.queryFilter(market.filters.CallbackFailed(requestId));
  return failed.args.reason;
}

describe("callbacks", () => {
  it("give the consumer the answer once, after settlement, with at least the gas it paid for", async () => {
    const { market, consumer, open } = await loadFixture(openWorld);
    await expect(deliver(market, open)).to.not.emit(market, "CallbackFailed");
    expect([await consumer.response(), await consumer.err(), await consumer.calls()]).to.deep.equal([
      resultOf(open.requestId),
      "0x",
      1n,
    ]);
    // What the callee sees is less by what it has spent itself to get there.
    expect((await consumer.gasGiven()) > callbackGas - 10_000n).to.equal(true);
    expect((await consumer.gasGiven()) < callbackGas).to.equal(true);
    expect(await market.callbackFailed(open.requestId)).to.equal(false);
    expect(await consumer.isPending(open.requestId)).to.equal(false);
  });

  it("refuse a delivery that leaves too little gas for them, so that a relay cannot starve one", async () => {
    const { market, consumer, open } = await loadFixture(openWorld);
    const delivery = await deliveryOf(market, open);
    const enough = await market.deliver.estimateGas(...delivery);
    let [low, high] = [enough / 2n, enough + 200_000n];
    const works = async (gasLimit: bigint) => {
      try {
        await market.deliver.staticCall(...delivery, { gasLimit });
        return true;
      } catch {
        return false;
      }
    };
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (await works(middle)) high = middle;
      else low = middle;
    }
    await expect(market.deliver(...delivery, { gasLimit: low })).to.be.revertedWithCustomError(
      market,
      "InsufficientGasForCallback",
    );
    await market.deliver(...delivery, { gasLimit: high });
    // With the least gas that is accepted, the consumer still got all of its own.
    expect(await consumer.calls()).to.equal(1);
    expect((await consumer.gasGiven()) > callbackGas - 10_000n).to.equal(true);
  });

  it("name the gas that is missing", async () => {
    const { market, open } = await loadFixture(openWorld);
    const delivery = await deliveryOf(market, open);
    try {
      await market.deliver.staticCall(...delivery, { gasLimit: 450_000n });
      expect.fail("450,000 gas cannot be enough");
    } catch (error) {
      const data = (error as { data?: string }).data!;
      const parsed = market.interface.parseError(data);
      expect(parsed?.name).to.equal("InsufficientGasForCallback");
      expect(parsed?.args.required).to.equal(callbackGas + reserve);
      expect(parsed?.args.gasLeft < ((callbackGas + reserve) * 64n) / 63n + 2n).to.equal(true);
    }
  });

  it("that revert do not stop delivery and settlement; the reason is logged", async () => {
    const { market, consumer, open } = await loadFixture(openWorld);
    await consumer.setMoody(true);
    const reason = consumer.interface.encodeErrorResult("NotInTheMood", [42]);
    const transaction = deliver(market, open);
    await expect(transaction)
      .to.emit(market, "CallbackFailed")
      .withArgs(open.requestId, await consumer.getAddress(), reason);
    await expect(transaction).to.emit(market, "Settled");
    expect(await market.statusOf(open.requestId)).to.equal(2);
    expect(await market.callbackFailed(open.requestId)).to.equal(true);
  });

  it("that eat all their gas cost no more than what was paid for", async () => {
    const { world, market } = await loadFixture(openWorld);
    const eater = await new GasEater__factory(world.people.deployer).deploy();
    const open = await requestFor(market.connect(world.people.buyer), await eater.getAddress());
    const receipt = (await (await deliver(market, open, {})).wait())!;
    expect(receipt.gasUsed > callbackGas).to.equal(true);
    expect(receipt.gasUsed < callbackGas + 300_000n).to.equal(true);
    expect(await failureReason(market, open.requestId)).to.equal("0x");
    expect(await market.statusOf(open.requestId)).to.equal(2);
  });

  it("that return a bomb are logged to 1,024 bytes and paid for by nobody else", async () => {
    const { world, market } = await loadFixture(openWorld);
    const bomb = await new ReturnBomb__factory(world.people.deployer).deploy();
    const open = await requestFor(market.connect(world.people.buyer), await bomb.getAddress());
    const receipt = (await (await deliver(market, open)).wait())!;
    expect((await failureReason(market, open.requestId)).length).to.equal(2 + 2 * 1_024);
    expect(receipt.gasUsed < 450_000n, `${receipt.gasUsed}`).to.equal(true);
  });

  it("to an address without code succeed, as calls to such addresses do", async () => {
    const { world, market } = await loadFixture(openWorld);
    const open = await requestFor(market.connect(world.people.buyer), world.people.sellers[9].address);
    await expect(deliver(market, open)).to.not.emit(market, "CallbackFailed");
  });

  it("tell the consumer of a cancellation, after its refund", async () => {
    const { world, market, consumer, open } = await loadFixture(openWorld);
    await passDeadline(open);
    const cancelled = await market.cancel(open.requestId, open.request);
    await expect(cancelled).to.changeTokenBalances(ethers, world.token, [consumer], [price]);
    const { deadlineUnixS } = open.request;
    const err = market.interface.encodeErrorResult("DeadlinePassed", [deadlineUnixS, deadlineUnixS + 1n]);
    expect([await consumer.response(), await consumer.err(), await consumer.calls()]).to.deep.equal(["0x", err, 1n]);
  });

  it("that fail on cancellation do not stop the refund", async () => {
    const { market, consumer, open } = await loadFixture(openWorld);
    await consumer.setMoody(true);
    await passDeadline(open);
    const cancelled = market.cancel(open.requestId, open.request);
    await expect(cancelled).to.emit(market, "CallbackFailed");
    await expect(cancelled).to.emit(market, "Cancelled");
    expect(await market.statusOf(open.requestId)).to.equal(3);
    expect(await market.callbackFailed(open.requestId)).to.equal(true);
  });
});

describe("retryCallback", () => {
  async function failedWorld() {
    const fixture = await openWorld();
    await fixture.consumer.setMoody(true);
    await deliver(fixture.market, fixture.open);
    return { ...fixture, result: resultOf(fixture.open.requestId) };
  }

  it("gives a consumer that failed its answer, as often as it fails, and never twice", async () => {
    const { market, consumer, open, result } = await loadFixture(failedWorld);
    const retry = () => market.retryCallback(open.requestId, open.request, result);
    await expect(retry()).to.emit(market, "CallbackFailed");
    await consumer.setMoody(false);
    await expect(retry())
      .to.emit(market, "CallbackRetried")
      .withArgs(open.requestId, await consumer.getAddress());
    expect([await consumer.response(), await consumer.calls()]).to.deep.equal([result, 1n]);
    await expect(retry()).to.be.revertedWithCustomError(market, "NoFailedCallback").withArgs(open.requestId);
  });

  it("refuses another result, another request, and requests whose callback did not fail", async () => {
    const { world, market, open, result } = await loadFixture(failedWorld);
    const truncated = `${ethers.keccak256(result).slice(0, 62)}0000`;
    await expect(market.retryCallback(open.requestId, open.request, ZeroHash))
      .to.be.revertedWithCustomError(market, "ResultMismatch")
      .withArgs(ethers.keccak256(ZeroHash), truncated);
    const changed = { ...open.request, callbackGas: 1n };
    await expect(market.retryCallback(open.requestId, changed, result))
      .to.be.revertedWithCustomError(market, "RequestMismatch")
      .withArgs(open.requestId, await market.requestIdOf(changed));
    const fresh = await request(market.connect(world.people.buyer));
    for (const requestId of [fresh.requestId, id("unknown")]) {
      await expect(market.retryCallback(requestId, fresh.request, result))
        .to.be.revertedWithCustomError(market, "NoFailedCallback")
        .withArgs(requestId);
    }
  });

  it("needs the original gas", async () => {
    const { market, consumer, open, result } = await loadFixture(failedWorld);
    await consumer.setMoody(false);
    await expect(
      market.retryCallback(open.requestId, open.request, result, { gasLimit: 370_000n }),
    ).to.be.revertedWithCustomError(market, "InsufficientGasForCallback");
  });

  it("ends thirty days after the deadline", async () => {
    const { market, consumer, open, result } = await loadFixture(failedWorld);
    await consumer.setMoody(false);
    const expiresUnixS = open.request.deadlineUnixS + 30n * 86_400n;
    await atTime(expiresUnixS + 1n);
    await expect(market.retryCallback(open.requestId, open.request, result))
      .to.be.revertedWithCustomError(market, "CallbackRetryExpired")
      .withArgs(expiresUnixS, expiresUnixS + 1n);
  });

  it("still works in the last second", async () => {
    const { market, consumer, open, result } = await loadFixture(failedWorld);
    await consumer.setMoody(false);
    await atTime(open.request.deadlineUnixS + 30n * 86_400n);
    await market.retryCallback(open.requestId, open.request, result);
  });
});

describe("retryCallback after a cancellation", () => {
  async function cancelledWorld() {
    const fixture = await openWorld();
    await fixture.consumer.setMoody(true);
    await passDeadline(fixture.open);
    await fixture.market.cancel(fixture.open.requestId, fixture.open.request);
    return fixture;
  }

  it("tells a consumer that failed that there is no answer, once, and refunds nothing again", async () => {
    const { world, market, consumer, open } = await loadFixture(cancelledWorld);
    const retry = () => market.retryCallback(open.requestId, open.request, "0x");
    await expect(retry()).to.emit(market, "CallbackFailed");
    await consumer.setMoody(false);
    const { deadlineUnixS } = open.request;
    await atTime(deadlineUnixS + 600n);
    const retried = await retry();
    await expect(retried)
      .to.emit(market, "CallbackRetried")
      .withArgs(open.requestId, await consumer.getAddress());
    await expect(retried).to.changeTokenBalances(ethers, world.token, [consumer, market], [0n, 0n]);
    const err = market.interface.encodeErrorResult("DeadlinePassed", [deadlineUnixS, deadlineUnixS + 600n]);
    expect([await consumer.response(), await consumer.err(), await consumer.calls()]).to.deep.equal(["0x", err, 1n]);
    expect([await consumer.isPending(open.requestId), await market.statusOf(open.requestId)]).to.deep.equal([
      false,
      3n,
    ]);
    await expect(retry()).to.be.revertedWithCustomError(market, "NoFailedCallback").withArgs(open.requestId);
  });

  it("takes no result: nobody can pass one off as an answer", async () => {
    const { market, open } = await loadFixture(cancelledWorld);
    const forged = resultOf(open.requestId);
    const empty = `${ethers.keccak256("0x").slice(0, 62)}0000`;
    await expect(market.retryCallback(open.requestId, open.request, forged))
      .to.be.revertedWithCustomError(market, "ResultMismatch")
      .withArgs(ethers.keccak256(forged), empty);
  });

  it("has nothing to do when the callback succeeded", async () => {
    const { market, open } = await loadFixture(openWorld);
    await passDeadline(open);
    await market.cancel(open.requestId, open.request);
    await expect(market.retryCallback(open.requestId, open.request, "0x"))
      .to.be.revertedWithCustomError(market, "NoFailedCallback")
      .withArgs(open.requestId);
  });
});

describe("a consumer that calls its market from within a callback", () => {
  async function reentrantWorld() {
    const fixture = await openWorld();
    const { world, market } = fixture;
    const consumer = await new ReentrantConsumer__factory(world.people.deployer).deploy();
    const callback = await consumer.getAddress();
    const open = await requestFor(market.connect(world.people.buyer), callback, 900_000n);
    return { ...fixture, consumer, open };
  }

  /** What the market said to the call that was made from within. */
  async function reentered(
    consumer: { interface: Interface },
    receipt: { logs: readonly { topics: readonly string[]; data: string }[] },
  ) {
    const events = receipt.logs.map((log) => consumer.interface.parseLog({ topics: [...log.topics], data: log.data }));
    return events.find((event) => event?.name === "Reentered")!.args;
  }

  it("cannot deliver again, nor retry", async () => {
    const { market, consumer, open } = await loadFixture(reentrantWorld);
    const delivery = await deliveryOf(market, open);
    const attempts: [string, readonly unknown[], string][] = [
      ["deliver", delivery, "RequestNotOpen"],
      ["cancel", [open.requestId, open.request], "RequestNotOpen"],
      ["retryCallback", [open.requestId, open.request, delivery[1]], "NoFailedCallback"],
    ];
    for (const [name, args, error] of attempts) {
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await consumer.arm(market.interface.encodeFunctionData(name as never, args as never));
      const receipt = (await (await market.deliver(...delivery)).wait())!;
      const { success, returned } = await reentered(consumer, receipt);
      expect(success, name).to.equal(false);
      expect(market.interface.parseError(returned)?.name).to.equal(error);
      await ethers.provider.send("evm_revert", [snapshot]);
    }
  });

  it("may do what anyone may, such as claim: everything is settled by then", async () => {
    const { world, market, consumer, open } = await loadFixture(reentrantWorld);
    const [joined] = await market.queryFilter(market.filters.DatasetJoined());
    await consumer.arm(market.interface.encodeFunctionData("claim", [joined.args.datasetId]));
    const transaction = await deliver(market, open);
    expect((await reentered(consumer, (await transaction.wait())!)).success).to.equal(true);
    const share = (price * 7_000n) / 10_000n;
    await expect(transaction).to.changeTokenBalances(ethers, world.token, [world.people.sellers[0]], [share]);
  });
});
