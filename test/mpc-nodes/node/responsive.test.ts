/** The engine's thread may be busy for long; the node's HTTP side is another's. */
import type { WorkerEngine } from "@sharebridge/mpc-nodes/engine/worker/worker-engine.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { startNode } from "@sharebridge/mpc-nodes/node/node.ts";
import type { Store } from "@sharebridge/mpc-nodes/store/store.ts";
import { expect } from "chai";
import { BLOCK_MS, BLOCK_ROWS, CRASH_ROWS } from "../engine/worker/fake-rows.ts";
import { fakeEntry, startFake } from "../engine/worker/support.ts";
import { seatsOf } from "./support/committee.ts";
import { testContext, testSettings } from "./support/context.ts";
import { FakeChain } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, stock, WORKERS } from "./support/pool-of-one.ts";

describe("a node whose engine is a thread of its own", () => {
  const folders = new Folders();
  let nodes: { folder: string; keys: NodeKeys }[];
  let chain: FakeChain;
  let store: Store;

  before(async () => {
    nodes = await folders.keys(4);
  });
  after(() => folders.remove());

  /** A node with a pool of this many rows, and a request for it. */
  async function start(rows: number) {
    chain = new FakeChain();
    chain.ownSeats = seatsOf(nodes);
    const committed = await registerPool(
      chain,
      Array.from({ length: rows }, (_, row) => WORKERS[row % WORKERS.length]),
    );
    const [{ keys }] = nodes;
    const folder = folders.next();
    const context = testContext({ folder, keys }, { chain });
    await stock(context, committed);
    await context.store.close();
    store = openStore(folder, keys);
    const connect = (): Promise<WorkerEngine> => startFake(fakeEntry);
    const node = await startNode({
      ...{ settings: testSettings(), keys, chain, store, log: createLog("silent"), nowUnixMs: () => 0, connect },
    });
    const call = (path: string, body?: object) =>
      fetch(`http://127.0.0.1:${node.httpPort}${path}`, {
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
        headers: { "content-type": "application/json" },
      });
    const requestId = chain.addRequest();
    expect((await call("/v1/requests", { requestId })).status).to.equal(202);
    return { node, call, requestId };
  }

  it("answers while a long local operation keeps the engine busy, and stops without it", async () => {
    const { node, call, requestId } = await start(BLOCK_ROWS);
    const state = async () => ((await (await call(`/v1/requests/${requestId}`)).json()) as { state: string }).state;
    while ((await state()) !== "computing") await new Promise((resolve) => setTimeout(resolve, 5));
    const since = performance.now();
    for (let i = 0; i < 5; i++) expect((await call("/v1/info")).status).to.equal(200);
    expect(await state()).to.equal("computing");
    expect(performance.now() - since).to.be.lessThan(BLOCK_MS / 2);
    await node.stop();
  });

  it("says so when the engine crashes, and its request has failed as interrupted", async () => {
    const { node, call, requestId } = await start(CRASH_ROWS);
    expect(await node.crashed).to.have.property("code", "EngineCrashed");
    let body: { state: string; error?: { code: string } };
    do body = (await (await call(`/v1/requests/${requestId}`)).json()) as typeof body;
    while (body.state !== "failed");
    expect(body.error?.code).to.equal("Interrupted");
    await node.stop();
  });
});
