import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { unknownId } from "./support/committee.ts";
import type { Behaviour } from "./support/fake-node.ts";
import { until } from "./support/http.ts";
import { Setting } from "./support/setting.ts";

const setting = new Setting();
const silent: Behaviour = () => {};

describe("adapter: restart", () => {
  before(() => setting.open());
  beforeEach(() => setting.nodesAre());
  after(() => setting.close());
  afterEach(() => setting.closeAdapters());

  /** Stops the adapters, but keeps their folders. */
  const stop = async (adapter: { close(): Promise<void> }) => adapter.close();

  it("computes and delivers what it had acknowledged before it stopped", async () => {
    const DATA_DIR = setting.newFolder();
    setting.nodesAre(silent, silent, silent, silent);
    const adapter = await setting.adapter({ DATA_DIR });
    const run = setting.chainlinkNode.newRun();
    const requestId = await setting.market.request();
    await adapter.ask(requestId, run.responseURL);
    await until(() => setting.submissions().every((count) => count === 1));
    await stop(adapter);
    expect(run.bodies()).to.deep.equal([]);

    setting.nodesAre();
    await setting.adapter({ DATA_DIR });
    await until(() => run.bodies().length === 1);
    expect(run.bodies()[0]).to.have.nested.property("value.data.requestId", requestId);
  });

  it("delivers an answer that the Chainlink node had not taken, without asking the nodes again", async () => {
    const DATA_DIR = setting.newFolder();
    const adapter = await setting.adapter({ DATA_DIR });
    setting.chainlinkNode.nextStatuses = Array.from({ length: 1_000 }, () => 500);
    const run = setting.chainlinkNode.newRun();
    const requestId = await setting.market.request();
    await adapter.ask(requestId, run.responseURL);
    await until(() => run.bodies().length >= 2);
    await stop(adapter);
    const [first] = run.bodies();
    const before = run.bodies().length;
    const asked = setting.submissions();

    setting.chainlinkNode.nextStatuses = [];
    const restarted = await setting.adapter({ DATA_DIR });
    await until(() => run.bodies().length > before);
    expect(run.bodies().at(-1)).to.deep.equal(first);
    expect((await restarted.ask(requestId)).body).to.deep.equal((first as { value: unknown }).value);
    expect(setting.submissions()).to.deep.equal(asked);
  });

  it("delivers an error that the Chainlink node had not taken", async () => {
    const DATA_DIR = setting.newFolder();
    const adapter = await setting.adapter({ DATA_DIR });
    setting.chainlinkNode.nextStatuses = Array.from({ length: 1_000 }, () => 500);
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(unknownId(3), run.responseURL);
    await until(() => run.bodies().length > 0);
    await stop(adapter);
    const before = run.bodies().length;

    setting.chainlinkNode.nextStatuses = [];
    await setting.adapter({ DATA_DIR });
    await until(() => run.bodies().length > before);
    expect(run.bodies().at(-1)).to.deep.equal(run.bodies()[0]);
  });

  it("owes nothing after a delivery", async () => {
    const DATA_DIR = setting.newFolder();
    const adapter = await setting.adapter({ DATA_DIR });
    const run = setting.chainlinkNode.newRun();
    await adapter.ask(await setting.market.request(), run.responseURL);
    await until(
      async () =>
        run.bodies().length === 1 && (await (await fetch(`${adapter.url}/ready`)).json()).deliveriesOwed === 0,
    );
    await stop(adapter);
    const restarted = await setting.adapter({ DATA_DIR });
    expect(await (await fetch(`${restarted.url}/ready`)).json()).to.deep.equal({ ready: true, deliveriesOwed: 0 });
    expect(run.bodies()).to.have.length(1);
  });

  it("remembers the newest answers only", async () => {
    const adapter = await setting.adapter({ ANSWERS_KEPT: "1" });
    const [first, second] = [await setting.market.request(), await setting.market.request()];
    for (const requestId of [first, second, second]) expect((await adapter.ask(requestId)).status).to.equal(200);
    expect(Math.max(...setting.submissions())).to.equal(2);
    await adapter.ask(first);
    expect(Math.max(...setting.submissions())).to.equal(3);
  });

  it("keeps resume URLs in files that no one else can read", async () => {
    const DATA_DIR = setting.newFolder();
    await setting.adapter({ DATA_DIR });
    const files = readdirSync(DATA_DIR);
    expect(files).to.include("deliveries.sqlite");
    for (const file of files) expect(statSync(join(DATA_DIR, file)).mode & 0o077, file).to.equal(0);
  });
});
