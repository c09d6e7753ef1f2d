import { expect } from "chai";
import { logLines } from "./support/adapter.ts";
import { unknownId } from "./support/committee.ts";
import { forgeRequest } from "./support/forger.ts";
import { until } from "./support/http.ts";
import { Setting } from "./support/setting.ts";

const setting = new Setting();

const malformedIds: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  "a number": 5,
  "an object": { id: "0x" },
  "an empty text": "",
  "no prefix": "ab".repeat(32),
  "63 digits": `0x${"a".repeat(63)}`,
  "65 digits": `0x${"a".repeat(65)}`,
  "a digit that is none": `0x${"g".repeat(64)}`,
  "a line break": `0x${"a".repeat(64)}\n`,
  "a long text": "a".repeat(100_000),
};

const malformedBodies: Record<string, { body: unknown; status: number; name?: string }> = {
  null: { body: null, status: 400, name: "MalformedBody" },
  "an array": { body: [], status: 400, name: "MalformedBody" },
  "a text": { body: '"text"', status: 400, name: "MalformedBody" },
  "data as a text": { body: { data: "text" }, status: 400, name: "MalformedBody" },
  "data as an array": { body: { data: [] }, status: 400, name: "MalformedBody" },
  "endpoint as a number": { body: { endpoint: 1, data: {} }, status: 400, name: "MalformedBody" },
  overrides: { body: { data: { overrides: { a: {} } } }, status: 400, name: "MalformedBody" },
  "no JSON": { body: "{", status: 400 },
  "an endpoint that is none": { body: { endpoint: "price", data: { requestId: unknownId(0) } }, status: 404 },
};

