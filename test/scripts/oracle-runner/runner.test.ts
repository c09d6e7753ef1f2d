import { inspect } from "node:util";
import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { until } from "../../adapter/support/http.ts";
import { oracleFeeJuels } from "../../adapter/support/market.ts";
import { change } from "./support/job.ts";
import { Oracle } from "./support/oracle.ts";
import { rejectionOf } from "./support/rejection.ts";

const oracle = new Oracle();
const pending = { pending: true, statusCode: 200, data: {}, result: null };

const request = () => oracle.market.request(oracle.market.throughOracle);
const ended = (runs = 1) => until(() => oracle.count("run completed") + oracle.count("run failed") === runs);
const statusOf = (requestId: string) => oracle.market.throughOracle.statusOf(requestId);

const resume = async (url: string | undefined, body: unknown) =>
  (await fetch(String(url), { method: "PATCH", body: JSON.stringify(body) })).status;

describe("oracle runner: on the real Operator and LINK", () => {
  before(() => oracle.open());
  afterEach(() => oracle.stop());
  after(() => oracle.close());

  it("runs the real job: the market is answered, the node is paid, the job's gas limit is used", async () => {
    await oracle.start();
    const earnedBefore = await oracle.operator.withdrawable();
    const requestId = await request();
    await ended();
    expect(oracle.failures()).to.deep.equal([]);
    expect(await statusOf(requestId)).to.equal(2n);
    expect((await oracle.operator.withdrawable()) - earnedBefore).to.equal(oracleFeeJuels);
    const [delivered] = await oracle.gateway.queryFilter(oracle.gateway.filters.Delivered(requestId));
    const transaction = await delivered.getTransaction();
    expect([transaction.from, transaction.to]).to.deep.equal([oracle.sender, oracle.market.addresses.operator]);
    expect(transaction.gasLimit).to.equal(2_500_000n);
  });

  it("is suspended by pending, and goes on when it is resumed", async () => {
    oracle.onAsk = async () => pending;
    await oracle.start();
    const requestId = await request();
    await until(() => oracle.count("run suspended") === 1);
    const [{ responseURL, meta }] = oracle.asked;
    expect(new URL(responseURL as string).origin).to.equal(oracle.runner?.resumeUrl);
    expect(meta.oracleRequest.requestId).to.match(/^0x[0-9a-f]{64}$/);
    expect(await statusOf(requestId)).to.equal(1n);
    expect(await resume(responseURL, { value: await oracle.answer(requestId) })).to.equal(200);
    await ended();
    expect(await statusOf(requestId)).to.equal(2n);
    const uuid = responseURL?.split("/").at(-1) as string;
    expect(inspect(oracle.lines, { depth: null })).to.not.include(uuid);
  });

  it("ends when it is resumed with an error, and the Operator's request stays open", async () => {
    oracle.onAsk = async () => pending;
    await oracle.start();
    const requestId = await request();
    await until(() => oracle.count("run suspended") === 1);
    await resume(oracle.asked[0].responseURL, { error: "NoAgreement: two and two" });
    await ended();
    expect(oracle.failures()).to.deep.equal(["ResumedWithError: task ask: NoAgreement: two and two"]);
    expect(await statusOf(requestId)).to.equal(1n);
  });

  it("runs one request of the job at a time", async () => {
    const first = Promise.withResolvers<unknown>();
    oracle.onAsk = async (requestId) => (oracle.asked.length === 1 ? first.promise : oracle.answer(requestId));
    await oracle.start();
    const ids = [await request(), await request()];
    await until(() => oracle.asked.length === 1);
    // Both are known to the runner when it has looked at the chain a few more times.
    const looks = oracle.chain.door.calls;
    await until(() => oracle.chain.door.calls > looks + 10);
    expect(oracle.asked.map(({ data }) => data.requestId)).to.deep.equal([ids[0]]);
    first.resolve(await oracle.answer(ids[0]));
    await ended(2);
    expect(oracle.asked.map(({ data }) => data.requestId)).to.deep.equal(ids);
    expect(oracle.failures()).to.deep.equal([]);
  });

  it("starts the next request while a run is suspended, and resumes in any order", async () => {
    oracle.onAsk = async () => pending;
    await oracle.start();
    const ids = [await request(), await request(), await request()];
    await until(() => oracle.count("run suspended") === 3);
    for (const index of [2, 0, 1]) {
      await resume(oracle.asked[index].responseURL, { value: await oracle.answer(ids[index]) });
    }
    await ended(3);
    expect(oracle.failures()).to.deep.equal([]);
    for (const requestId of ids) expect(await statusOf(requestId)).to.equal(2n);
  });

  it("serves nobody but the job's requesters", async () => {
    await oracle.start();
    await oracle.requestDirectly(oracleFeeJuels, "0x");
    await until(() => oracle.count("request refused") === 1);
    expect(oracle.lines.at(-1)?.fields.refusal).to.include("is not among the job's requesters");
    expect(oracle.asked).to.deep.equal([]);
  });

  it("serves nobody who pays less than the job's minimum", async () => {
    await oracle.start(oracle.job({ minPaymentJuels: oracleFeeJuels + 1n }));
    await request();
    await until(() => oracle.count("request refused") === 1);
    expect(oracle.lines.at(-1)?.fields.refusal).to.include("minContractPaymentLinkJuels");
    expect(oracle.asked).to.deep.equal([]);
  });

  it("waits for the job's confirmations", async () => {
    await oracle.start(oracle.job({ minIncomingConfirmations: 3 }));
    const requestId = await request();
    await oracle.chain.helpers.mine(1);
    const looks = oracle.chain.door.calls;
    await until(() => oracle.chain.door.calls > looks + 10);
    expect(oracle.asked).to.deep.equal([]);
    await oracle.chain.helpers.mine(1);
    await ended();
    expect(await statusOf(requestId)).to.equal(2n);
  });

  it("hears no request of another job", async () => {
    await oracle.start(oracle.job({ externalJobId: "11111111-1111-4111-a111-111111111111" }));
    await request();
    const looks = oracle.chain.door.calls;
    await until(() => oracle.chain.door.calls > looks + 10);
    expect(oracle.lines.map(({ message }) => message)).to.deep.equal(["watching the Operator"]);
  });

  it("serves earlier requests when it is told where to begin", async () => {
    const fromBlock = (await oracle.chain.ethers.provider.getBlockNumber()) + 1;
    const requestId = await request();
    await oracle.start(oracle.job(), { fromBlock });
    await ended();
    expect(await statusOf(requestId)).to.equal(2n);
  });

  it("warns of a sender that the Operator does not know, whose transactions then fail the run", async () => {
    await oracle.start(oracle.job(), { privateKey: `0x${"11".repeat(32)}` });
    expect(oracle.lines[0].message).to.include("the Operator does not know this sender yet");
    await request();
    await ended();
    expect(oracle.failures()[0]).to.match(/task send: the transaction/);
  });

  it("stops while a run is suspended", async () => {
    oracle.onAsk = async () => pending;
    await oracle.start();
    await request();
    await until(() => oracle.count("run suspended") === 1);
    await oracle.stop();
    expect(oracle.failures()).to.deep.equal(["RunnerStopped: the runner is stopping"]);
  });

  it("does not start on another chain, or without the job's bridge", async () => {
    expect(await rejectionOf(() => oracle.start(oracle.job({ chainId: 1n })))).to.equal(
      "WrongChain: the job is for chain 1, the RPC serves 31337",
    );
    expect(await rejectionOf(() => oracle.start(oracle.job(), { bridges: new Map() }))).to.equal(
      "UnknownBridge: task ask: no bridge is named sharebridge",
    );
  });

  describe("changing the TOML changes the outcome", () => {
    const outcomes: Record<string, { change: [string, string]; failure: RegExp | null; status: bigint }> = {
      "less gas than the Operator wants": {
        change: ["gasLimit = 2500000", "gasLimit = 450000"],
        failure: /^TransactionReverted: task send: the transaction 0x[0-9a-f]{64} reverted/,
        status: 1n,
      },
      "another first word": {
        change: ['"oracleRequestId": $(decode_log.requestId)', '"oracleRequestId": $(answer_request_id)'],
        failure: /^TransactionReverted/,
        status: 1n,
      },
      "proof in the result's place": {
        change: ['path="data,result"', 'path="data,proof"'],
        failure: null,
        status: 1n,
      },
      "a path that is not there": {
        change: ['path="data,proof"', 'path="data,evidence"'],
        failure: /^BadInput: task answer_proof: could not resolve the path \["data","evidence"\]/,
        status: 1n,
      },
      "another field of the payload": {
        change: ["$(decode_cbor.requestId)", "$(decode_cbor.id)"],
        failure: /^UnknownVariable: task ask: \$\(decode_cbor.id\): there is no id/,
        status: 1n,
      },
      "a revert that does not matter": {
        change: ['failOnRevert="true"', 'failOnRevert="false" gasLimit="100000"'],
        failure: null,
        status: 1n,
      },
      nothing: { change: ["gasLimit = 2500000", "gasLimit = 2400000"], failure: null, status: 2n },
    };
    it("to gas for the largest result that a market takes, which the node's default is not", async () => {
      const largest = encodePublicResult(Array.from({ length: 256 }, () => -1n));
      oracle.onAsk = (requestId) => oracle.answer(requestId, largest);
      await oracle.start();
      const requestId = await request();
      await ended();
      expect(await statusOf(requestId)).to.equal(2n);
      await oracle.stop();

      oracle.onAsk = (requestId) => oracle.answer(requestId, largest);
      await oracle.start(change(oracle.job(), "gasLimit = 2500000", ""));
      const unanswered = await request();
      await ended();
      expect(oracle.failures()[0]).to.match(/reverted \(gas used [0-9]+ of 500000\)$/);
      expect(await statusOf(unanswered)).to.equal(1n);
    });

    for (const [what, outcome] of Object.entries(outcomes)) {
      it(`to ${what}`, async () => {
        await oracle.start(change(oracle.job(), ...outcome.change));
        const requestId = await request();
        await ended();
        if (outcome.failure === null) expect(oracle.failures()).to.deep.equal([]);
        else expect(oracle.failures()[0]).to.match(outcome.failure);
        expect(await statusOf(requestId)).to.equal(outcome.status);
      });
    }
  });
});
