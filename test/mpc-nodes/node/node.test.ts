import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { startNode } from "@sharebridge/mpc-nodes/node/node.ts";
import { parsePeerEndpoint } from "@sharebridge/mpc-nodes/node/peers.ts";
import { expect } from "chai";
import { id } from "ethers";
import { Committee, seatsOf } from "./support/committee.ts";
import { testSettings } from "./support/context.ts";
import { FakeChain } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { rejection } from "./support/rejection.ts";

describe("starting a node", () => {
  const folders = new Folders();
  let nodes: { folder: string; keys: NodeKeys }[];
  let chain: FakeChain;

  beforeEach(async () => {
    nodes = await folders.keys(4);
    chain = new FakeChain();
    chain.ownSeats = seatsOf(nodes);
  });
  after(() => folders.remove());

  async function refusal(): Promise<{ code?: string; connected: boolean; storeClosed: boolean; chainClosed: boolean }> {
    const { folder, keys } = nodes[0];
    const store = openStore(folder, keys);
    let [connected, chainClosed] = [false, false];
    chain.close = () => {
      chainClosed = true;
    };
    const connect = () => {
      connected = true;
      return Promise.reject(new Error("no peers in this test"));
    };
    const starting = startNode({ settings: testSettings(), keys, chain, store, log: createLog("silent"), connect });
    const error = (await rejection(starting)) as Error & { code?: string };
    const storeClosed = await store.programs().then(
      () => false,
      () => true,
    );
    return { ...(error.code === undefined ? {} : { code: error.code }), connected, storeClosed, chainClosed };
  }

  it("finds its seat and stops without leaving anything", async () => {
    const committee = await Committee.start({ nodes, chain: () => chain });
    expect([...committee.nodes].map(([seat, node]) => [seat, node.seat, node.epoch])).to.deep.equal(
      [0, 1, 2, 3].map((seat) => [seat, seat, 1n]),
    );
    const node = committee.nodes.get(0);
    await Promise.all([node?.stop(), node?.stop()]);
    await committee.stop();
  });

  it("is refused on another chain, before a peer is called", async () => {
    chain.servesOtherChain = true;
    expect(await refusal()).to.deep.equal({
      code: "WrongChain",
      connected: false,
      storeClosed: true,
      chainClosed: true,
    });
  });

  it("is refused without a seat, or with other keys than the chain shows", async () => {
    const [own, ...others] = chain.ownSeats;
    chain.ownSeats = [{ ...own, signer: chain.deployment.factory }, ...others];
    expect(await refusal()).to.include({ code: "NotSeated", connected: false });
    chain.ownSeats = [{ ...own, tlsKeyHash: id("other") }, ...others];
    expect(await refusal()).to.include({ code: "SeatKeysDiffer", connected: false });
  });

  it("closes everything when the peers' side does not come up", async () => {
    expect(await refusal()).to.deep.equal({ connected: true, storeClosed: true, chainClosed: true });
  });
});

describe("peer endpoints", () => {
  it("are host:port, an IPv6 host in brackets", () => {
    expect(parsePeerEndpoint(0, "node.example:7101")).to.deep.equal({ host: "node.example", port: 7_101 });
    expect(parsePeerEndpoint(0, "127.0.0.1:1")).to.deep.equal({ host: "127.0.0.1", port: 1 });
    expect(parsePeerEndpoint(0, "[::1]:65535")).to.deep.equal({ host: "::1", port: 65_535 });
  });

  for (const bad of [
    "",
    "host",
    "host:",
    ":1",
    "host:0",
    "host:65536",
    "::1:1",
    "http://host:1",
    "host:1/a",
    "host:-1",
  ]) {
    it(`are refused as "${bad}"`, () => {
      expect(() => parsePeerEndpoint(2, bad))
        .to.throw("seat 2")
        .with.property("code", "InvalidSettings");
    });
  }
});
