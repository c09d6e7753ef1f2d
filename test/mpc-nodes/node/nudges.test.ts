import { ChainError } from "@sharebridge/mpc-nodes/chain/errors.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { NodeError } from "@sharebridge/mpc-nodes/node/errors.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { Nudges, type NudgesOptions } from "@sharebridge/mpc-nodes/node/nudges.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { id } from "ethers";
import { type TestContext, testContext } from "./support/context.ts";
import { FakeChain } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, stock } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

const unknown = () => Promise.reject(new ChainError("UnknownRequest", "no market made it"));
const never = () => new Promise<never>(() => {});

describe("nudges by peers", () => {
  const refused: [string, Error][] = [];
  let nudges: Nudges;
  beforeEach(() => {
    refused.length = 0;
  });
  const create = (changes: Partial<NudgesOptions>) => {
    nudges = new Nudges({
      ...{ timeoutMs: 60_000, maximumPerPeer: 2, log: createLog("silent"), consider: unknown },
      refuse: (requestId, reason) => refused.push([requestId, reason]),
      ...changes,
    });
    return nudges;
  };

  it("look at each request once at a time, and at a bounded number for each peer", async () => {
    const looked: string[] = [];
    create({
      consider: (requestId) => {
        looked.push(requestId);
        return never();
      },
    });
    for (const name of ["a", "a", "b", "c", "d"]) nudges.hear(id(name), 1);
    nudges.hear(id("a"), 2);
    nudges.hear(id("e"), 2);
    expect(looked).to.deep.equal(["a", "b", "e"].map((name) => id(name)));
  });

  it("give up what does not pass within the peer's wait, and take it again when announced again", async () => {
    create({ timeoutMs: 0 });
    nudges.hear(id("a"), 1);
    await settled();
    nudges.hear(id("a"), 1);
    await settled();
    expect(refused.map(([requestId, { name }]) => [requestId, name])).to.deep.equal([
      [id("a"), "ChainError"],
      [id("a"), "ChainError"],
    ]);
  });

  it("refuse what has ended here, and nothing that is under way", async () => {
    for (const state of ["queued", "computing", "signed", "failed"] as const) {
      create({ consider: async () => ({ state }) });
      nudges.hear(id(state), 1);
      await settled();
    }
    expect(refused.map(([requestId]) => requestId)).to.deep.equal([id("signed"), id("failed")]);
  });

  it("end with the node, without waiting for the next try", async () => {
    create({});
    nudges.hear(id("a"), 1);
    await nudges.stop();
    nudges.hear(id("b"), 1);
    expect(refused.map(([requestId]) => requestId)).to.deep.equal([id("a")]);
  });

  /** All that is not a timer has run. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));
});

describe("four nodes of which one is asked", () => {
  const folders = new Folders();
  let chain: FakeChain;
  let contexts: TestContext[];
  let nodes: Requests[];

  beforeEach(async () => {
    chain = new FakeChain();
    const committed = await registerPool(chain);
    const transports = createMemoryTransports({ timeouts: { receiveMs: 20_000 } });
    const keys = await folders.keys(4);
    const settings = { maxQueuedRequests: 2 };
    contexts = PARTIES.map((seat) => testContext(keys[seat], { seat, chain, settings, transport: transports[seat] }));
    for (const context of contexts) await stock(context, committed);
    nodes = contexts.map((context) => new Requests(context));
    for (const seat of PARTIES) {
      contexts[seat].engine.onAnnounce = (requestId, from) => nodes[seat].nudge(requestId, from);
    }
  });
  afterEach(async () => {
    await Promise.all(contexts.map(({ engine }) => engine.close()));
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(contexts.map(({ store }) => store.close()));
  });
  after(() => folders.remove());

  async function outcome(seat: number, requestId: string) {
    for (;;) {
      const record = await contexts[seat].store.request(requestId);
      if (record?.state === "signed" || record?.state === "failed") return record;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  /** A node's own endpoint: what it says instead of showing the request. */
  function replaceChain(seat: number, request: (requestId: string) => ReturnType<FakeChain["request"]>): void {
    const own = Object.create(chain, { request: { value: request } }) as FakeChain;
    own.view = async () => own;
    Object.assign(contexts[seat], { chain: own });
  }

  it("all sign, though one node's endpoint is behind the others'", async () => {
    const requestId = chain.addRequest();
    const behind = ["UnknownRequest", "NotConfirmed", "ChainUnreachable"] as const;
    let looks = 0;
    replaceChain(3, async () => {
      if (looks < behind.length) throw new ChainError(behind[looks++], "ask again later");
      return chain.request(requestId);
    });
    await nodes[0].consider(requestId);
    for (const seat of PARTIES) expect((await outcome(seat, requestId)).state).to.equal("signed");
    expect(looks).to.equal(behind.length);
  });

  it("fail at once by name when one refuses", async () => {
    const requestId = chain.addRequest();
    replaceChain(2, () => Promise.reject(new NodeError("DatasetMissing", "this node does not hold the shares")));
    await nodes[0].consider(requestId);
    for (const seat of [0, 1, 3]) {
      expect((await outcome(seat, requestId)).failure?.code).to.equal("NoAnswer");
    }
    expect(await contexts[2].store.request(requestId)).to.equal(null);
  });

  it("hear of honest requests from their peers while strangers ask for what nobody made", async () => {
    const requestId = chain.addRequest();
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    replaceChain(1, async (asked) => {
      if (asked !== requestId) await held;
      return chain.request(asked);
    });
    const strangers = ["a", "b"].map((name) => rejection(nodes[1].consider(id(name))));
    expect(await rejection(nodes[1].consider(id("c")))).to.have.property("code", "QueueFull");
    await nodes[0].consider(requestId);
    for (const seat of PARTIES) expect((await outcome(seat, requestId)).state).to.equal("signed");
    letGo();
    for (const error of await Promise.all(strangers)) expect(error).to.have.property("code", "UnknownRequest");
  });
});
