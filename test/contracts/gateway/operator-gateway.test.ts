import { expect } from "chai";
import { concat, hexlify, id, toUtf8Bytes, toUtf8String, ZeroAddress, ZeroHash } from "ethers";
import { RecordingConsumer__factory } from "../support/adversaries.ts";
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
import { fulfill, jobAnswer, oracleRequestFor } from "../support/oracle.ts";
import { deployWorld, externalJobId, oracleFeeJuels } from "../support/world.ts";

async function openWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "OperatorGateway");
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const open = await request(market);
  const oracle = await oracleRequestFor(world, open);
  const delivery = await deliveryOf(market, open);
  return { world, gateway: world.operatorGateway, market, open, oracle, delivery, address: await market.getAddress() };
}

/** LINK that is in nobody's hands but the gateway's: always none. */
async function expectNoLinkLeft(world: Awaited<ReturnType<typeof openWorld>>["world"]) {
  expect(await world.link.balanceOf(world.addresses.operatorGateway)).to.equal(0);
}

describe("OperatorGateway: asking", () => {
  it("is made for one job, fee, Operator and factory", async () => {
    const { world, gateway } = await loadFixture(openWorld);
    expect(toUtf8String(await gateway.jobId())).to.equal(externalJobId.replaceAll("-", ""));
    expect(await gateway.feeJuels()).to.equal(oracleFeeJuels);
    expect([await gateway.operator(), await gateway.linkToken(), await gateway.FACTORY()]).to.deep.equal([
      world.addresses.operator,
      world.addresses.link,
      world.addresses.marketFactory,
    ]);
  });

  it("sends a Chainlink request, data version 2, whose only field is the 32-byte request id", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(openWorld);
    expect(oracle.specId).to.equal(await gateway.jobId());
    expect(oracle.requester).to.equal(world.addresses.operatorGateway);
    expect([oracle.payment, oracle.dataVersion]).to.deep.equal([oracleFeeJuels, 2n]);
    expect(oracle.callbackFunctionId).to.equal(gateway.interface.getFunction("fulfill").selector);
    // CBOR: text(9) "requestId", bytes(32); the Operator's log carries the pairs without map delimiters.
    const cbor = concat(["0x69", toUtf8Bytes("requestId"), "0x5820", open.requestId]);
    expect(oracle.data).to.equal(cbor);
    await expect(market.requestComputation(requestParams()))
      .to.emit(gateway, "OracleRequested")
      .withArgs(
        (value: string) => value !== open.requestId,
        (value: string) => value !== oracle.oracleRequestId,
        world.people.buyer.address,
        oracleFeeJuels,
      );
    const { payer, expiresUnixS, oracleRequestId } = await gateway.feeOf(open.requestId);
    expect([payer, expiresUnixS, oracleRequestId]).to.deep.equal([
      world.people.buyer.address,
      oracle.cancelExpiration,
      oracle.oracleRequestId,
    ]);
    await expectNoLinkLeft(world);
  });
});

