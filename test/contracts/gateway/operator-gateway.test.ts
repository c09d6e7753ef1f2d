import { expect } from "chai";
import { concat, hexlify, id, toUtf8Bytes, toUtf8String, ZeroAddress, ZeroHash } from "ethers";
import { RecordingConsumer__factory } from "../support/adversaries.ts";
import { atTime, loadFixture } from "../support/chain.ts";
import { resultOf } from "../support/committee.ts";
import { deliver, deliveryOf, passDeadline, price, request, requestIn, requestParams } from "../support/market.ts";
import { expectNoLinkLeft, fulfill, jobAnswer, oracleRequestFor, oracleWorld } from "../support/oracle.ts";
import { externalJobId, oracleFeeJuels } from "../support/world.ts";

describe("OperatorGateway: asking", () => {
  it("is made for one job, fee, Operator and factory", async () => {
    const { world, gateway } = await loadFixture(oracleWorld);
    expect(toUtf8String(await gateway.jobId())).to.equal(externalJobId.replaceAll("-", ""));
    expect(await gateway.feeJuels()).to.equal(oracleFeeJuels);
    expect([await gateway.operator(), await gateway.linkToken(), await gateway.FACTORY()]).to.deep.equal([
      world.addresses.operator,
      world.addresses.link,
      world.addresses.marketFactory,
    ]);
  });

  it("sends a Chainlink request, data version 2, whose only field is the 32-byte request id", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(oracleWorld);
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
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(oracleWorld);
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
    const { world, market, address } = await loadFixture(oracleWorld);
    const consumer = await new RecordingConsumer__factory(world.people.deployer).deploy(address, world.addresses.link);
    await world.token.transfer(await consumer.getAddress(), price);
    await world.link.transfer(await consumer.getAddress(), oracleFeeJuels);
    const open = await requestIn(
      market,
      await consumer.request(requestParams({ callbackGas: 300_000 }), oracleFeeJuels),
    );
    const oracle = await oracleRequestFor(world, open);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, await deliveryOf(market, open)));
    expect([await consumer.response(), await consumer.calls()]).to.deep.equal([resultOf(open.requestId), 1n]);
  });

  it("that leaves too little gas for the callback fails by name; the request stays open", async () => {
    const { world, gateway, market, address } = await loadFixture(oracleWorld);
    const consumer = await new RecordingConsumer__factory(world.people.deployer).deploy(address, world.addresses.link);
    await world.token.transfer(await consumer.getAddress(), price);
    await world.link.transfer(await consumer.getAddress(), oracleFeeJuels);
    const open = await requestIn(
      market,
      await consumer.request(requestParams({ callbackGas: 1_000_000 }), oracleFeeJuels),
    );
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
    ["that is empty behind the market's address", (d: string[]) => [d[0], d[1], d[2].slice(0, 66)], "MalformedProof"],
  ] as const;
  for (const [what, change, error] of refused) {
    it(`${what} is reported, not reverted; the request stays open for anyone to deliver`, async () => {
      const { world, gateway, market, open, oracle, delivery } = await loadFixture(oracleWorld);
      const answer = change([...delivery]) as [string, string, string];
      const transaction = await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, answer));
      await expect(transaction).to.not.emit(gateway, "Delivered");
      const [failed] = await gateway.queryFilter(gateway.filters.DeliveryFailed(answer[0], oracle.oracleRequestId));
      const { reason } = failed.args;
      expect((market.interface.parseError(reason) ?? gateway.interface.parseError(reason))?.name).to.equal(error);
      expect(await market.statusOf(open.requestId)).to.equal(1);
      await deliver(market.connect(world.people.stranger), open);
      expect(await market.statusOf(open.requestId)).to.equal(2);
      await expectNoLinkLeft(world);
    });
  }

  it("that is not even encoded is swallowed by the Operator; the request stays open", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(oracleWorld);
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
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(oracleWorld);
    await deliver(market, open);
    const accounts = await market.accounts();
    const reason = market.interface.encodeErrorResult("RequestNotOpen", [open.requestId, 2]);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery)))
      .to.emit(gateway, "DeliveryFailed")
      .withArgs(open.requestId, oracle.oracleRequestId, reason);
    expect(await market.accounts()).to.deep.equal(accounts);
  });

  it("that comes too late is reported with the deadline", async () => {
    const { world, gateway, market, open, oracle, delivery } = await loadFixture(oracleWorld);
    const { deadlineUnixS } = open.request;
    await passDeadline(open);
    const reason = market.interface.encodeErrorResult("DeadlinePassed", [deadlineUnixS, deadlineUnixS + 1n]);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery)))
      .to.emit(gateway, "DeliveryFailed")
      .withArgs(open.requestId, oracle.oracleRequestId, reason);
  });

  it("cannot be given twice", async () => {
    const { world, oracle, delivery } = await loadFixture(oracleWorld);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery));
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery))).to.be.revertedWith(
      "Must have a valid requestId",
    );
  });

  it("is not taken for another request's", async () => {
    const { world, gateway, market, open, oracle } = await loadFixture(oracleWorld);
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
    const { gateway, oracle, delivery } = await loadFixture(oracleWorld);
    await expect(gateway.fulfill(oracle.oracleRequestId, ...delivery)).to.be.revertedWith(
      "Source must be the oracle of the request",
    );
    await expect(gateway.fulfill(id("none"), ...delivery)).to.be.revertedWith(
      "Source must be the oracle of the request",
    );
  });
});
