import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import type { IDataMarket } from "@sharebridge/contracts";
import { TestToken__factory } from "@sharebridge/contracts";
import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import { memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { cancelRequest } from "@sharebridge/sdk/buyer/cancel-request.ts";
import { checkConsent } from "@sharebridge/sdk/buyer/check-consent.ts";
import { requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { type Market, openMarket, seatsOf } from "@sharebridge/sdk/network/open-market.ts";
import { readUsage } from "@sharebridge/sdk/network/read-usage.ts";
import { agreeingReceipts, collectReceipt } from "@sharebridge/sdk/seller/collect-receipt.ts";
import { joinMarket } from "@sharebridge/sdk/seller/join-market.ts";
import { leaveMarket } from "@sharebridge/sdk/seller/leave-market.ts";
import { parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { expect } from "chai";
import { MaxUint256, ZeroAddress, ZeroHash } from "ethers";
import { createMarket } from "../../../scripts/deploy.ts";
import { rejection } from "../support/rejection.ts";
import { workers, workersSchema } from "../support/tables.ts";
import { termsObject } from "../support/terms.ts";
import { DEADLINE_SECONDS, PRICE, startWorld, type World } from "../support/world.ts";

describe("what sellers consent to, before a buyer pays", () => {
  let world: World;
  let other: Market;
  let datasetId: bigint;

  const buy = (market: Market) => requestComputation({ signer: world.wallets.buyer, market, keys: memoryKeyStore() });
  const refused = async (market: Market) => {
    const nonce = await world.wallets.buyer.getNonce();
    const error = await rejection(buy(market));
    expect(await world.wallets.buyer.getNonce(), "transactions sent").to.equal(nonce);
    return error;
  };
  /** Another market of the pay gap, through the gateway that costs nothing. */
  const market = async (changes: Partial<IDataMarket.TermsStruct> = {}) => {
    const terms = termsObject(await world.payGapMarket.contract.terms());
    const { gateway } = world.scoreMarket.terms;
    const { factory } = world.connection.description;
    return openMarket(
      world.connection,
      await createMarket(world.wallets.owner, factory, { ...terms, gateway, ...changes }),
    );
  };
  const join = async (into: Market) => {
    const { commitment } = await world.connection.datasets.datasetOf(datasetId);
    const seats = await seatsOf(world.connection, into.terms.committeeId, 1n);
    const dataset = { datasetId, commitment, epoch: 1n };
    const receipts = agreeingReceipts(await Promise.all(seats.map((seat) => collectReceipt(into, dataset, seat))));
    await joinMarket({ signer: world.wallets.seller1, market: into, datasetId, receipts });
  };

  before(async () => {
    world = await startWorld();
    const policy = parsePolicy({ ...policyFor(world.payGapMarket), maxUses: 2 });
    const { seller1: signer } = world.wallets;
    const published = await publishDataset({
      ...{ signer, market: world.payGapMarket, table: workers, schema: workersSchema, policy },
    });
    datasetId = published.datasetId;
    other = await market();
    await join(other);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  it("two markets use up one dataset's uses together, and a cancelled request's is not returned", async () => {
    const first = await buy(world.payGapMarket);
    await buy(other);
    expect((await readUsage(world.connection, [datasetId])).get(datasetId)).to.deep.equal({
      ...{ uses: 2, epsilon: 0n, delta: 0n },
    });
    for (const each of [world.payGapMarket, other]) {
      const error = await refused(each);
      expect(error.code).to.equal("UsesExhausted");
      expect(error.message).to.match(
        /^The seller of dataset 0x[0-9a-f]{64} consents to 2 requests, and there were 2\./,
      );
    }
    await world.passTime(DEADLINE_SECONDS + 1);
    await cancelRequest({ signer: world.wallets.buyer, connection: world.connection, requestId: first.requestId });
    expect((await refused(other)).code).to.equal("UsesExhausted");
  });

  it("a use ends where the dataset leaves, and goes on where it comes back", async () => {
    await buy(world.payGapMarket);
    await leaveMarket({ signer: world.wallets.seller1, market: other, datasetId });
    await join(other);
    await buy(other);
    expect((await refused(other)).code).to.equal("UsesExhausted");
  });

  it("a privacy budget ends, by what the markets' terms say that requests cost", async () => {
    const { buyer } = world.wallets;
    const noised = await market({ epsilonPerRequest: 1_000_000, deltaPerRequest: 3 });
    await join(noised);
    const limits = { maxUses: 0n, epsilonBudget: 2_000_000n, deltaBudget: 6n };
    // The policy stands in for one that the contract would not have let into the markets with exact answers.
    const policyOf = async () => limits;
    const datasets = { policyOf } as unknown as Market["connection"]["datasets"];
    const told = { ...noised, connection: { ...noised.connection, datasets } };
    const check = () => checkConsent(told, payGap, buyer.address);
    const pay = async () => {
      const params = {
        ...{ parameters: encodeParameters([]), answerKey: ZeroHash, privateInputs: ZeroHash },
        ...{ maxPrice: PRICE, minRows: 0, minDatasets: 0 },
        ...{ validUntilUnixS: 2n ** 63n, callback: ZeroAddress, callbackGas: 0 },
      };
      await (await noised.contract.connect(buyer).requestComputation(params)).wait();
    };
    await (await TestToken__factory.connect(noised.terms.token, buyer).approve(noised.address, MaxUint256)).wait();
    await pay();
    await check();
    await pay();
    const error = await rejection(check());
    expect(error.code).to.equal("BudgetExhausted");
    expect(error.message).to.match(
      /allows epsilon 2 and delta 0\.000000000000000006; epsilon 2 and .* a request here costs epsilon 1 /,
    );
  });

  it("terms that are not true of the program, which no node computes for", async () => {
    const error = await refused(await market({ epsilonPerRequest: 1_000_000, deltaPerRequest: 3 }));
    expect(error.code).to.equal("WrongTerms");
    expect(error.message).to.match(/say that a request costs epsilon 1 .*; the program pay_gap costs epsilon 0/);
  });

  it("groups that are too small without the buyer's own rows", async () => {
    const { columns } = payGap;
    const totals = trace({ name: "totals", description: "A total.", columns, maximumRows: 100 }, (t) => {
      t.output("total", t.sum(t.input("wage")));
    });
    const { buyer, seller1 } = world.wallets;
    const asking = (cohortRows: number) => ({ ...other, terms: { ...other.terms, cohortRows } });
    await checkConsent(asking(workers.rows.length), totals, buyer.address);
    for (const [most, as] of [
      [workers.rows.length + 1, buyer],
      [2, seller1],
    ] as const) {
      const error = await rejection(checkConsent(asking(most), totals, as.address));
      expect(error.code).to.equal("PolicyNotSatisfied");
      expect(error.message).to.match(/^No node computes on this pool: without the buyer's own the pool has \d rows/);
    }
  });
});
