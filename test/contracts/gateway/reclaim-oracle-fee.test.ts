import { expect } from "chai";
import { id, ZeroAddress, ZeroHash } from "ethers";
import { atTime, ethers, loadFixture } from "../support/chain.ts";
import { deliver, openMarket, passDeadline, request } from "../support/market.ts";
import { expectNoLinkLeft, fulfill, jobAnswer, oracleRequestFor, oracleWorld } from "../support/oracle.ts";
import { oracleFeeJuels } from "../support/world.ts";

describe("OperatorGateway: reclaimOracleFee", () => {
  it("gives the fee back to the payer when the answer came directly, once, whoever calls", async () => {
    const { world, gateway, market, open, oracle, address } = await loadFixture(oracleWorld);
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
    const { gateway, market, open, oracle, address } = await loadFixture(oracleWorld);
    await deliver(market, open);
    await atTime(oracle.cancelExpiration - 1n);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "OracleRequestNotExpired")
      .withArgs(oracle.cancelExpiration, oracle.cancelExpiration - 1n);
  });

  it("waits for the market's deadline while the request is open", async () => {
    const { gateway, open, address } = await loadFixture(oracleWorld);
    const { deadlineUnixS } = open.request;
    await atTime(deadlineUnixS);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "RequestStillOpen")
      .withArgs(open.requestId, deadlineUnixS);
    await atTime(deadlineUnixS + 1n);
    await gateway.reclaimOracleFee(address, open.requestId, open.request);
  });

  it("works before and after the market's cancellation, which never touches the Operator", async () => {
    const { world, gateway, market, open, address } = await loadFixture(oracleWorld);
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
    const { world, gateway, open, oracle, delivery, address } = await loadFixture(oracleWorld);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, [delivery[0], delivery[1], "0x"]));
    await passDeadline(open);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "NoOracleFee")
      .withArgs(open.requestId);
  });

  it("is refused once the oracle has answered another request with it, and no fee is shown any more", async () => {
    const { world, gateway, market, open, oracle, delivery, address } = await loadFixture(oracleWorld);
    const second = await request(market);
    const secondOracle = await oracleRequestFor(world, second);
    await fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, [second.requestId, delivery[1], delivery[2]]));
    expect([...(await gateway.feeOf(open.requestId))]).to.deep.equal([ZeroAddress, 0n, ZeroHash]);
    // The other request's own fee is untouched.
    expect((await gateway.feeOf(second.requestId)).oracleRequestId).to.equal(secondOracle.oracleRequestId);
    await passDeadline(second);
    await gateway.reclaimOracleFee(address, second.requestId, second.request);
    await expect(gateway.reclaimOracleFee(address, open.requestId, open.request))
      .to.be.revertedWithCustomError(gateway, "NoOracleFee")
      .withArgs(open.requestId);
    await expectNoLinkLeft(world);
  });

  it("ends the oracle request: a later answer is refused by the Operator", async () => {
    const { world, gateway, open, oracle, delivery, address } = await loadFixture(oracleWorld);
    await passDeadline(open);
    await gateway.reclaimOracleFee(address, open.requestId, open.request);
    await expect(fulfill(world, oracle, jobAnswer(oracle.oracleRequestId, delivery))).to.be.revertedWith(
      "Must have a valid requestId",
    );
  });

  it("refuses a changed request, another market, and a contract that is none", async () => {
    const { world, gateway, market, open, address } = await loadFixture(oracleWorld);
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
