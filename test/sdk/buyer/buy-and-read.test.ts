import type { Figure } from "@sharebridge/algorithms/language/finish.ts";
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import { type AnswerKeyStore, memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { readAnswer } from "@sharebridge/sdk/buyer/read-answer.ts";
import { type RequestOptions, requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { figureLines } from "@sharebridge/sdk/cli/output.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { withdrawEarnings } from "@sharebridge/sdk/seller/withdraw-earnings.ts";
import { expect } from "chai";
import { fillPools } from "../support/pool.ts";
import { rejection } from "../support/rejection.ts";
import { payGapWords, scoreWords, suppressedPayGapWords } from "../support/tables.ts";
import { answerRequest, FEE_JUELS, PRICE, startWorld, type World } from "../support/world.ts";

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

  it("says of what nodes have suppressed that it is, and gives no number for it", async () => {
    const { requestId } = await buy();
    await answerRequest(world, requestId, suppressedPayGapWords());
    const { figures, outputs } = await readAnswer({ ...about(requestId), keys });
    for (const figure of [...figures, ...outputs]) {
      expect(figure.value, figure.name).to.equal(undefined);
      expect(figure.isSuppressed, figure.name).to.equal(true);
      expect(figure.undefinedReason).to.match(/^group (men|women) is too small/);
    }
    expect(figureLines(figures)).to.match(/^ {2}Number of men +suppressed {2}group men is too small/);
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

  it("refuses too little money and a price above the limit, each in a sentence", async () => {
    const poor = await rejection(buy({ signer: world.wallets.stranger }));
    expect(poor.code).to.equal("InsufficientBalance");
    expect(poor.message).to.match(/The price is 9\.0 SBT, 0x\w+ has 0\.0\. Get more SBT/);
    const dear = await rejection(buy({ maxPrice: PRICE - 1n }));
    expect(dear.code).to.equal("PriceAboveMaximum");
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
