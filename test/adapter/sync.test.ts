import type { ServerResponse } from "node:http";
import { encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { expect } from "chai";
import { dataLength, id, Wallet } from "ethers";
import { answering, type Behaviour, honest, honestResult, lying } from "./support/fake-node.ts";
import { reply, until } from "./support/http.ts";
import { changed, misbehaviours } from "./support/misbehaviours.ts";
import { Setting } from "./support/setting.ts";

const setting = new Setting();

describe("adapter: synchronous requests", () => {
  before(() => setting.open());
  afterEach(() => setting.closeAdapters());
  after(() => setting.close());

  it("answers with a proof that the market accepts", async () => {
    setting.nodesAre();
    const requestId = await setting.market.request();
    const { status, body } = await (await setting.adapter()).ask(requestId);
    expect(status).to.equal(200);
    expect(body).to.have.all.keys("data", "result", "statusCode", "timestamps");
    expect(body).to.deep.include({ result: null, statusCode: 200 });
    expect(body.data).to.have.all.keys("requestId", "result", "proof");
    expect(body.data).to.deep.include({ requestId, result: honestResult });
    await setting.market.direct.deliver(requestId, body.data.result, body.data.proof);
    expect(await setting.market.direct.statusOf(requestId)).to.equal(2n);
    expect(setting.submissions().slice(0, 3)).to.deep.equal([1, 1, 1]);
  });

  it("takes the id in upper case as the same id", async () => {
    setting.nodesAre();
    const requestId = await setting.market.request();
    const adapter = await setting.adapter();
    const upper = await adapter.ask(`0x${requestId.slice(2).toUpperCase()}`);
    const lower = await adapter.ask(requestId);
    expect(upper.body.data.requestId).to.equal(requestId);
    expect(lower.body).to.deep.equal(upper.body);
    expect(Math.max(...setting.submissions())).to.equal(1);
  });

  for (const [what, behaviour] of Object.entries(misbehaviours)) {
    it(`answers although one node ${what}`, async () => {
      setting.nodesAre(behaviour);
      const requestId = await setting.market.request();
      const { status, body } = await (await setting.adapter()).ask(requestId);
      expect(status, JSON.stringify(body)).to.equal(200);
      await setting.market.direct.deliver(requestId, body.data.result, body.data.proof);
    });
  }

  for (const [what, behaviour] of Object.entries(misbehaviours)) {
    it(`does not count a node that ${what}`, async () => {
      setting.nodesAre(behaviour, misbehaviours["refuses for good"]);
      const adapter = await setting.adapter({ COMPUTATION_TIMEOUT_MS: "500" });
      const { status, body } = await adapter.ask(await setting.market.request());
      expect(status).to.be.oneOf([502, 504]);
      expect(body.error.name).to.be.oneOf(["NoAgreement", "ComputationTimeout"]);
      expect(body.error.message)
        .to.match(/signatures per digest: /)
        .and.not.match(/… [34]/);
    });
  }

  it("waits for nodes that come back", async () => {
    const restarting: Behaviour = (node, requestId, response) =>
      node.questions <= 2
        ? reply(response, 503, { error: { code: "Starting", message: "…" } })
        : honest(node, requestId, response);
    setting.nodesAre(restarting, restarting, restarting, restarting);
    const { status } = await (await setting.adapter()).ask(await setting.market.request());
    expect(status).to.equal(200);
  });

  it("names the counts when two nodes sign something else", async () => {
    setting.nodesAre(lying, honest, lying, honest);
    const { status, body } = await (await setting.adapter()).ask(await setting.market.request());
    expect(status).to.equal(502);
    expect(body.error.name).to.equal("NoAgreement");
    expect(body.error.message).to.match(/signatures per digest: 0x[0-9a-f]{8}… 2, 0x[0-9a-f]{8}… 2$/);
  });

  it("names the seats that gave no valid answer", async () => {
    const garbage: Behaviour = (_node, _requestId, response) => response.end("garbage");
    setting.nodesAre(garbage, changed({ signer: new Wallet(id("stranger")) }), honest, honest);
    const { status, body } = await (await setting.adapter()).ask(await setting.market.request());
    expect(status).to.equal(502);
    expect(body.error.message)
      .to.include("seat 0: its response is not JSON")
      .and.include("seat 1: its signature is not by the key registered for the seat");
  });

  it("gives up after the computation's time, and says how the seats stand", async () => {
    const computing: Behaviour = (_node, requestId, response) =>
      reply(response, 200, { requestId, state: "computing" });
    setting.nodesAre(computing, computing);
    const adapter = await setting.adapter({ COMPUTATION_TIMEOUT_MS: "300" });
    const { status, body } = await adapter.ask(await setting.market.request());
    expect(status).to.equal(504);
    expect(body.error.name).to.equal("ComputationTimeout");
    expect(body.error.message).to.include("seat 0: not done yet; seat 1: not done yet");
  });

  it("says 504 when the wait is over, and the next call finds the same computation", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held: Behaviour = async (node, requestId, response: ServerResponse) => {
      await released;
      return answering(honestResult)(node, requestId, response);
    };
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter({ SYNC_WAIT_MS: "200" });
    const requestId = await setting.market.request();
    const early = await adapter.ask(requestId);
    expect(early.status).to.equal(504);
    expect(early.body).to.deep.include({ status: "errored", statusCode: 504 });
    expect(early.body.error.name).to.equal("NotReady");
    release();
    await until(async () => (await adapter.ask(requestId)).status === 200);
    expect(setting.submissions()).to.deep.equal([1, 1, 1, 1]);
  });

  it("asks the nodes once when the same id is asked for at the same time", async () => {
    setting.nodesAre();
    const requestId = await setting.market.request();
    const adapter = await setting.adapter();
    const [first, second] = await Promise.all([adapter.ask(requestId), adapter.ask(requestId)]);
    expect(first.status).to.equal(200);
    expect(second.body).to.deep.equal(first.body);
    expect(Math.max(...setting.submissions())).to.equal(1);
  });

  it("refuses to send an answer that a Chainlink node would not read", async () => {
    const large = answering(encodePublicResult(Array.from({ length: 500 }, (_, index) => BigInt(index))));
    setting.nodesAre(large, large, large, large);
    const adapter = await setting.adapter();
    const { status, body } = await adapter.ask(await setting.market.request());
    expect(status).to.equal(422);
    expect(body.error.name).to.equal("AnswerTooLarge");
  });

  it("reads no result beyond its limit", async () => {
    const tooLarge = encodePublicResult(Array.from({ length: 1_023 }, (_, index) => BigInt(index)));
    expect(dataLength(tooLarge)).to.be.above(32_768);
    setting.nodesAre(...Array.from({ length: 4 }, () => answering(tooLarge)));
    const { body } = await (await setting.adapter()).ask(await setting.market.request());
    expect(body.error.message).to.include("seat 0: its result of 32800 bytes exceeds 32768");
  });

  it("refuses more computations than its limit, but joins those under way", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held: Behaviour = async (node, requestId, response) => {
      await released;
      return answering(honestResult)(node, requestId, response);
    };
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter({ QUEUE_LIMIT: "1" });
    const [first, second] = [await setting.market.request(), await setting.market.request()];
    const one = adapter.ask(first);
    await until(() => setting.submissions().every((count) => count === 1));
    const joined = adapter.ask(first);
    const refused = await adapter.ask(second);
    expect(refused.status).to.equal(503);
    expect(refused.body.error.name).to.equal("QueueFull");
    release();
    expect((await one).status).to.equal(200);
    expect((await joined).status).to.equal(200);
  });

  it("has a request end with ShuttingDown when it is stopped", async () => {
    setting.nodesAre(...Array.from({ length: 4 }, (): Behaviour => () => {}));
    const adapter = await setting.adapter();
    const asked = adapter.ask(await setting.market.request());
    await until(() => setting.submissions().every((count) => count === 1));
    await setting.closeAdapters();
    expect((await asked).body.error.name).to.equal("ShuttingDown");
  });
});
