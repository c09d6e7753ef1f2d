import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import { privateMeanOf } from "@sharebridge/algorithms/library/private-mean.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import type { ChainPolicy } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { checkRequest } from "@sharebridge/mpc-nodes/node/request-checks.ts";
import { expect } from "chai";
import { id, Wallet, ZeroAddress } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { type TestContext, testContext, testSettings } from "./support/context.ts";
import { Folders } from "./support/keys.ts";
import { approve, registerPool, stock } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";
import type { Committed } from "./support/seller.ts";

type Chain = TestContext["chain"];

/** The mean wage with noise that hides sellers of at most so many rows. */
const traced = (maximumRows: number) =>
  privateMeanOf({
    ...{ name: "mean", least: "0", most: "50", epsilon: "1", maximumRows: 100 },
    column: { name: "wage", kind: "number", fractionBits: 20, minimum: "0", maximum: "1000" },
    privacy: { unit: "seller", maximumRows },
  });

describe("the checks of a request", () => {
  const folders = new Folders();
  let committed: Committed;
  let context: TestContext;
  let chain: Chain;

  beforeEach(async () => {
    const [node] = await folders.keys(1);
    context = testContext(node, { settings: { deadlineMarginS: 10 } });
    chain = context.chain;
    committed = await registerPool(chain);
    await stock(context, committed);
  });
  afterEach(() => context.store.close());
  after(() => folders.remove());

  const refusal = async (requestId: string) =>
    ((await rejection(checkRequest(context, requestId))) as Error & { code?: string }).code;

  it("pass a request that is in order", async () => {
    const signers = [0, 1, 2, 3].map((seat) => new Wallet(id(`seat ${seat}`)).address);
    const none = { sealingKey: id("key"), tlsKeyHash: id("key"), endpoint: "", peerEndpoint: "" };
    chain.ownSeats = signers.map((signer) => ({ signer, ...none }));
    const requestId = chain.addRequest();
    const checked = await checkRequest(context, requestId);
    expect(checked).to.include({ requestId, rows: committed.rows });
    expect(checked.words).to.deep.equal([]);
    expect(checked.program).to.deep.equal(payGap);
    expect(checked.signers).to.deep.equal(signers);
    expect(checked.tables.map((members) => members.map(({ datasetId }) => datasetId))).to.deep.equal([
      [committed.datasetId],
    ]);
  });

  it("refuse everything on the word of another chain", async () => {
    const requestId = chain.addRequest();
    chain.servesOtherChain = true;
    expect(await refusal(requestId)).to.equal("WrongChain");
  });

  it("refuse what is unknown, cancelled, answered, or not held by the market that emitted it", async () => {
    expect(await refusal(id("unknown"))).to.equal("UnknownRequest");
    const requestId = chain.addRequest();
    for (const [status, code] of [
      ["cancelled", "Cancelled"],
      ["answered", "AlreadyAnswered"],
      ["none", "UnknownRequest"],
    ] as const) {
      chain.statuses.set(requestId, status);
      expect(await refusal(requestId)).to.equal(code);
    }
  });

  it("refuse from the margin before the deadline on, by the chain's time", async () => {
    const now = chain.latestUnixS;
    expect(await refusal(chain.addRequest({ deadlineUnixS: now + 9n }))).to.equal("DeadlinePassed");
    expect(await refusal(chain.addRequest({ deadlineUnixS: now - 1n }))).to.equal("DeadlinePassed");
    await checkRequest(context, chain.addRequest({ deadlineUnixS: now + 10n }));
  });

  it("refuse by the machine's clock when the chain stands still", async () => {
    const requestId = chain.addRequest({ deadlineUnixS: chain.latestUnixS + 10n });
    const later = { ...context, nowUnixMs: () => Number(chain.latestUnixS + 1n) * 1_000 };
    expect(await rejection(checkRequest(later, requestId))).to.have.property("code", "DeadlinePassed");
  });

  it("refuse another committee and another epoch", async () => {
    expect(await refusal(chain.addRequest({ epoch: 2n }))).to.equal("WrongEpoch");
    const requestId = chain.addRequest();
    chain.market = { ...chain.market, committeeId: 2n };
    expect(await refusal(requestId)).to.equal("WrongCommittee");
  });

  it("refuse a program that is not the market's", async () => {
    await approve(context, weightedScore);
    expect(await refusal(chain.addRequest({ algorithm: programHash(weightedScore) }))).to.equal("WrongAlgorithm");
  });

  it("refuse a fee below the operator's least, and take one that reaches it", async () => {
    chain.market = { ...chain.market, price: 100n, committeeBps: 2_000 };
    const requestId = chain.addRequest();
    const asking = (minimumFee: unknown) => ({ ...context, settings: testSettings({ minimumFee }) });
    expect(await rejection(checkRequest(asking("6"), requestId))).to.have.property("code", "FeeTooLow");
    await checkRequest(asking(5), requestId);
  });

  it("refuse a program that this operator has not approved, though the chain runs it", async () => {
    const requestId = chain.addRequest();
    await context.store.removeProgram(programHash(payGap));
    expect(await refusal(requestId)).to.equal("AlgorithmNotApproved");
  });

  it("refuse a program that fewer than three operators approve, though this one does", async () => {
    const requestId = chain.addRequest();
    chain.runnable = false;
    expect(await refusal(requestId)).to.equal("AlgorithmNotRunnable");
  });

  it("refuse parameters that are no int64[], too many, or out of range", async () => {
    expect(await refusal(chain.addRequest({}, "0x1234"))).to.equal("ParametersInvalid");
    expect(await refusal(chain.addRequest({}, encodeParameters([1n])))).to.equal("ParametersInvalid");
    await approve(context, weightedScore);
    chain.market = { ...chain.market, algorithm: programHash(weightedScore) };
    const tooLarge = encodeParameters([0n, 0n, BigInt(weightedScore.parameters[2].maximum) + 1n]);
    expect(await refusal(chain.addRequest({}, tooLarge))).to.equal("ParametersInvalid");
  });

  it("refuse a pool that the market's events do not lead to", async () => {
    expect(await refusal(chain.addRequest({ poolHash: id("another pool") }))).to.equal("PoolMismatch");
    expect(await refusal(chain.addRequest({ poolRows: 5n }))).to.equal("PoolMismatch");
  });

  it("refuse more rows than the program is proven for, and none", async () => {
    chain.currentPool = { ...chain.currentPool, rows: BigInt(payGap.maximumRows) + 1n };
    expect(await refusal(chain.addRequest())).to.equal("TooManyRows");
    chain.currentPool = { ...chain.currentPool, rows: 0n };
    expect(await refusal(chain.addRequest())).to.equal("TooManyRows");
  });

  it("refuse a pool of which a seller has more rows than the program's noise hides, in however many datasets", async () => {
    const noised = traced(2);
    await approve(context, noised);
    chain.market = { ...chain.market, ...privacyTermsOf(noised), algorithm: programHash(noised) };
    const policy = chain.policies.get(committed.datasetId);
    chain.policies.set(committed.datasetId, { ...policy!, algorithms: [programHash(noised)] });
    expect(await refusal(chain.addRequest())).to.equal("TooManyRowsOfSeller");
    const enough = traced(committed.rows);
    await approve(context, enough);
    chain.market = { ...chain.market, ...privacyTermsOf(enough), algorithm: programHash(enough) };
    chain.policies.set(committed.datasetId, { ...policy!, algorithms: [programHash(enough)] });
    const { epsilon } = await checkRequest(context, chain.addRequest());
    expect(epsilon).to.equal(privacyTermsOf(enough).epsilonPerRequest);
  });

  it("refuse a pool with a dataset that is not stored here, or not as it joined", async () => {
    const [member] = chain.currentPool.members;
    for (const changes of [{ datasetId: id("other") }, { commitment: id("other") }, { validRows: 3 }]) {
      chain.currentPool = { ...chain.currentPool, members: [{ ...member, ...changes }] };
      expect(await refusal(chain.addRequest())).to.equal("DatasetMissing");
    }
  });

  it("refuse terms that are not true of the program, and datasets whose uses have ended", async () => {
    const requestId = chain.addRequest();
    const policy = chain.policies.get(committed.datasetId)!;
    chain.policies.set(committed.datasetId, { ...policy, maxUses: 1 });
    expect((await checkRequest(context, requestId)).epsilon).to.equal(0n);
    chain.used.set(committed.datasetId, { uses: 1, epsilon: 0n, delta: 0n });
    expect(await refusal(requestId)).to.equal("UsesExhausted");
    chain.market = { ...chain.market, epsilonPerRequest: 1n };
    expect(await refusal(requestId)).to.equal("WrongTerms");
  });

  it("pass on what the market demands of a group", async () => {
    const { contributions } = await checkRequest(context, chain.addRequest());
    expect(contributions).to.include({ minimumRows: 1, minimumSellers: 1 });
  });

  const refusingPolicies: [string, Partial<ChainPolicy>][] = [
    ["another program", { algorithms: [programHash(weightedScore)] }],
    ["another token", { token: ZeroAddress }],
    ["a higher price", { minPrice: 11n }],
    ["more rows", { minRows: 5 }],
  ];
  for (const [what, changes] of refusingPolicies) {
    it(`refuse when a seller consents to ${what} only`, async () => {
      const policy = chain.policies.get(committed.datasetId);
      if (policy !== undefined) chain.policies.set(committed.datasetId, { ...policy, ...changes });
      expect(await refusal(chain.addRequest())).to.equal("PolicyNotSatisfied");
    });
  }
});
