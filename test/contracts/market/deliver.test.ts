import type { DataMarket } from "@sharebridge/contracts";
import { marketDomain } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { concat, dataSlice, id, keccak256, recoverAddress, Signature, toBeHex, ZeroAddress } from "ethers";
import { atTime, chainId, loadFixture } from "../support/chain.ts";
import { answerFor, committee, resultOf, signAnswer } from "../support/committee.ts";
import {
  type DeliveryChanges,
  deliver,
  deliveryOf,
  type GatewayKind,
  gatewayKinds,
  type OpenRequest,
  openMarket,
  price,
  publishAndJoin,
  request,
} from "../support/market.ts";
import { deployWorld } from "../support/world.ts";

async function openWorld(kind: GatewayKind) {
  const world = await deployWorld();
  const market = await openMarket(world, kind);
  const other = await openMarket(world, kind);
  const seller = world.people.sellers[0];
  await publishAndJoin(world, market, seller, 20n);
  await publishAndJoin(world, other, seller, 20n);
  const open = await request(market);
  const asStranger = market.connect(world.people.stranger);
  return { world, market: asStranger, other, open, address: await market.getAddress() };
}

/** The call reverts with this error, the request stays open, and no money has moved. */
async function expectRefused(
  { market, open }: { market: DataMarket; open: OpenRequest },
  call: () => Promise<unknown>,
  error: string,
  args: readonly unknown[],
): Promise<void> {
  const accounts = await market.accounts();
  await expect(call())
    .to.be.revertedWithCustomError(market, error)
    .withArgs(...args);
  expect(await market.statusOf(open.requestId)).to.equal(1);
  expect(await market.accounts()).to.deep.equal(accounts);
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
  describe(`deliver in a market with the ${kind}`, () => {
    it("takes an answer from anyone, emits it and settles", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      const { requestId } = open;
      const answer = answerFor(requestId, resultOf(requestId));
      const transaction = deliver(market, open);
      await expect(transaction)
        .to.emit(market, "Answered")
        .withArgs(requestId, Object.values(answer), 0b0111, resultOf(requestId));
      const committeeAmount = (price * 1_500n) / 10_000n;
      await expect(transaction)
        .to.emit(market, "Settled")
        .withArgs(requestId, (price * 7_000n) / 10_000n, price / 10n, committeeAmount, price / 20n);
      expect(await market.statusOf(requestId)).to.equal(2);
    });

    for (const seats of [
      [0, 1, 3],
      [0, 2, 3],
      [1, 2, 3],
      [0, 1, 2, 3],
    ]) {
      it(`takes the signatures of seats ${seats}`, async () => {
        const { market, open } = await loadFixture(fixtures[kind]);
        await deliver(market, open, { seats });
      });
    }

    it("takes an answer of three active seats, and pays no other", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      await deliver(market, open, { seats: [0, 2, 3], answer: { activeSet: 0b1101 } });
      expect(await market.balanceOf(committee[1].address)).to.equal(0);
      expect(await market.balanceOf(committee[0].address)).to.equal((price * 1_500n) / 10_000n / 3n);
    });

    it("refuses two signatures, and none", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      for (const seats of [[1, 3], []]) {
        await expectRefused({ market, open }, () => deliver(market, open, { seats }), "TooFewSignatures", [
          seats.length,
          3,
        ]);
      }
    });

    it("refuses a repeated signer in another's place", async () => {
      const { market, open, address } = await loadFixture(fixtures[kind]);
      const answer = answerFor(open.requestId, resultOf(open.requestId));
      const signatures = await signAnswer(address, answer, [0, 1, 1]);
      await expectRefused({ market, open }, () => deliver(market, open, { signatures }), "WrongSigner", [
        2,
        committee[1].address,
        committee[2].address,
      ]);
    });

    it("refuses signatures out of the order of the seats", async () => {
      const { market, open, address } = await loadFixture(fixtures[kind]);
      const signatures = await signAnswer(address, answerFor(open.requestId, resultOf(open.requestId)), [1, 0, 2]);
      await expectRefused({ market, open }, () => deliver(market, open, { signatures }), "WrongSigner", [
        0,
        committee[1].address,
        committee[0].address,
      ]);
    });

    it("refuses signatures for another request, chain or market", async () => {
      const { market, other, open, address } = await loadFixture(fixtures[kind]);
      const answer = answerFor(open.requestId, resultOf(open.requestId));
      const digest = await market.digestOf(answer);
      for (const [signed, domain] of [
        [{ ...answer, requestId: id("another") }, marketDomain(chainId, address)],
        [answer, marketDomain(1n, address)],
        [answer, marketDomain(chainId, await other.getAddress())],
      ] as const) {
        const signatures = await signAnswer(address, signed, [0, 1, 2], domain);
        await expectRefused({ market, open }, () => deliver(market, open, { signatures }), "WrongSigner", [
          0,
          recoverAddress(digest, dataSlice(signatures, 0, 65)),
          committee[0].address,
        ]);
      }
    });

    it("refuses a high s, a v that is none, and rubbish", async () => {
      const { market, open, address } = await loadFixture(fixtures[kind]);
      const signatures = await signAnswer(address, answerFor(open.requestId, resultOf(open.requestId)), [0, 1, 2]);
      const { r, s, v } = Signature.from(dataSlice(signatures, 65, 130));
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
      const highS = concat([r, toBeHex(order - BigInt(s), 32), toBeHex(v === 27 ? 28 : 27)]);
      for (const second of [highS, concat([r, s, "0x00"]), concat([r, s, "0x1d"]), `0x${"00".repeat(65)}`]) {
        const changed = concat([dataSlice(signatures, 0, 65), second, dataSlice(signatures, 130)]);
        await expectRefused({ market, open }, () => deliver(market, open, { signatures: changed }), "WrongSigner", [
          1,
          ZeroAddress,
          committee[1].address,
        ]);
      }
    });

    it("refuses signatures that are too short or too long", async () => {
      const { market, open, address } = await loadFixture(fixtures[kind]);
      const three = await signAnswer(address, answerFor(open.requestId, resultOf(open.requestId)), [0, 1, 2]);
      for (const signatures of [dataSlice(three, 1), `${three}00`]) {
        await expectRefused({ market, open }, () => deliver(market, open, { signatures }), "SignaturesLengthMismatch", [
          (signatures.length - 2) / 2,
          195,
        ]);
      }
    });

    const wrongAnswers: [string, DeliveryChanges, string, unknown[]][] = [
      ["seats that do not exist", { signerSeats: 0b10011 }, "InvalidSeats", [0b10011]],
      ["active seats that do not exist", { answer: { activeSet: 0b11111 } }, "InvalidSeats", [0b11111]],
      ["two active seats", { answer: { activeSet: 0b0011 } }, "InvalidSeats", [0b0011]],
      ["a signer who was not active", { answer: { activeSet: 0b1110 } }, "SignerNotActive", [0b0111, 0b1110]],
      ["another status", { answer: { status: 2 } }, "UnsupportedStatus", [2]],
      ["another proof type", { answer: { proofType: 2 } }, "UnsupportedProofType", [2]],
    ];
    for (const [what, changes, error, args] of wrongAnswers) {
      it(`refuses ${what}`, async () => {
        const { market, open } = await loadFixture(fixtures[kind]);
        await expectRefused({ market, open }, () => deliver(market, open, changes), error, args);
      });
    }

    it("refuses a result that was not signed", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      const signed = resultOf(open.requestId);
      const result = `${signed.slice(0, -2)}${signed.endsWith("00") ? "01" : "00"}`;
      await expectRefused({ market, open }, () => deliver(market, open, { result }), "ResultMismatch", [
        keccak256(result),
        keccak256(signed),
      ]);
    });

    it("takes a result of 256 outputs and refuses a longer one", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      const longest = `0x${"01".repeat(8_256)}`;
      await expectRefused(
        { market, open },
        () => deliver(market, open, { result: `${longest}01` }),
        "ResultTooLong",
        [8_257, 8_256],
      );
      await deliver(market, open, { result: longest, answer: { outputsHash: keccak256(longest) } });
    });

    it("refuses an answer to another request", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      await expectRefused(
        { market, open },
        () => deliver(market, open, { answer: { requestId: id("another") } }),
        "AnswerForAnotherRequest",
        [id("another"), open.requestId],
      );
    });

    it("refuses a request that was changed, in any field", async () => {
      const { market, open } = await loadFixture(fixtures[kind]);
      for (const changes of [{ price: price - 1n }, { deadlineUnixS: 2n ** 60n }, { poolRows: 1n }, { epoch: 2n }]) {
        const computed = await market.requestIdOf({ ...open.request, ...changes });
        await expectRefused({ market, open }, () => deliver(market, open, { request: changes }), "RequestMismatch", [
          open.requestId,
          computed,
        ]);
      }
    });

    it("refuses a proof for another market, and one that is no proof", async () => {
      const { world, market, other, open, address } = await loadFixture(fixtures[kind]);
      const otherAddress = await other.getAddress();
      await expectRefused({ market, open }, () => deliver(market, open, { market: otherAddress }), "WrongMarket", [
        otherAddress,
        address,
      ]);
      const elsewhere = await request(other.connect(world.people.buyer));
      await expectRefused(
        { market, open },
        async () => market.deliver(...(await deliveryOf(other, elsewhere))),
        "WrongMarket",
        [otherAddress, address],
      );
      await expect(deliver(market, elsewhere))
        .to.be.revertedWithCustomError(market, "UnknownRequest")
        .withArgs(elsewhere.requestId);
      const [requestId, result, proof] = await deliveryOf(market, open);
      const wordAt = (index: number, value: bigint) =>
        concat([dataSlice(proof, 0, 32 * index), toBeHex(value, 32), dataSlice(proof, 32 * index + 32)]);
      for (const garbage of [
        "0x",
        "0x1234",
        dataSlice(proof, 0, 831),
        // One byte less than the signatures have.
        dataSlice(proof, 0, 832 + 194),
        // Offsets of the proof and of its signatures, and the signatures' length.
        wordAt(1, 65n),
        wordAt(1, 2n ** 255n),
        wordAt(24, 737n),
        wordAt(24, 2n ** 256n - 1n),
        wordAt(25, 2n ** 256n - 1n),
      ]) {
        await expectRefused({ market, open }, () => market.deliver(requestId, result, garbage), "MalformedProof", []);
      }
      // The padding after the signatures is nobody's.
      await market.deliver(requestId, result, dataSlice(proof, 0, 832 + 195));
    });

    it("refuses a second delivery, and one after a cancellation", async () => {
      const { market, open, world } = await loadFixture(fixtures[kind]);
      await deliver(market, open);
      await expect(deliver(market, open))
        .to.be.revertedWithCustomError(market, "RequestNotOpen")
        .withArgs(open.requestId, 2);
      const late = await request(market.connect(world.people.buyer));
      await atTime(late.request.deadlineUnixS + 1n);
      await market.cancel(late.requestId, late.request);
      await expect(deliver(market, late))
        .to.be.revertedWithCustomError(market, "RequestNotOpen")
        .withArgs(late.requestId, 3);
    });

    it("takes an answer in the last second of the deadline, none after it", async () => {
      const { world, market, open } = await loadFixture(fixtures[kind]);
      const second = await request(market.connect(world.people.buyer));
      await atTime(open.request.deadlineUnixS);
      await deliver(market, open);
      const { deadlineUnixS } = second.request;
      await atTime(deadlineUnixS + 1n);
      await expectRefused({ market, open: second }, () => deliver(market, second), "DeadlinePassed", [
        deadlineUnixS,
        deadlineUnixS + 1n,
      ]);
    });
  });
}