describe("OperatorGateway: the oracle's answer", () => {
  it("is delivered, and the oracle is paid", async () => {
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(openWorld);
    const transaction = fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery));
    await expect(transaction).to.emit(gateway, "Delivered").withArgs(open.requestId, oracle.oracleRequestId);
    await expect(transaction).to.emit(market, "Answered");
    await expect(transaction).to.emit(market, "Settled");
    expect(await market.statusOf(open.requestId)).to.equal(2);
    expect(await world.operator.withdrawable()).to.equal(oracleFeeJuels);
    expect([...(await gateway.feeOf(open.requestId))]).to.deep.equal([ZeroAddress, 0n, ZeroHash]);
    await expectNoLinkLeft(world);
  });

  it("reaches the buyer's contract through Operator, gateway and market", async () => {
    const { world, market, address } = await loadFixture(openWorld);
    const consumer = await new RecordingConsumer__factory(world.people.deployer).deploy(address, world.addresses.link);
    await world.token.transfer(await consumer.getAddress(), price);
    await world.link.transfer(await consumer.getAddress(), oracleFeeJuels);
    const open = await requestIn(market, await consumer.request(requestParams({ callbackGas: 300_000 })));
    const oracle = await oracleRequestFor(world, open);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, await deliveryOf(market, open)));
    expect([await consumer.response(), await consumer.calls()]).to.deep.equal([resultOf(open.requestId), 1n]);
  });

  it("that leaves too little gas for the callback fails by name; the request stays open", async () => {
    const { world, gateway, market, address } = await loadFixture(openWorld);
    const consumer = await new RecordingConsumer__factory(world.people.deployer).deploy(address, world.addresses.link);
    await world.token.transfer(await consumer.getAddress(), price);
    await world.link.transfer(await consumer.getAddress(), oracleFeeJuels);
    const open = await requestIn(market, await consumer.request(requestParams({ callbackGas: 1_000_000 })));
    const oracle = await oracleRequestFor(world, open);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, await deliveryOf(market, open)), 1_000_000n);
    const [failed] = await gateway.queryFilter(gateway.filters.DeliveryFailed(open.requestId));
    expect(market.interface.parseError(failed.args.reason)?.name).to.equal("InsufficientGasForCallback");
    await deliver(market, open);
    expect(await consumer.calls()).to.equal(1);
  });

  const refused = [
    ["with a tampered result", (d: string[]) => [d[0], id("tampered"), d[2]], "ResultMismatch"],
    ["for an unknown request", (d: string[]) => [id("unknown"), d[1], d[2]], "WrongOracleRequest"],
    ["without a proof", (d: string[]) => [d[0], d[1], "0x"], "NotAMarket"],
    ["with a short proof", (d: string[]) => [d[0], d[1], "0x1234"], "NotAMarket"],
    ["with a proof for somebody else's contract", (d: string[]) => [d[0], d[1], `0x${"11".repeat(32)}`], "NotAMarket"],
    ["that is empty behind the market's address", (d: string[]) => [d[0], d[1], d[2].slice(0, 66)], null],
  ] as const;
  for (const [what, change, error] of refused) {
    it(`${what} is reported, not reverted; the request stays open for anyone to deliver`, async () => {
      const { world, gateway, market, open, oracle, delivery } = await loadFixture(openWorld);
      const answer = change([...delivery]) as [string, string, string];
      const transaction = await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, answer));
      await expect(transaction).to.not.emit(gateway, "Delivered");
      const [failed] = await gateway.queryFilter(gateway.filters.DeliveryFailed(answer[0], oracle.oracleRequestId));
      if (error === null) expect(failed.args.reason).to.equal("0x");
      else {
        const { reason } = failed.args;
        expect((market.interface.parseError(reason) ?? gateway.interface.parseError(reason))?.name).to.equal(error);
      }
      expect(await market.statusOf(open.requestId)).to.equal(1);
      await deliver(market.connect(world.people.stranger), open);
      expect(await market.statusOf(open.requestId)).to.equal(2);
      await expectNoLinkLeft(world);
    });
  }

  it("that is not even encoded is swallowed by the Operator; the request stays open", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(openWorld);
    const garbage = concat([oracle.oracleRequestId, hexlify(toUtf8Bytes("garbage"))]);
    await expect(fulfill(world, oracle, garbage))
      .to.emit(world.operator, "OracleResponse")
      .withArgs(oracle.oracleRequestId);
    expect(await gateway.queryFilter(gateway.filters.DeliveryFailed())).to.deep.equal([]);
    expect(await market.statusOf(open.requestId)).to.equal(1);
    await deliver(market.connect(world.people.stranger), open);
    expect(await market.statusOf(open.requestId)).to.equal(2);
    // The Operator was paid for it, so that nothing can be reclaimed.
    await atTime(oracle.cancelExpiration + 4_000n);
    await expect(gateway.reclaimOracleFee(await market.getAddress(), open.requestId, open.request)).to.be.revertedWith(
      "Params do not match request ID",
    );
  });

  it("that comes after a direct delivery changes nothing and is reported", async () => {
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(openWorld);
    await deliver(market, open);
    const accounts = await market.accounts();
    const reason = market.interface.encodeErrorResult("RequestNotOpen", [open.requestId, 2]);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery)))
      .to.emit(gateway, "DeliveryFailed")
      .withArgs(open.requestId, oracle.oracleRequestId, reason);
    expect(await market.accounts()).to.deep.equal(accounts);
  });

  it("that comes too late is reported with the deadline", async () => {
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(openWorld);
    const { deadlineUnixS } = open.request;
    await passDeadline(open);
    const reason = market.interface.encodeErrorResult("DeadlinePassed", [deadlineUnixS, deadlineUnixS + 1n]);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery)))
      .to.emit(gateway, "DeliveryFailed")
      .withArgs(open.requestId, oracle.oracleRequestId, reason);
  });

  it("cannot be given twice", async () => {
    const { world, oracle, delivery } = await loadFixture(openWorld);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery));
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery))).to.be.revertedWith(
      "Must have a valid requestId",
    );
  });

  it("is not taken for another request's", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(openWorld);
    const second = await request(market);
    const reason = gateway.interface.encodeErrorResult("WrongOracleRequest", [
      second.requestId,
      oracle.oracleRequestId,
    ]);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, await deliveryOf(market, second))))
      .to.emit(gateway, "DeliveryFailed")
      .withArgs(second.requestId, oracle.oracleRequestId, reason);
    expect([await market.statusOf(open.requestId), await market.statusOf(second.requestId)]).to.deep.equal([1n, 1n]);
  });

  it("is taken from the Operator only", async () => {
    const { gateway, oracle, delivery } = await loadFixture(openWorld);
    await expect(gateway.fulfill(oracle.oracleRequestId, ...delivery)).to.be.revertedWith(
      "Source must be the oracle of the request",
    );
    await expect(gateway.fulfill(id("none"), ...delivery)).to.be.revertedWith(
      "Source must be the oracle of the request",
    );
  });
});

