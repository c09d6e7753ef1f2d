import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { payGap, weightedScore } from "@sharebridge/algorithms/library/index.ts";
import { callNode, MAXIMUM_ANSWER_BYTES, NodeRefusal } from "@sharebridge/sdk/network/call-node.ts";
import { connect } from "@sharebridge/sdk/network/connect.ts";
import { findProgram } from "@sharebridge/sdk/network/find-program.ts";
import { loadNetwork, marketAddress } from "@sharebridge/sdk/network/network-file.ts";
import { openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { readEvents } from "@sharebridge/sdk/network/read-events.ts";
import { expect } from "chai";
import type { Log } from "ethers";
import { z } from "zod";
import { rejection, thrown } from "../support/rejection.ts";
import { startWorld, type World } from "../support/world.ts";

const factory = "0x00000000000000000000000000000000000000f1";
const minimal = { rpcUrl: "http://127.0.0.1:8545", chainId: 31337, factory };

describe("loadNetwork", () => {
  it("reads a minimal description and leaves unknown members alone", () => {
    const description = loadNetwork({ ...minimal, adapterUrl: "http://127.0.0.1:8080" });
    expect(description.fromBlock).to.equal(0);
    expect(description.markets).to.deep.equal({});
  });

  const wrong: [string, object, RegExp][] = [
    ["an RPC of another kind", { rpcUrl: "file:///etc/passwd" }, /rpcUrl/],
    ["no factory", { factory: undefined }, /factory/],
    ["half an address", { markets: { payGap: "0x12" } }, /markets\.payGap: must be an address/],
    [
      "a short key",
      { accounts: { buyer: { address: factory, privateKey: "0x12" } } },
      /accounts\.buyer\.privateKey: must be 32/,
    ],
  ];
  for (const [what, members, sentence] of wrong) {
    it(`refuses ${what}`, () => {
      const error = thrown(() => loadNetwork({ ...minimal, ...members }));
      expect(error.code).to.equal("InvalidNetworkFile");
      expect(error.message).to.match(sentence);
    });
  }

  it("names markets, and says which names there are", () => {
    const description = loadNetwork({ ...minimal, markets: { payGap: factory } });
    expect(marketAddress(description, "payGap")).to.equal(factory);
    expect(marketAddress(description, factory.toUpperCase().replace("X", "x"))).to.equal(factory);
    expect(thrown(() => marketAddress(description, "toString")).message).to.match(/it names: payGap/);
  });
});

describe("connect", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  const connecting = (members: object) => connect(loadNetwork({ ...world.networkFile, ...members }));

  it("refuses a chain with another id than the description's", async () => {
    const error = await rejection(connecting({ chainId: 1 }));
    expect(error.code).to.equal("WrongChain");
    expect(error.message).to.match(/serves chain 31337, the network file is for chain 1\. Nothing was signed/);
  });

  it("refuses a factory without code, and registries that are not the factory's", async () => {
    expect((await rejection(connecting({ factory }))).code).to.equal("NoContract");
    const error = await rejection(connecting({ datasets: factory }));
    expect(error.code).to.equal("InvalidNetworkFile");
    expect(error.message).to.match(/for datasets/);
  });

  it("says that a chain cannot be reached", async () => {
    const error = await rejection(connecting({ rpcUrl: "http://127.0.0.1:9" }));
    expect(error.code).to.equal("ChainUnreachable");
  });

  it("opens only markets that the factory made", async () => {
    expect((await openMarket(world.connection, "payGap")).terms.algorithm).to.equal(programHash(payGap));
    const error = await rejection(openMarket(world.connection, factory));
    expect(error.code).to.equal("UnknownMarket");
  });
});

