import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import { Datasets } from "@sharebridge/mpc-nodes/node/datasets.ts";
import { giveReceipt } from "@sharebridge/mpc-nodes/node/receipts.ts";
import { expect } from "chai";
import { id, verifyTypedData, Wallet } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { bodyOf } from "./support/body.ts";
import { type TestContext, testContext } from "./support/context.ts";
import { MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { rejection } from "./support/rejection.ts";
import { type Committed, commit, makeUpload } from "./support/seller.ts";

const owner = new Wallet(id("owner"));

describe("receipts", () => {
  const folders = new Folders();
  let committed: Committed;
  let context: TestContext;

  before(async () => {
    committed = await commit(id("dataset"), [
      ["10.5", "male"],
      ["11.25", "female"],
    ]);
  });
  beforeEach(async () => {
    const [node] = await folders.keys(1);
    context = testContext(node, { seat: 2 });
    const { chain, keys, seat } = context;
    const { datasetId, commitment, schemaHash, rows } = committed;
    const dataset = {
      datasetId,
      owner: owner.address,
      commitment,
      schemaHash,
      committeeId: 1n,
      epoch: 1n,
      rows,
      scheme: 1,
    };
    chain.datasets.set(datasetId, dataset);
    chain.market = { ...chain.market, algorithm: programHash(payGap) };
    const target = {
      chainId: chain.chainId,
      registry: chain.deployment.datasets,
      seat,
      sealingKey: keys.sealingPublicKey,
    };
    await new Datasets(context).upload(datasetId, bodyOf(await makeUpload(owner, committed, target)));
    await approve(payGap);
  });
  afterEach(() => context.store.close());
  after(() => folders.remove());

  async function approve(program: Program): Promise<void> {
    const text = new TextDecoder().decode(encodeProgram(program));
    await context.store.putProgram({ hash: programHash(program), text, approvedAtUnixMs: 1 });
  }
  function change(changes: object): void {
    const dataset = context.chain.datasets.get(committed.datasetId);
    if (dataset !== undefined) context.chain.datasets.set(committed.datasetId, { ...dataset, ...changes });
  }
  const refusal = async (datasetId: unknown = committed.datasetId, market: unknown = MARKET) =>
    ((await rejection(giveReceipt(context, datasetId, market))) as Error & { code?: string }).code;

  it("are signed by the seat for one market", async () => {
    const receipt = await giveReceipt(context, committed.datasetId, MARKET.toLowerCase());
    const { datasetId, commitment } = committed;
    expect(receipt).to.deep.include({ seat: 2, datasetId, commitment, epoch: "1", validRows: 2 });
    const message = { datasetId: BigInt(datasetId), commitment, epoch: 1n, validRows: 2 };
    const signer = verifyTypedData(
      marketDomain(context.chain.chainId, MARKET),
      receiptTypes,
      message,
      receipt.signature,
    );
    expect(signer).to.equal(context.keys.signer.address);
  });

  it("are given without opening the shares", async () => {
    context.store.dataset = () => Promise.reject(new Error("the shares are opened"));
    expect(await giveReceipt(context, committed.datasetId, MARKET)).to.include({ seat: 2, validRows: 2 });
  });

  it("do not touch the store for what is no market", async () => {
    context.store.datasetManifest = () => Promise.reject(new Error("the store is read"));
    expect(await refusal(committed.datasetId, owner.address)).to.equal("UnknownMarket");
  });

  it("are refused for malformed ids and addresses", async () => {
    expect(await refusal("0x12")).to.equal("Malformed");
    expect(await refusal(null)).to.equal("Malformed");
    expect(await refusal(committed.datasetId, "0x12")).to.equal("Malformed");
    expect(await refusal(committed.datasetId, { market: MARKET })).to.equal("Malformed");
  });

  it("are refused for shares that are not here", async () => {
    expect(await refusal(id("another dataset"))).to.equal("DatasetNotStored");
  });

  it("are refused when the chain shows nothing, or something else than was stored", async () => {
    change({ commitment: id("another commitment") });
    expect(await refusal()).to.equal("CommitmentMismatch");
    context.chain.datasets.clear();
    expect(await refusal()).to.equal("UnknownDataset");
  });

  it("are refused for another epoch", async () => {
    change({ epoch: 2n });
    expect(await refusal()).to.equal("WrongEpoch");
  });

  it("are refused for what is no market of the factory", async () => {
    expect(await refusal(committed.datasetId, owner.address)).to.equal("UnknownMarket");
  });

  it("are refused for a market of another committee", async () => {
    context.chain.market = { ...context.chain.market, committeeId: 2n };
    expect(await refusal()).to.equal("WrongCommittee");
  });

  it("are refused for a market whose terms are not true of the program", async () => {
    for (const terms of [{ epsilonPerRequest: 1n }, { cohortRows: 2 }]) {
      const market = context.chain.market;
      context.chain.market = { ...market, ...terms };
      expect(await refusal()).to.equal("WrongTerms");
      context.chain.market = market;
    }
  });

  it("are refused without the operator's approval, and after it was revoked", async () => {
    await context.store.removeProgram(programHash(payGap));
    expect(await refusal()).to.equal("AlgorithmNotApproved");
  });

  it("are refused when the stored program is not what its hash says", async () => {
    await context.store.removeProgram(programHash(payGap));
    const text = new TextDecoder().decode(encodeProgram(weightedScore));
    await context.store.putProgram({ hash: programHash(payGap), text, approvedAtUnixMs: 1 });
    expect(await refusal()).to.equal("AlgorithmNotApproved");
  });

  it("are refused when the schema lacks what the program needs", async () => {
    await approve(weightedScore);
    context.chain.market = { ...context.chain.market, algorithm: programHash(weightedScore) };
    const error = await rejection(giveReceipt(context, committed.datasetId, MARKET));
    expect(error).to.have.property("code", "SchemaMismatch");
    expect(error.message).to.contain("education").and.to.contain("experience");
  });

  it("are refused for more rows than the program is proven for", async () => {
    const short = { ...payGap, maximumRows: 1 };
    await approve(short);
    context.chain.market = { ...context.chain.market, algorithm: programHash(short) };
    const error = await rejection(giveReceipt(context, committed.datasetId, MARKET));
    expect(error).to.have.property("code", "DatasetTooLong");
    expect(error.message).to.contain("has 2 rows; program pay_gap is proven for at most 1");
    const exact = { ...payGap, maximumRows: 2 };
    await approve(exact);
    context.chain.market = { ...context.chain.market, algorithm: programHash(exact) };
    expect((await giveReceipt(context, committed.datasetId, MARKET)).validRows).to.equal(2);
  });

  it("are refused on the word of another chain", async () => {
    context.chain.servesOtherChain = true;
    expect(await refusal()).to.equal("WrongChain");
  });
});
