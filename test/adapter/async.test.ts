import { expect } from "chai";
import { logLines } from "./support/adapter.ts";
import { unknownId } from "./support/committee.ts";
import { answering, type Behaviour, honestResult, lying } from "./support/fake-node.ts";
import { serve, until } from "./support/http.ts";
import { randomUuid } from "./support/seeded-uuid.ts";
import { Setting } from "./support/setting.ts";

const setting = new Setting();

/** Nodes that answer honestly once `release` is called. */
function heldNodes(): { held: Behaviour; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held: Behaviour = async (node, requestId, response) => {
    await promise;
    return answering(honestResult)(node, requestId, response);
  };
  return { held, release: resolve };
}

describe("adapter: asynchronous requests", () => {
  before(() => setting.open());
  beforeEach(() => {
    setting.nodesAre();
    setting.chainlinkNode.nextStatuses = [];
  });
  afterEach(() => setting.closeAdapters());
  after(() => setting.close());

  it("acknowledges before the nodes have answered, then resumes with what the market accepts", async () => {
    const { held, release } = heldNodes();
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter();
    const requestId = await setting.market.request();
    const run = setting.chainlinkNode.newRun();
    const { status, body } = await adapter.ask(requestId, run.responseURL);
    expect(status).to.equal(200);
    expect(body).to.have.all.keys("pending", "statusCode", "data", "result", "timestamps");
    expect(body).to.deep.include({ pending: true, statusCode: 200, data: {}, result: null });
    expect(run.bodies()).to.deep.equal([]);
    release();
    await until(() => run.bodies().length === 1);
    const [patch] = run.bodies() as [{ value: { data: { result: string; proof: string } } }];
    expect(patch).to.have.all.keys("value");
    expect(patch.value).to.have.all.keys("data", "result", "statusCode", "timestamps");
    expect(patch.value.data).to.deep.include({ requestId, result: honestResult });
    await setting.market.direct.deliver(requestId, patch.value.data.result, patch.value.data.proof);
  });

  it("resumes with an error when the request is unknown or fails", async () => {
    const adapter = await setting.adapter();
    setting.nodesAre(lying, lying);
    const cases: [unknown, RegExp][] = [
      [unknownId(7), /^UnknownRequest: /],
      [await setting.market.request(), /^NoAgreement: .*signatures per digest: 0x.{9} 2, 0x.{9} 2$/],
    ];
    for (const [requestId, text] of cases) {
      const run = setting.chainlinkNode.newRun();
      const { status, body } = await adapter.ask(requestId, run.responseURL);
      expect([status, body.pending, body.statusCode]).to.deep.equal([200, true, 200]);
      await until(() => run.bodies().length === 1);
      const [patch] = run.bodies() as [{ error: string }];
      expect(patch).to.have.all.keys("error");
      expect(patch.error).to.match(text);
    }
  });

  it("waits out a provider that fails after the request was acknowledged", async () => {
    const adapter = await setting.adapter();
    const requestId = await setting.market.request();
    const run = setting.chainlinkNode.newRun();
    const faults = () => logLines.filter((line) => line.includes(requestId) && line.includes("asking again")).length;
    setting.chain.door.fails = true;
    expect((await adapter.ask(requestId, run.responseURL)).status).to.equal(200);
    await until(() => faults() >= 3);
    setting.chain.door.fails = false;
    await until(() => run.bodies().length === 1);
    expect(run.bodies()[0]).to.have.nested.property("value.data.requestId", requestId);
  });

  it("waits out a provider that lags behind for longer than a caller is made to wait", async () => {
    const adapter = await setting.adapter({ REQUEST_LOOKUP_MS: "3000" });
    setting.chain.door.hidesLogs = true;
    const requestId = await setting.market.request();
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(requestId, run.responseURL);
    await until(() => logLines.some((line) => line.includes(requestId) && line.includes("asking again")));
    setting.chain.door.hidesLogs = false;
    await until(() => run.bodies().length === 1);
    expect(run.bodies()[0]).to.have.nested.property("value.data.requestId", requestId);
  });

  it("ends the run with the fault when the provider does not come back in time", async () => {
    const adapter = await setting.adapter({ COMPUTATION_TIMEOUT_MS: "50" });
    const run = setting.chainlinkNode.newRun();
    const requestId = await setting.market.request();
    setting.chain.door.fails = true;
    await adapter.ask(requestId, run.responseURL);
    await until(() => run.bodies().length === 1);
    setting.chain.door.fails = false;
    expect(run.bodies()[0])
      .to.have.property("error")
      .that.matches(/^RpcUnavailable: /);
  });

  it("comes again when the node does not know the run yet", async () => {
    const adapter = await setting.adapter();
    setting.chainlinkNode.nextStatuses = [500, 404, 503];
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(await setting.market.request(), run.responseURL);
    await until(() => run.bodies().length === 4);
    await until(async () => (await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed === 0);
    const bodies = run.bodies();
    for (const body of bodies) expect(body).to.deep.equal(bodies[0]);
  });

  it("gives up at once when the node refuses the body", async () => {
    const adapter = await setting.adapter();
    setting.chainlinkNode.nextStatuses = [422];
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(await setting.market.request(), run.responseURL);
    await until(async () => (await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed === 0);
    expect(run.bodies()).to.have.length(1);
  });

  it("gives up on a run that the node goes on not to know", async () => {
    const adapter = await setting.adapter({ DELIVERY_NOT_FOUND_FOR_MS: "100" });
    setting.chainlinkNode.nextStatuses = Array.from({ length: 200 }, () => 404);
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(await setting.market.request(), run.responseURL);
    await until(async () => (await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed === 0);
    expect(run.bodies().length).to.be.above(1);
  });

  it("gives up after its time on a node that never takes the answer", async () => {
    const adapter = await setting.adapter({ DELIVERY_RETRY_FOR_MS: "200" });
    setting.chainlinkNode.nextStatuses = Array.from({ length: 200 }, () => 500);
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(await setting.market.request(), run.responseURL);
    await until(async () => (await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed === 0);
    expect(run.bodies().length).to.be.above(1);
  });

  it("asks the nodes once for one id, however often and from however many runs it is asked", async () => {
    const { held, release } = heldNodes();
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter();
    const requestId = await setting.market.request();
    const [one, other] = [setting.chainlinkNode.newRun(), setting.chainlinkNode.newRun()];
    const urls = [one.responseURL, one.responseURL, other.responseURL, one.responseURL];
    for (const { status } of await Promise.all(urls.map((url) => adapter.ask(requestId, url))))
      expect(status).to.equal(200);
    const synchronous = adapter.ask(requestId);
    await until(() => setting.submissions().every((count) => count === 1));
    release();
    expect((await synchronous).status).to.equal(200);
    await until(() => one.bodies().length === 1 && other.bodies().length === 1);
    const late = setting.chainlinkNode.newRun();
    await adapter.ask(requestId, late.responseURL);
    await until(() => late.bodies().length === 1);
    expect(late.bodies()).to.deep.equal(one.bodies());
    expect(one.bodies()).to.have.length(1);
    expect(setting.submissions()).to.deep.equal([1, 1, 1, 1]);
  });

  it("refuses more than its limit before it acknowledges", async () => {
    const { held, release } = heldNodes();
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter({ QUEUE_LIMIT: "2" });
    const runs = [1, 2, 3].map(() => setting.chainlinkNode.newRun());
    const requestId = await setting.market.request();
    for (const run of runs.slice(0, 2)) expect((await adapter.ask(requestId, run.responseURL)).status).to.equal(200);
    const refused = await adapter.ask(requestId, runs[2].responseURL);
    expect(refused.status).to.equal(503);
    expect(refused.body.error.name).to.equal("QueueFull");
    release();
    await until(() => runs[0].bodies().length + runs[1].bodies().length === 2);
    expect(runs[2].bodies()).to.deep.equal([]);
  });

  it("takes a real run while made-up requests fill the queue", async () => {
    const adapter = await setting.adapter({ QUEUE_LIMIT: "3", REQUEST_LOOKUP_MS: "60000" });
    const strangers = [11, 12, 13].map((number) => ({ id: unknownId(number), run: setting.chainlinkNode.newRun() }));
    for (const { id, run } of strangers) expect((await adapter.ask(id, run.responseURL)).status).to.equal(200);
    const run = setting.chainlinkNode.newRun();
    const requestId = await setting.market.request();
    // A Chainlink node repeats a call that got a 503.
    await until(async () => (await adapter.ask(requestId, run.responseURL)).status === 200);
    await until(() => run.bodies().length === 1);
    expect(run.bodies()[0]).to.have.property("value");
  });

  it("keeps four places at most for one request", async () => {
    const { held, release } = heldNodes();
    setting.nodesAre(held, held, held, held);
    const adapter = await setting.adapter();
    const requestId = await setting.market.request();
    const runs = [1, 2, 3, 4, 5].map(() => setting.chainlinkNode.newRun());
    const answers = [];
    for (const run of runs) answers.push(await adapter.ask(requestId, run.responseURL));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 503]);
    expect(answers[4]?.body.error.name).to.equal("QueueFull");
    release();
    await until(() => runs.slice(0, 4).every((run) => run.bodies().length === 1));
  });

  describe("responseURL", () => {
    it("goes to a run of an allowed node and nowhere else", async () => {
      let reached = 0;
      const elsewhere = await serve((_request, response) => {
        reached += 1;
        response.end();
      });
      const { origin } = setting.chainlinkNode;
      const { port } = new URL(origin);
      const uuid = randomUuid();
      const forbidden: unknown[] = [
        `${elsewhere.url}/v2/resume/${uuid}`,
        `http://localhost:${port}/v2/resume/${uuid}`,
        `https://127.0.0.1:${port}/v2/resume/${uuid}`,
        `http://127.0.0.1:1${port}/v2/resume/${uuid}`,
        `http://user:password@127.0.0.1:${port}/v2/resume/${uuid}`,
        `http://127.0.0.1:${port}@169.254.169.254/v2/resume/${uuid}`,
        `${origin}/v2/resume/${uuid}?next=1`,
        `${origin}/v2/resume/${uuid}#a`,
        `${origin}/v2/jobs`,
        `${origin}/v2/resume/../jobs/${uuid}`,
        `${origin}/v2/resume/`,
        `${origin}.example.com/v2/resume/${uuid}`,
        "file:///etc/passwd",
        "no url",
        `${origin}/${"a".repeat(3_000)}/v2/resume/${uuid}`,
        5,
        null,
        { href: origin },
      ];
      const adapter = await setting.adapter();
      const requestId = await setting.market.request();
      for (const responseURL of forbidden) {
        const { status, body } = await adapter.post({ data: { requestId }, responseURL });
        expect([status, body.error.name], JSON.stringify(responseURL)).to.deep.equal([400, "ResponseUrlNotAllowed"]);
        expect(JSON.stringify(body)).to.not.include(uuid);
      }
      expect(setting.submissions()).to.deep.equal([0, 0, 0, 0]);
      expect(reached).to.equal(0);
      expect(setting.chainlinkNode.strays).to.equal(0);
      await elsewhere.close();
    });

    it("is refused altogether when no origin is allowed", async () => {
      const adapter = await setting.adapter({ RESUME_ALLOWED_ORIGINS: "" });
      const run = setting.chainlinkNode.newRun();
      const { status, body } = await adapter.ask(await setting.market.request(), run.responseURL);
      expect([status, body.error.name]).to.deep.equal([400, "ResponseUrlNotAllowed"]);
    });

    it("is no redirect's to choose", async () => {
      const adapter = await setting.adapter();
      setting.chainlinkNode.nextStatuses = [307];
      const run = setting.chainlinkNode.newRun();
      await adapter.ask(await setting.market.request(), run.responseURL);
      await until(() => run.bodies().length === 2);
    });

    it("is never in a log line or an error", () => {
      expect(
        logLines.some((line) => line.includes("run resumed")),
        "the log is watched",
      ).to.equal(true);
      for (const { path } of setting.chainlinkNode.patches) {
        const uuid = path.split("/").at(-1) as string;
        expect(logLines.filter((line) => line.includes(uuid))).to.deep.equal([]);
      }
      expect(logLines.filter((line) => /\/v2\/resume\/[0-9a-f]{8}/.test(line))).to.deep.equal([]);
    });
  });
});