describe("findProgram", () => {
  const other = { ...weightedScore, name: "other_score" };
  const hash = programHash(other);

  it("finds the library's programs and those of the source, by hash", async () => {
    const programSource = async () => encodeProgram(other);
    expect((await findProgram({ programSource: async () => null }, programHash(payGap))).name).to.equal("pay_gap");
    expect((await findProgram({ programSource }, hash)).name).to.equal("other_score");
  });

  it("does not believe a source that gives another program", async () => {
    const programSource = async () => encodeProgram(payGap);
    expect((await rejection(findProgram({ programSource }, hash))).code).to.equal("ProgramMismatch");
    expect((await rejection(findProgram({ programSource: async () => null }, hash))).code).to.equal("UnknownProgram");
  });
});

describe("callNode", () => {
  const shape = z.object({ ok: z.boolean() });
  const call = { seat: 2, endpoint: "http://node", method: "GET", path: "/v1/info" } as const;
  const answering = (...responses: (() => Response)[]) => {
    const urls: string[] = [];
    const fetch = async (input: unknown) => {
      urls.push(String(input));
      return (responses[urls.length - 1] ?? responses.at(-1)!)();
    };
    return { urls, options: { fetch: fetch as typeof globalThis.fetch, retryDelayMs: 1, attempts: 3 } };
  };
  const json = (value: unknown, status = 200) => Response.json(value, { status });
  const refusal = (code: string, status: number) => json({ error: { code, message: "no" } }, status);

  it("repeats what may pass by itself, and nothing else", async () => {
    const passing = answering(
      () => refusal("QueueFull", 429),
      () => refusal("ChainUnreachable", 503),
      () => json({ ok: true }),
    );
    expect(await callNode(call, shape, passing.options)).to.deep.equal({ ok: true });
    const final = answering(() => refusal("NotOwner", 403));
    const error = await rejection(callNode(call, shape, final.options));
    expect(error).to.be.instanceOf(NodeRefusal);
    expect(error.message).to.match(/^Node 2 refuses: the upload is not signed by the dataset's owner/);
    expect(final.urls).to.have.length(1);
  });

  it("gives up after the last attempt", async () => {
    const { options, urls } = answering(() => refusal("Internal", 500));
    expect((await rejection(callNode(call, shape, options))).code).to.equal("NodeRefused");
    expect(urls).to.have.length(3);
  });

  it("refuses answers of another shape, without JSON, or without end", async () => {
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
        }),
      );
    for (const response of [() => json({ ok: "yes" }), () => new Response("<html>"), endless]) {
      const error = await rejection(callNode(call, shape, answering(response).options));
      expect(error.code).to.equal("NodeAnswerInvalid");
    }
    expect(MAXIMUM_ANSWER_BYTES).to.equal(4_194_304);
  });

  it("calls no address that is not http, whatever the chain says", async () => {
    const { options, urls } = answering(() => json({ ok: true }));
    const error = await rejection(callNode({ ...call, endpoint: "file:///etc" }, shape, { ...options, attempts: 1 }));
    expect(error.code).to.equal("NodeUnreachable");
    expect(urls).to.deep.equal([]);
  });
});

describe("readEvents", () => {
  it("reads in halves where the RPC refuses a range, in order and without gaps", async () => {
    const asked: [number, number][] = [];
    const query = async (from: number, to: number) => {
      if (to - from > 100) throw new Error("block range too large");
      asked.push([from, to]);
      return [{ blockNumber: from }] as unknown as Log[];
    };
    const logs = await readEvents(query, 0, 1_000);
    expect(logs.map(({ blockNumber }) => blockNumber)).to.deep.equal(asked.map(([from]) => from));
    asked.forEach(([from], index) => {
      expect(from).to.equal(index === 0 ? 0 : asked[index - 1][1] + 1);
    });
    expect(asked.at(-1)?.[1]).to.equal(1_000);
  });

  it("gives up when even a small range is refused", async () => {
    const failing = async () => {
      throw new Error("down");
    };
    expect(await readEvents(failing, 0, 1_000).catch((error: Error) => error.message)).to.equal("down");
    expect(await readEvents(failing, 5, 4)).to.deep.equal([]);
  });
});
