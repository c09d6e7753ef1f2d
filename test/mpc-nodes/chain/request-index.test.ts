import {
  MAX_ADDRESSES_PER_QUERY,
  REORG_DEPTH_BLOCKS,
  RequestIndex,
} from "@sharebridge/mpc-nodes/chain/request-index.ts";
import { expect } from "chai";
import { id } from "ethers";
import { rejection } from "../node/support/rejection.ts";
import { addressOf, LogEndpoint } from "./support/log-endpoint.ts";

const FACTORY = addressOf(0);
const MARKET = addressOf(1);
const STRANGER = addressOf(2);
const [A, B] = [id("request a"), id("request b")];

describe("the index of requests", () => {
  let endpoint: LogEndpoint;
  let index: RequestIndex;

  const create = (changes: { fromBlock?: number; maxLogRange?: number; confirmations?: number } = {}) =>
    new RequestIndex({
      ...{ provider: endpoint.provider, factory: FACTORY, fromBlock: 10, maxLogRange: 100, confirmations: 0 },
      ...changes,
    });
  const head = (number: number, name = `block ${number}`) => ({ number, hash: id(name) });

  beforeEach(() => {
    endpoint = new LogEndpoint();
    endpoint.createMarket(FACTORY, MARKET, 20);
    index = create();
  });

  it("finds a request of a market, whichever piece it stands in", async () => {
    endpoint.request(MARKET, A, 20);
    endpoint.request(MARKET, B, 431);
    expect(await index.find(A, head(500))).to.deep.equal({ market: MARKET, blockNumber: 20 });
    expect(await index.find(B, head(500))).to.deep.equal({ market: MARKET, blockNumber: 431 });
    expect(await index.find(id("nobody's"), head(500))).to.equal(null);
    expect(await create({ fromBlock: 432 }).find(B, head(500))).to.equal(null);
  });

  it("never hears of other contracts' logs, however many they emit", async () => {
    endpoint.maximumResults = 5;
    endpoint.request(MARKET, A, 30);
    endpoint.createMarket(STRANGER, STRANGER, 30);
    for (let i = 0; i < 50; i++) endpoint.request(STRANGER, A, 31);
    endpoint.request(STRANGER, B, 31);
    expect(await index.find(A, head(50))).to.deep.equal({ market: MARKET, blockNumber: 30 });
    expect(await index.find(B, head(50))).to.equal(null);
  });

  it("asks for halves where the endpoint finds an answer too large", async () => {
    endpoint.maximumResults = 3;
    const requestIds = Array.from({ length: 20 }, (_, i) => id(`request ${i}`));
    for (const [i, requestId] of requestIds.entries()) endpoint.request(MARKET, requestId, 30 + i);
    for (const [i, requestId] of requestIds.entries()) {
      expect((await index.find(requestId, head(60)))?.blockNumber).to.equal(30 + i);
    }
  });

  it("reads history once, then new blocks and the last few, and nothing while the head stays", async () => {
    endpoint.request(MARKET, A, 30);
    await index.find(A, head(10_000));
    expect(endpoint.takeBlocksRead()).to.be.greaterThan(9_000);
    await index.find(id("unknown"), head(10_000));
    await Promise.all([index.find(A, head(10_000)), index.find(B, head(10_000))]);
    expect(endpoint.takeBlocksRead()).to.equal(0);
    expect(await index.find(A, head(10_001))).not.to.equal(null);
    // The factory's logs and the markets'.
    expect(endpoint.takeBlocksRead()).to.equal(2 * (REORG_DEPTH_BLOCKS + 1));
  });

  it("forgets a request that a reorganisation dropped, and follows one that it moved", async () => {
    endpoint.request(MARKET, A, 490);
    endpoint.request(MARKET, B, 491);
    expect(await index.find(A, head(500))).not.to.equal(null);
    endpoint.reorganise(480);
    endpoint.request(MARKET, B, 495);
    expect(await index.find(A, head(500, "another block 500"))).to.equal(null);
    expect(await index.find(B, head(500, "another block 500"))).to.deep.equal({ market: MARKET, blockNumber: 495 });
  });

  it("forgets what stands above a head that has become lower", async () => {
    endpoint.request(MARKET, A, 490);
    await index.find(A, head(500));
    endpoint.reorganise(300);
    expect(await index.find(A, head(310))).to.equal(null);
    endpoint.request(MARKET, A, 311);
    expect(await index.find(A, head(312))).to.deep.equal({ market: MARKET, blockNumber: 311 });
  });

  it("forgets a market with the block that created it, and its requests with it", async () => {
    const other = addressOf(7);
    endpoint.createMarket(FACTORY, other, 490);
    endpoint.request(other, A, 491);
    expect(await index.find(A, head(500))).not.to.equal(null);
    endpoint.reorganise(490);
    endpoint.request(other, A, 492);
    expect(await index.find(A, head(501))).to.equal(null);
  });

  it("reads again as many blocks as need to be confirmed", async () => {
    const careful = create({ confirmations: 1_000 });
    endpoint.request(MARKET, A, 2_100);
    await careful.find(A, head(3_000));
    endpoint.reorganise(2_100);
    expect(await careful.find(A, head(3_000, "another block 3000"))).to.equal(null);
  });

  it("names a bounded number of contracts per question", async () => {
    const markets = Array.from({ length: 2 * MAX_ADDRESSES_PER_QUERY + 1 }, (_, i) => addressOf(100 + i));
    for (const market of markets) endpoint.createMarket(FACTORY, market, 40);
    const last = markets[markets.length - 1];
    endpoint.request(last, A, 41);
    expect(await index.find(A, head(50))).to.deep.equal({ market: last, blockNumber: 41 });
    for (const { addresses } of endpoint.questions) {
      expect(addresses.length).to.be.within(1, MAX_ADDRESSES_PER_QUERY);
    }
  });

  describe("counts how often a dataset was used", () => {
    const dataset = id("dataset");
    const other = addressOf(7);
    const used = async (block: number, name?: string) => {
      const usage = await index.usage([dataset], { blockNumber: block, logIndex: 0 }, head(600, name));
      return usage.get(dataset);
    };

    beforeEach(() => {
      endpoint.createMarket(FACTORY, other, 40, { epsilonPerRequest: 500_000, deltaPerRequest: 3 });
      endpoint.join(MARKET, dataset, 50);
      endpoint.join(other, dataset, 50);
      endpoint.request(MARKET, A, 60);
      endpoint.request(other, B, 320);
    });

    it("in all markets of the factory, each at its price in privacy, up to a request", async () => {
      expect(await used(60)).to.deep.equal({ uses: 0, epsilon: 0n, delta: 0n });
      expect(await used(61)).to.deep.equal({ uses: 1, epsilon: 0n, delta: 0n });
      expect(await used(601)).to.deep.equal({ uses: 2, epsilon: 500_000n, delta: 3n });
      expect(await index.usage([id("other")], { blockNumber: 601, logIndex: 0 }, head(600))).to.deep.equal(
        new Map([[id("other"), { uses: 0, epsilon: 0n, delta: 0n }]]),
      );
    });

    it("while it was in the pool, and not by what others' contracts emit", async () => {
      endpoint.leave(other, dataset, 330);
      endpoint.request(other, id("request c"), 340);
      endpoint.join(STRANGER, dataset, 50);
      endpoint.request(STRANGER, id("request d"), 60);
      expect(await used(601)).to.deep.equal({ uses: 2, epsilon: 500_000n, delta: 3n });
    });

    it("by the chain as it is after a reorganisation, and from nothing but the chain after a restart", async () => {
      endpoint.request(other, id("request c"), 590);
      expect((await used(601))?.uses).to.equal(3);
      endpoint.reorganise(580);
      expect((await used(601, "another block 600"))?.uses).to.equal(2);
      endpoint.request(other, id("request d"), 585);
      endpoint.request(other, id("request e"), 586);
      const known = await used(601, "yet another block 600");
      expect(known).to.deep.equal({ uses: 4, epsilon: 1_500_000n, delta: 9n });
      index = create({ maxLogRange: 7 });
      expect(await used(601)).to.deep.equal(known);
    });

    it("not at all while the endpoint is down", async () => {
      endpoint.down = true;
      expect(await rejection(used(601))).to.have.property("code", "ChainUnreachable");
    });
  });

  it("goes on where it failed", async () => {
    endpoint.request(MARKET, A, 30);
    await index.find(A, head(5_000));
    endpoint.down = true;
    expect(await rejection(index.find(A, head(5_001)))).to.have.property("code", "ChainUnreachable");
    endpoint.down = false;
    endpoint.takeBlocksRead();
    expect(await index.find(A, head(5_001))).to.deep.equal({ market: MARKET, blockNumber: 30 });
    expect(endpoint.takeBlocksRead()).to.equal(2 * (REORG_DEPTH_BLOCKS + 1));
  });
});