describe("adapter: bad input", () => {
  before(() => setting.open());
  beforeEach(() => setting.nodesAre());
  afterEach(() => setting.closeAdapters());
  after(() => setting.close());

  it("refuses malformed ids by name", async () => {
    const adapter = await setting.adapter();
    const run = setting.chainlinkNode.newRun();
    const cases = Object.entries(malformedIds).flatMap(
      ([what, id]) =>
        [
          [what, id, undefined],
          [what, id, run.responseURL],
        ] as const,
    );
    for (const [what, requestId, responseURL] of cases) {
      const { status, body } = await adapter.ask(requestId, responseURL);
      expect(status, what).to.equal(400);
      expect(body, what).to.deep.include({ status: "errored", statusCode: 400 });
      expect(body.error.name, what).to.equal("MalformedRequestId");
      expect(body.error.message, what).to.include("64 hexadecimal digits").and.have.length.below(200);
    }
    expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
    expect((await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed).to.equal(0);
    expect(run.bodies()).to.deep.equal([]);
  });

  it("asks for the operator's header when one is set, before it looks at the body", async () => {
    const REQUIRED_AUTHORIZATION = `Bearer ${"s3cret".repeat(5)}`;
    const adapter = await setting.adapter({ REQUIRED_AUTHORIZATION });
    const requestId = await setting.market.request();
    for (const headers of [{}, { authorization: "Bearer s3cret" }, { authorization: `${REQUIRED_AUTHORIZATION}s` }]) {
      for (const content of [{ data: { requestId } }, "{"]) {
        const { status, body } = await adapter.post(content, "application/json", headers);
        expect([status, body.error.name]).to.deep.equal([401, "NotAuthorized"]);
        expect(JSON.stringify(body)).to.not.include("s3cret");
      }
    }
    expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
    const headers = { authorization: REQUIRED_AUTHORIZATION };
    expect((await adapter.post({ data: { requestId } }, "application/json", headers)).status).to.equal(200);
    expect((await fetch(`${adapter.url}/ready`)).status).to.equal(200);
    expect(await (await fetch(`${adapter.url}/status`)).text())
      .to.include("REQUIRED_AUTHORIZATION")
      .and.not.include("s3cret");
    expect(logLines.filter((line) => line.includes("s3cret"))).to.deep.equal([]);
  });

  it("refuses malformed bodies", async () => {
    const adapter = await setting.adapter();
    for (const [what, { body, status, name }] of Object.entries(malformedBodies)) {
      const answered = await adapter.post(body);
      expect(answered.status, what).to.equal(status);
      if (name !== undefined) expect(answered.body.error.name, what).to.equal(name);
    }
  });

  it("refuses another content type", async () => {
    const adapter = await setting.adapter();
    const { status } = await adapter.post({ data: { requestId: unknownId(0) } }, "text/plain");
    expect(status).to.equal(400);
  });

  it("does not know a request that no market of the factory made", async () => {
    const adapter = await setting.adapter();
    const { status, body } = await adapter.ask(unknownId(1));
    expect(status).to.equal(404);
    expect(body.error).to.deep.include({ name: "UnknownRequest" });
    expect(body.error.message).to.include(unknownId(1));
  });

  it("does not know a request that another contract forged", async () => {
    const forged = await forgeRequest(setting.market.deployer);
    const { status, body } = await (await setting.adapter()).ask(forged);
    expect(status).to.equal(404);
    expect(body.error.name).to.equal("UnknownRequest");
    expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
  });

  it("finds a request among the junk that other contracts log under its id", async () => {
    const requestId = await setting.market.request();
    const adapter = await setting.adapter();
    for (let copies = 0; copies < 4; copies++) await forgeRequest(setting.market.deployer, requestId);
    setting.chain.door.mostLogs = 3;
    try {
      expect((await adapter.ask(requestId)).status).to.equal(200);
    } finally {
      setting.chain.door.mostLogs = Number.POSITIVE_INFINITY;
    }
  });

  it("reads the blocks of markets once, and finds a market that is made later", async () => {
    const adapter = await setting.adapter({ LOG_RANGE_BLOCKS: "100" });
    await setting.chain.helpers.mine(500);
    const callsOf = async (requestId: string): Promise<number> => {
      const before = setting.chain.door.calls;
      expect((await adapter.ask(requestId)).status).to.equal(200);
      return setting.chain.door.calls - before;
    };
    const first = await callsOf(await setting.market.request());
    expect(await callsOf(await setting.market.request())).to.be.below(first);
    const later = await setting.market.openAnother();
    for (const node of setting.nodes) node.market = await later.getAddress();
    try {
      expect(await callsOf(await setting.market.request(later))).to.be.below(first);
    } finally {
      for (const node of setting.nodes) node.market = await setting.market.direct.getAddress();
    }
  });

  it("finds a request that is many log ranges away, and none before FROM_BLOCK", async () => {
    const requestId = await setting.market.request();
    const made = await setting.chain.ethers.provider.getBlockNumber();
    await setting.chain.helpers.mine(50);
    const near = await setting.adapter({ LOG_RANGE_BLOCKS: "7" });
    expect((await near.ask(requestId)).status).to.equal(200);
    const late = await setting.adapter({ LOG_RANGE_BLOCKS: "7", FROM_BLOCK: String(made + 1) });
    expect((await late.ask(requestId)).body.error.name).to.equal("UnknownRequest");
  });

  it("looks again while the RPC endpoint lags behind", async () => {
    const requestId = await setting.market.request();
    const adapter = await setting.adapter({ REQUEST_LOOKUP_MS: "10000" });
    setting.chain.door.hidesLogs = true;
    const asked = adapter.ask(requestId);
    const calls = setting.chain.door.calls;
    await until(() => setting.chain.door.calls > calls);
    setting.chain.door.hidesLogs = false;
    expect((await asked).status).to.equal(200);
  });

  it("does not remember that a request was unknown", async () => {
    const requestId = await setting.market.request();
    const adapter = await setting.adapter();
    setting.chain.door.hidesLogs = true;
    expect((await adapter.ask(requestId)).status).to.equal(404);
    setting.chain.door.hidesLogs = false;
    expect((await adapter.ask(requestId)).status).to.equal(200);
  });

  it("refuses a request that is answered already", async () => {
    const requestId = await setting.market.request();
    const { body } = await (await setting.adapter()).ask(requestId);
    await setting.market.direct.deliver(requestId, body.data.result, body.data.proof);
    const again = await (await setting.adapter()).ask(requestId);
    expect(again.status).to.equal(409);
    expect(again.body.error.name).to.equal("RequestNotOpen");
    expect(again.body.error.message).to.include("Answered");
  });

  it("refuses a request past its deadline", async () => {
    const requestId = await setting.market.request();
    await setting.chain.helpers.time.increase(3_601);
    const { status, body } = await (await setting.adapter()).ask(requestId);
    expect(status).to.equal(409);
    expect(body.error.name).to.equal("DeadlinePassed");
  });

  it("asks no node of a committee that the operator does not serve", async () => {
    const adapter = await setting.adapter({ COMMITTEE_IDS: "2, 3" });
    const { status, body } = await adapter.ask(await setting.market.request());
    expect(status).to.equal(403);
    expect(body.error.name).to.equal("CommitteeNotServed");
    expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
  });

  it("computes nothing when the RPC endpoint serves another chain", async () => {
    const adapter = await setting.adapter({ CHAIN_ID: "1" });
    const { status, body } = await adapter.ask(await setting.market.request());
    expect(status).to.equal(502);
    expect(body.error.name).to.equal("WrongChain");
    expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
    const ready = await fetch(`${adapter.url}/ready`);
    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.deep.equal({ ready: false, deliveriesOwed: 0, error: { name: "WrongChain" } });
  });

  it("names a failing RPC endpoint without its URL, and recovers", async () => {
    const requestId = await setting.market.request();
    const adapter = await setting.adapter({ RPC_URL: `${setting.chain.rpcUrl}/v3/secretkey` });
    setting.chain.door.fails = true;
    const { status, body } = await adapter.ask(requestId);
    setting.chain.door.fails = false;
    expect(status).to.equal(502);
    expect(body.error.name).to.equal("RpcUnavailable");
    expect(JSON.stringify(body)).to.not.include("secretkey");
    expect((await adapter.ask(requestId)).status).to.equal(200);
  });

  it("says that it listens and that it is ready", async () => {
    const adapter = await setting.adapter();
    expect((await fetch(`${adapter.url}/health`)).status).to.equal(200);
    expect(await (await fetch(`${adapter.url}/ready`)).json()).to.deep.equal({ ready: true, deliveriesOwed: 0 });
  });
});
