import type { Figure } from "@sharebridge/algorithms/language/finish.ts";
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import { IOperatorGateway__factory, Operator__factory } from "@sharebridge/contracts";
import { type AnswerKeyStore, memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { cancelRequest } from "@sharebridge/sdk/buyer/cancel-request.ts";
import { deliverAnswer } from "@sharebridge/sdk/buyer/deliver-answer.ts";
import { readAnswer } from "@sharebridge/sdk/buyer/read-answer.ts";
import { type RequestOptions, requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { verifyAnswer } from "@sharebridge/sdk/buyer/verify-answer.ts";
import { waitForAnswer } from "@sharebridge/sdk/buyer/wait-for-answer.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { withdrawEarnings } from "@sharebridge/sdk/seller/withdraw-earnings.ts";
import { expect } from "chai";
import { AbiCoder, concat, ZeroHash } from "ethers";
import { fillPools } from "../support/pool.ts";
import { rejection } from "../support/rejection.ts";
import { payGapWords, scoreWords } from "../support/tables.ts";
import { answerRequest, computeAnswer, FEE_JUELS, PRICE, startWorld, type World } from "../support/world.ts";

const quick = { attempts: 1, retryDelayMs: 1 };
const half = { intercept: "1", weight_education: "0.5", weight_experience: "-0.25" };
const halfWords = [65536n, 32768n, -16384n];

describe("buying a computation", () => {
  let world: World;
  let keys: AnswerKeyStore;
  const buy = (options: Partial<RequestOptions> = {}) =>
    requestComputation({ signer: world.wallets.buyer, market: world.payGapMarket, keys, ...options });
  const about = (requestId: string) => ({ connection: world.connection, requestId });

  before(async () => {
    world = await startWorld();
    await fillPools(world);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    keys = memoryKeyStore();
  });

  it("pays price and oracle fee, and asks with a fresh answer key", async () => {
    const said: string[] = [];
    const { requestId, rows, costs } = await buy({ onProgress: (message) => said.push(message) });
    expect(rows).to.equal(6n);
    expect(costs.map(({ what, amount }) => [what, amount])).to.deep.equal([
      ["price", PRICE],
      ["oracle fee", FEE_JUELS],
    ]);
    expect(said.slice(0, 2)).to.deep.equal(["Approving the price", "Approving the oracle fee"]);
    expect((await world.payGapMarket.contract.accounts()).openEscrow).to.equal(PRICE);
    expect(await world.payGapMarket.contract.statusOf(requestId)).to.equal(1n);
  });

  it("opens a sealed answer, with figures and their declared errors", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, payGapWords());
    const answer = await readAnswer({ ...about(requestId), keys });
    expect(answer.sealed).to.equal(true);
    expect(answer.words).to.deep.equal(payGapWords());
    expect(answer.notes).to.deep.equal([]);
    const men = [6.67, 4, 7.5, 13.07];
    const mean = answer.figures.find(({ name }) => name === "mean_wage_men")!;
    expectWithin(mean, men.reduce((sum, wage) => sum + wage) / 4, 1e-3);
    expect(answer.figures).to.have.length(payGap.finish.length);
  });

  it("opens it with one node silent and another lying, and says so", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, payGapWords());
    world.nodes[0].fault = () => "hang up";
    world.nodes[1].answers.get(requestId)!.opening![40] ^= 1;
    const answer = await readAnswer({ ...about(requestId), keys, nodes: quick });
    expect(answer.words).to.deep.equal(payGapWords());
    expect(answer.notes.join(" ")).to.match(/Node 0 .*cannot be reached.*Node 1 gave a share that does not match/);
  });

  it("says that an answer is not lost when too few nodes open it", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, payGapWords());
    for (const node of world.nodes.slice(1)) node.fault = () => "hang up";
    const error = await rejection(readAnswer({ ...about(requestId), keys, nodes: quick }));
    expect(error.code).to.equal("AnswerUnavailable");
    expect(error.message).to.match(/1 nodes .*Node 1 .*the answer is not lost/);
  });

  it("cannot open a sealed answer without its key, and says where to look", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, payGapWords());
    const error = await rejection(readAnswer({ ...about(requestId), keys: memoryKeyStore() }));
    expect(error.code).to.equal("AnswerKeyMissing");
    expect((await rejection(buy({ keys: undefined as never }))).code).to.equal("AnswerKeyMissing");
  });

  it("reads a public answer with the buyer's parameters", async () => {
    const { requestId } = await buy({ market: world.scoreMarket, answer: "public", parameters: half });
    await answerRequest(world, requestId, scoreWords(halfWords));
    const answer = await readAnswer(about(requestId));
    expect(answer.sealed).to.equal(false);
    const years = [
      [8, 21],
      [9, 42],
      [12, 1],
      [12, 4],
      [12, 17],
      [13, 9],
    ];
    const scores = years.map(([education, experience]) => 1 + education / 2 - experience / 4);
    const mean = answer.figures.find(({ name }) => name === "mean_score")!;
    expectWithin(mean, scores.reduce((sum, score) => sum + score) / 6, 1e-2);
  });

  it("refuses wrong parameters before anything is paid", async () => {
    const before = await world.wallets.buyer.getNonce();
    const { scoreMarket: market } = world;
    for (const [parameters, sentence] of [
      [{ ...half, extra: "1" }, /no parameter extra/],
      [{ intercept: "1" }, /weight_education is missing/],
      [{ ...half, intercept: "much" }, /intercept: .*not a decimal number/],
      [{ ...half, intercept: "1000" }, /intercept: 1000 is not in -100 to 100/],
    ] as [Record<string, string>, RegExp][]) {
      const error = await rejection(buy({ market, parameters }));
      expect(error.code).to.equal("InvalidParameters");
      expect(error.message).to.match(sentence);
    }
    expect(await world.wallets.buyer.getNonce()).to.equal(before);
  });

  it("refuses too little money, a price above the limit and too small a pool, each in a sentence", async () => {
    const poor = await rejection(buy({ signer: world.wallets.stranger }));
    expect(poor.code).to.equal("InsufficientBalance");
    expect(poor.message).to.match(/The price is 9\.0 SBT, 0x\w+ has 0\.0\. Get more SBT/);
    const dear = await rejection(buy({ maxPrice: PRICE - 1n }));
    expect(dear.code).to.equal("PriceAboveMaximum");
    const small = await rejection(buy({ minRows: 7n }));
    expect(small.code).to.equal("Reverted");
    expect(small.message).to.equal("The pool has 6 rows, 7 are needed. Wait for more sellers, or lower your minimum.");
  });

  describe("verifyAnswer", () => {
    const results = ({ checks }: { checks: readonly { name: string; passed: boolean }[] }) =>
      Object.fromEntries(checks.map(({ name, passed }) => [name, passed]));
    const all = (passed: boolean) => ({
      "request id": passed,
      parameters: passed,
      pool: passed,
      result: passed,
      commitments: passed,
      signatures: passed,
    });

    it("passes a delivery straight to the market, also after the pool has changed", async () => {
      const { requestId } = await buy();
      await answerRequest(world, requestId, payGapWords());
      const [member] = (await earningsIn(world.payGapMarket, world.wallets.seller1.address)).datasets;
      await (await world.payGapMarket.contract.connect(world.wallets.seller1).leavePool(member.datasetId)).wait();
      const verification = await verifyAnswer(about(requestId));
      expect(results(verification)).to.deep.equal(all(true));
      expect(verification.valid).to.equal(true);
      expect(verification.checks.at(-1)?.detail).to.match(/^seats 0, 1, 2 of committee/);
    });

    it("finds the proof inside the Operator's fulfilment", async () => {
      const { requestId } = await buy();
      const { result, proof } = await computeAnswer(world, requestId, payGapWords());
      const { oracle } = world.wallets;
      const gateway = IOperatorGateway__factory.connect(world.payGapMarket.terms.gateway, oracle);
      const operator = Operator__factory.connect(await gateway.operator(), oracle);
      const { oracleRequestId } = await gateway.feeOf(requestId);
      const [asked] = await operator.queryFilter(operator.filters.OracleRequest());
      const data = AbiCoder.defaultAbiCoder().encode(
        ["bytes32", "bytes32", "bytes", "bytes"],
        [oracleRequestId, requestId, result, proof],
      );
      const { payment, callbackAddr, callbackFunctionId, cancelExpiration } = asked.args;
      await (
        await operator.fulfillOracleRequest2(
          asked.args.requestId,
          payment,
          callbackAddr,
          callbackFunctionId,
          cancelExpiration,
          data,
          { gasLimit: 2_000_000 },
        )
      ).wait();
      expect(results(await verifyAnswer(about(requestId)))).to.deep.equal(all(true));
    });

    it("counts only seats that signed this very answer for this market", async () => {
      const { requestId } = await buy();
      await answerRequest(world, requestId, payGapWords());
      // The registry of another committee: the same signatures prove nothing.
      const strangers = Array(4).fill(world.wallets.stranger.address);
      const committees = Object.assign(Object.create(world.connection.committees), {
        signersOf: async () => strangers,
      });
      const foreign = { ...world.connection, committees };
      const verification = await verifyAnswer({ connection: foreign, requestId });
      expect(verification.valid).to.equal(false);
      expect(verification.checks.at(-1)?.detail).to.match(/only 0 seats/);
    });

    it("fails the signatures when the calldata holds none, and the rest still counts", async () => {
      const { requestId } = await buy();
      await answerRequest(world, requestId, payGapWords());
      const { provider: real } = world.connection;
      const provider = new Proxy(real, {
        get(_, name) {
          if (name === "getTransaction") return async () => ({ data: concat([ZeroHash, requestId, ZeroHash]) });
          const member: unknown = Reflect.get(real, name, real);
          return typeof member === "function" ? member.bind(real) : member;
        },
      });
      const verification = await verifyAnswer({ connection: { ...world.connection, provider }, requestId });
      expect(results(verification)).to.deep.equal({ ...all(true), signatures: false });
      expect(verification.checks.at(-1)?.detail).to.match(/holds no proof/);
    });

    it("has nothing to verify before the answer, or for an unknown request", async () => {
      const { requestId } = await buy();
      expect((await rejection(verifyAnswer(about(requestId)))).code).to.equal("NotAnswered");
      expect((await rejection(verifyAnswer(about(ZeroHash)))).code).to.equal("UnknownRequest");
      expect((await rejection(verifyAnswer(about("0x12")))).message).to.match(/0x and 64 hexadecimal digits/);
    });
  });

  describe("waitForAnswer", () => {
    it("reports what nodes do and resolves with the answer", async () => {
      const { requestId } = await buy();
      const said: string[] = [];
      const answer = await waitForAnswer({
        ...about(requestId),
        pollMs: 1,
        onProgress: ({ message }) => {
          said.push(message);
          if (/signed/.test(message)) void deliverAnswer({ ...about(requestId), signer: world.wallets.stranger });
          else void computeAnswer(world, requestId, payGapWords());
        },
        nodes: { fetch: withQueuedFirst(globalThis.fetch) },
      });
      expect(answer.answer.requestId).to.equal(requestId);
      expect(said[0]).to.equal("4 of 4 nodes have taken the request on");
      expect(said.at(-1)).to.match(/of 4 nodes have signed the answer/);
    });

    it("says that cancelling is possible once the deadline has passed, and cancelling refunds", async () => {
      const { requestId } = await buy();
      const early = await rejection(cancelRequest({ ...about(requestId), signer: world.wallets.stranger }));
      expect(early.message).to.match(/only after its deadline .* UTC/);
      await world.passTime(4_000);
      const overdue = await rejection(waitForAnswer({ ...about(requestId), pollMs: 1 }));
      expect(overdue.code).to.equal("AnswerOverdue");
      expect(overdue.message).to.include(`sharebridge cancel ${requestId}`);
      const cancelled = await cancelRequest({ ...about(requestId), signer: world.wallets.stranger });
      expect(cancelled.refund).to.equal(PRICE);
      expect(cancelled.buyer).to.equal(world.wallets.buyer.address);
      expect((await rejection(waitForAnswer({ ...about(requestId), pollMs: 1 }))).code).to.equal("RequestCancelled");
      const again = await rejection(cancelRequest({ ...about(requestId), signer: world.wallets.stranger }));
      expect(again.message).to.match(/no longer open/);
    });

    it("stops when it is told to", async () => {
      const { requestId } = await buy();
      const stop = new AbortController();
      const waiting = waitForAnswer({ ...about(requestId), pollMs: 600_000, signal: stop.signal });
      setImmediate(() => stop.abort());
      expect((await rejection(waiting)).code).to.equal("Aborted");
    });
  });

  describe("deliverAnswer", () => {
    it("delivers with the first three seats that agree", async () => {
      const { requestId } = await buy();
      await computeAnswer(world, requestId, payGapWords());
      world.nodes[1].fault = () => "hang up";
      const delivered = await deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick });
      expect(delivered.seats).to.deep.equal([0, 2, 3]);
      expect((await verifyAnswer(about(requestId))).valid).to.equal(true);
    });

    it("refuses fewer than three signatures, and answers that the seat did not sign", async () => {
      const { requestId } = await buy();
      await computeAnswer(world, requestId, payGapWords());
      world.nodes[1].fault = () => "hang up";
      const forged = world.nodes[2].answers.get(requestId)!;
      world.nodes[2].answers.set(requestId, { ...forged, result: "0x1234" });
      const error = await rejection(
        deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick }),
      );
      expect(error.code).to.equal("AnswerUnavailable");
      expect(error.message).to.match(/^2 nodes have signed one answer/);
      expect(error.message).to.match(/Node 2 gives an answer that its key on chain did not sign/);
    });
  });

  it("pays sellers, author, operators and owner; withdrawing leaves nothing behind", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, payGapWords());
    const { seller1, seller2, author, owner, stranger } = world.wallets;
    let total = 0n;
    for (const signer of [seller1, seller2, author, owner, ...world.nodes.map((node) => node.wallet)]) {
      total += (await earningsIn(world.payGapMarket, signer.address)).total;
    }
    expect(total)
      .to.be.greaterThan(PRICE - 10n)
      .and.lessThanOrEqual(PRICE);
    const expected = await earningsIn(world.payGapMarket, seller1.address);
    expect(expected.datasets[0].claimable).to.equal((PRICE * 7_000n * 4n) / 6n / 10_000n);
    const payouts = await withdrawEarnings({ signer: seller1, market: world.payGapMarket });
    expect(payouts.map(({ amount }) => amount)).to.deep.equal([expected.total]);
    expect((await earningsIn(world.payGapMarket, seller1.address)).total).to.equal(0n);
    const [own] = await withdrawEarnings({ signer: author, market: world.payGapMarket });
    expect(own.amount).to.equal(PRICE / 10n);
    expect(await withdrawEarnings({ signer: stranger, market: world.payGapMarket })).to.deep.equal([]);
  });
});

/** The figure is within its own declared error of the clear one, and that error is a useful one. */
function expectWithin(figure: Figure, clear: number, largestError: number): void {
  const { value = Number.NaN, error = Number.NaN } = figure;
  // Hardhat's matchers take over chai's closeTo and refuse fractions.
  expect(Math.abs(value - clear) <= error, `${value} is within ${error} of ${clear}`).to.equal(true);
  expect(error > 0 && error < largestError, `${error} is below ${largestError}`).to.equal(true);
}

/** The first answer of each node says "queued", whatever the node says. */
function withQueuedFirst(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const seen = new Set<string>();
  return async (input, init) => {
    const url = String(input);
    if (seen.has(url)) return fetch(input, init);
    seen.add(url);
    return Response.json({ state: "queued" });
  };
}
