import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { concat, dataSlice, id, keccak256, toBeHex, ZeroAddress } from "ethers";
import { atTime, ethers, loadFixture, structOf, time } from "../support/chain.ts";
import { committee } from "../support/committee.ts";
import {
  type GatewayKind,
  gatewayKinds,
  openMarket,
  price,
  publishAndJoin,
  request,
  requestParams,
  termsOf,
} from "../support/market.ts";
import { algorithm, deployWorld, oracleFeeJuels } from "../support/world.ts";

async function openWorld(kind: GatewayKind) {
  const world = await deployWorld();
  const market = await openMarket(world, kind);
  await publishAndJoin(world, market, world.people.sellers[0], 6n);
  await publishAndJoin(world, market, world.people.sellers[1], 14n);
  return { world, market, address: await market.getAddress() };
}

const fixtures = {
  OperatorGateway: async function withOperator() {
    return openWorld("OperatorGateway");
  },
  DirectGateway: async function withoutOracle() {
    return openWorld("DirectGateway");
  },
};

for (const kind of gatewayKinds) {
  describe(`requestComputation through the ${kind}`, () => {
    it("takes the price into escrow, emits the whole request and asks the gateway", async () => {
      const { world, market, address } = await loadFixture(fixtures[kind]);
      const { buyer } = world.people;
      const now = BigInt(await time.latest()) + 10n;
      await atTime(now);
      const parameters = encodeParameters([43n, -981n]);
      const transaction = await market.requestComputation(
        requestParams({ parameters, answerKey: id("key"), privateInputs: id("mine") }),
      );
      const [requested] = await market.queryFilter(market.filters.ComputationRequested());
      const { poolHash } = await market.pool();
      expect(structOf(requested.args.request)).to.deep.equal({
        nonce: 0n,
        buyer: buyer.address,
        parametersHash: keccak256(parameters),
        answerKey: id("key"),
        privateInputs: id("mine"),
        poolHash,
        poolVersion: 1n,
        poolRows: 20n,
        algorithm,
        epoch: 1n,
        price,
        deadlineUnixS: now + 3_600n,
        callback: ZeroAddress,
        callbackGas: 0n,
      });
      expect([requested.args.buyer, requested.args.parameters]).to.deep.equal([buyer.address, parameters]);
      expect(await market.statusOf(requested.args.requestId)).to.equal(1);
      await expect(transaction).to.changeTokenBalances(ethers, world.token, [buyer, market], [-price, price]);
      const fee = kind === "OperatorGateway" ? oracleFeeJuels : 0n;
      await expect(transaction).to.changeTokenBalances(ethers, world.link, [buyer, world.operator], [-fee, fee]);
      expect([...(await market.accounts())]).to.deep.equal([price, 0n, 0n, 0n]);
      expect(await world.token.balanceOf(address)).to.equal(price);
    });

    it("numbers requests, so that equal ones have their own ids", async () => {
      const { market } = await loadFixture(fixtures[kind]);
      const [first, second] = [await request(market), await request(market)];
      expect([first.request.nonce, second.request.nonce]).to.deep.equal([0n, 1n]);
      expect(first.requestId).to.not.equal(second.requestId);
    });

    it("takes a request in its last second and refuses it a second later", async () => {
      const { market } = await loadFixture(fixtures[kind]);
      const validUntilUnixS = BigInt(await time.latest()) + 100n;
      await atTime(validUntilUnixS);
      await market.requestComputation(requestParams({ validUntilUnixS }));
      await atTime(validUntilUnixS + 1n);
      await expect(market.requestComputation(requestParams({ validUntilUnixS })))
        .to.be.revertedWithCustomError(market, "RequestExpired")
        .withArgs(validUntilUnixS, validUntilUnixS + 1n);
    });

    const refusals = [
      ["a maximum below the price", { maxPrice: price - 1n }, "PriceAboveMaximum", [price, price - 1n]],
      ["more rows than there are", { minRows: 21 }, "TooFewRows", [20, 21]],
      ["more datasets than there are", { minDatasets: 3 }, "TooFewDatasets", [2, 3]],
      ["too long parameters", { parameters: `0x${"00".repeat(2_113)}` }, "ParametersTooLong", [2_113, 2_112]],
      ["gas for no callback", { callbackGas: 1 }, "CallbackGasOutOfBounds", [1, 0]],
      ["a callback without gas", { callback: `0x${"11".repeat(20)}` }, "CallbackGasOutOfBounds", [0, 1_000_000]],
      [
        "more gas than the market allows",
        { callback: `0x${"11".repeat(20)}`, callbackGas: 1_000_001 },
        "CallbackGasOutOfBounds",
        [1_000_001, 1_000_000],
      ],
    ] as const;
    for (const [what, changes, error, args] of refusals) {
      it(`refuses ${what}`, async () => {
        const { market } = await loadFixture(fixtures[kind]);
        await expect(market.requestComputation(requestParams(changes)))
          .to.be.revertedWithCustomError(market, error)
          .withArgs(...args);
      });
    }

    it("refuses parameters that are not laid out as abi.encode(int64[]), and takes nothing for them", async () => {
      const { world, market } = await loadFixture(fixtures[kind]);
      const { buyer } = world.people;
      const balances = async () => [await world.token.balanceOf(buyer), await world.link.balanceOf(buyer)];
      const before = await balances();
      const two = encodeParameters([1n, 2n]);
      const word = (value: bigint) => toBeHex(value, 32);
      for (const parameters of [
        "0x",
        "0x1234",
        dataSlice(encodeParameters([]), 0, 63),
        dataSlice(two, 0, 127),
        `${two}00`,
        concat([two, word(0n)]),
        dataSlice(two, 0, 96),
        concat([word(64n), dataSlice(two, 32)]),
        concat([word(32n), word(3n), dataSlice(two, 64)]),
        concat([word(32n), word(2n ** 256n - 1n), dataSlice(two, 64)]),
      ]) {
        await expect(market.requestComputation(requestParams({ parameters })), parameters)
          .to.be.revertedWithCustomError(market, "MalformedParameters")
          .withArgs();
      }
      expect(await balances()).to.deep.equal(before);
      expect([...(await market.accounts())]).to.deep.equal([0n, 0n, 0n, 0n]);
    });

    it("accepts all limits at their edges", async () => {
      const { market } = await loadFixture(fixtures[kind]);
      const parameters = encodeParameters(Array(64).fill(-1n));
      const callback = `0x${"11".repeat(20)}`;
      await request(market, {
        minRows: 20,
        minDatasets: 2,
        maxPrice: price,
        parameters,
        callback,
        callbackGas: 1_000_000,
      });
    });

    it("refuses a buyer without allowance or money, and keeps nothing", async () => {
      const { world, market, address } = await loadFixture(fixtures[kind]);
      const { stranger } = world.people;
      const asStranger = market.connect(stranger);
      await expect(asStranger.requestComputation(requestParams()))
        .to.be.revertedWithCustomError(world.token, "ERC20InsufficientAllowance")
        .withArgs(address, 0, price);
      await world.token.connect(stranger).approve(address, price);
      await expect(asStranger.requestComputation(requestParams()))
        .to.be.revertedWithCustomError(world.token, "ERC20InsufficientBalance")
        .withArgs(stranger.address, 0, price);
      expect([...(await market.accounts())]).to.deep.equal([0n, 0n, 0n, 0n]);
    });

    it("refuses an algorithm that fewer than three operators approve", async () => {
      const { world, market } = await loadFixture(fixtures[kind]);
      for (const seat of [0, 1]) {
        await world.algorithms.connect(committee[seat].connect(ethers.provider)).revoke(algorithm, 1, 1, seat);
      }
      await expect(market.requestComputation(requestParams()))
        .to.be.revertedWithCustomError(market, "AlgorithmNotRunnable")
        .withArgs(algorithm, 1, 1);
    });

    it("refuses a pool below the market's own minimum, and an empty one always", async () => {
      const { world } = await loadFixture(fixtures[kind]);
      const [seller] = world.people.sellers;
      const market = await openMarket(world, kind);
      await publishAndJoin(world, market, seller, 9n);
      await expect(market.requestComputation(requestParams({ minRows: 0 })))
        .to.be.revertedWithCustomError(market, "TooFewRows")
        .withArgs(9, 10);
      const lenient = await openMarket(world, kind, { minRows: 0 });
      await expect(lenient.requestComputation(requestParams({ minRows: 0, minDatasets: 0 })))
        .to.be.revertedWithCustomError(market, "TooFewRows")
        .withArgs(0, 1);
    });
  });
}

describe("requestComputation through the OperatorGateway", () => {
  it("refuses a buyer who cannot pay the oracle, and takes no price either", async () => {
    const { world, market } = await loadFixture(fixtures.OperatorGateway);
    const { buyer } = world.people;
    await world.link.connect(buyer).approve(world.addresses.operatorGateway, oracleFeeJuels - 1n);
    const before = await world.token.balanceOf(buyer.address);
    await expect(market.requestComputation(requestParams())).to.be.revertedWith("ERC20: insufficient allowance");
    expect(await world.token.balanceOf(buyer.address)).to.equal(before);
  });

  it("cannot be asked past the market", async () => {
    const { world } = await loadFixture(fixtures.OperatorGateway);
    const { stranger, buyer } = world.people;
    for (const gateway of [world.operatorGateway, world.directGateway]) {
      await expect(gateway.connect(stranger).requestAnswer(id("request"), buyer.address))
        .to.be.revertedWithCustomError(gateway, "NotAMarket")
        .withArgs(stranger.address);
    }
    expect(await world.directGateway.feeJuels()).to.equal(0);
    expect(termsOf(world, "DirectGateway").gateway).to.equal(world.addresses.directGateway);
  });
});