describe("OperatorGateway: reclaimOracleFee", () => {
  it("gives the fee back to the payer when the answer came directly, once, whoever calls", async () => {
    const { world, gateway, market, open, oracle, address } = await loadFixture(openWorld);
    await deliver(market, open);
    await atTime(oracle.cancelExpiration);
    const reclaimed = await gateway.reclaimOracleFee(address, open.requestId, open.request);
    const { buyer } = world.people;
    await expect(reclaimed)
      .to.emit(gateway, "OracleFeeReclaimed")
      .withArgs(open.requestId, buyer.address, oracleFeeJuels);
    await expect(reclaimed).to.emit(world.operator, "CancelOracleRequest").withArgs(oracle.oracleRequestId);
    await expect(reclaimed).to.changeTokenBalances(
      ethers,
      world.link,
      [buyer, world.operator, gateway],
      [oracleFeeJuels, -oracleFeeJuels, 0n],
    );
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "NoOracleFee")
      .withArgs(open.requestId);
    await expectNoLinkLeft(world);
  });

  it("waits for the Operator's expiry", async () => {
    const { gateway, market, open, oracle, address } = await loadFixture(openWorld);
    await deliver(market, open);
    await atTime(oracle.cancelExpiration - 1n);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "OracleRequestNotExpired")
      .withArgs(oracle.cancelExpiration, oracle.cancelExpiration - 1n);
  });

  it("waits for the market's deadline while the request is open", async () => {
    const { gateway, open, address } = await loadFixture(openWorld);
    const { deadlineUnixS } = open.request;
    await atTime(deadlineUnixS);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "RequestStillOpen")
      .withArgs(open.requestId, deadlineUnixS);
    await atTime(deadlineUnixS + 1n);
    await gateway.reclaimOracleFee(address, open.requestId, open.request);
  });

  it("works before and after the market's cancellation, which never touches the Operator", async () => {
    const { world, gateway, market, open, address } = await loadFixture(openWorld);
    const second = await request(market);
    await passDeadline(second);
    await gateway.reclaimOracleFee(address, open.requestId, open.request);
    await market.cancel(open.requestId, open.request);
    await expect(market.cancel(second.requestId, second.request)).to.not.emit(world.operator, "CancelOracleRequest");
    await gateway.reclaimOracleFee(address, second.requestId, second.request);
    expect(await world.link.balanceOf(world.people.buyer.address)).to.equal(10n ** 21n);
    await expectNoLinkLeft(world);
  });

  it("is refused once the oracle has answered, even with rubbish", async () => {
    const { world, gateway, open, oracle, delivery, address } = await loadFixture(openWorld);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, [delivery[0], delivery[1], "0x"]));
    await passDeadline(open);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "NoOracleFee")
      .withArgs(open.requestId);
  });

  it("ends the oracle request: a later answer is refused by the Operator", async () => {
    const { world, gateway, open, oracle, delivery, address } = await loadFixture(openWorld);
    await passDeadline(open);
    await gateway.reclaimOracleFee(address, open.requestId, open.request);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery))).to.be.revertedWith(
      "Must have a valid requestId",
    );
  });

  it("refuses a changed request, another market, and a contract that is none", async () => {
    const { world, gateway, market, open, address } = await loadFixture(openWorld);
    await passDeadline(open);
    await market.fold(0);
    const earlier = { ...open.request, deadlineUnixS: 1n };
    await expect(gateway.reclaimOracleFee(address, open.requestId, earlier))
      .to.be.revertedWithCustomError(gateway, "RequestMismatch")
      .withArgs(open.requestId, await market.requestIdOf(earlier));
    const other = await openMarket(world, "OperatorGateway");
    await expect(gateway.reclaimOracleFee(await other.getAddress(), open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "RequestMismatch")
      .withArgs(open.requestId, await other.requestIdOf(open.request));
    const { stranger } = world.people;
    await expect(gateway.reclaimOracleFee(stranger.address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "NotAMarket")
      .withArgs(stranger.address);
    await expect(gateway.reclaimOracleFee(address, id("unknown"), open.request))
      .to.be.revertedWithCustomError(gateway, "NoOracleFee")
      .withArgs(id("unknown"));
  });
});
