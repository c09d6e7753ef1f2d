/** What follows from markets' events, also when blocks are read again and are others. */
import { type MarketEvent, MarketEvents } from "@sharebridge/mpc-nodes/chain/market-events.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

const MARKETS = ["0xa", "0xb"];
const DATASETS = ["0x1", "0x2", "0x3"];
const LAST_BLOCK = 12;

interface Step {
  readonly blockNumber: number;
  readonly kind: MarketEvent["kind"];
  readonly market: string;
  readonly datasetId: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  blockNumber: fc.integer({ min: 0, max: LAST_BLOCK }),
  kind: fc.constantFrom<MarketEvent["kind"][]>("created", "requested", "requested", "joined", "joined", "left"),
  market: fc.constantFrom(...MARKETS),
  datasetId: fc.constantFrom(...DATASETS),
});

/** A chain on which a market is made once, before anything else of it, and a dataset joins and leaves in turn. */
function chainOf(steps: readonly Step[], name: string): MarketEvent[] {
  const made = new Set<string>();
  const members = new Set<string>();
  const sorted = [...steps].sort((a, b) => a.blockNumber - b.blockNumber);
  return sorted.flatMap(({ blockNumber, kind, market, datasetId }, logIndex): MarketEvent[] => {
    const event = { position: { blockNumber, logIndex }, market };
    if (!made.has(market)) {
      made.add(market);
      return [{ ...event, kind: "created", epsilonPerRequest: market === "0xa" ? 3n : 0n, deltaPerRequest: 1n }];
    }
    const member = `${market} ${datasetId}`;
    if (kind === "requested") return [{ ...event, kind, requestId: `${name} ${logIndex}` }];
    if (kind === "joined" && !members.has(member)) {
      members.add(member);
      return [{ ...event, kind, datasetId }];
    }
    if (kind === "left" && members.delete(member)) return [{ ...event, kind, datasetId }];
    return [];
  });
}

const within = (events: readonly MarketEvent[], start: number, end: number) =>
  events.filter(({ position }) => position.blockNumber >= start && position.blockNumber <= end);

function told(events: MarketEvents, chains: readonly MarketEvent[][]) {
  const requestIds = chains.flat().flatMap((event) => (event.kind === "requested" ? [event.requestId] : []));
  const positions = [0, 5, LAST_BLOCK + 1].map((blockNumber) => ({ blockNumber, logIndex: 4 }));
  return {
    requests: requestIds.map((requestId) => events.request(requestId)),
    markets: [0, 5, LAST_BLOCK + 1].map((block) => new Set(events.marketsBefore(block))),
    usage: DATASETS.flatMap((datasetId) => positions.map((position) => events.usage(datasetId, position))),
  };
}

describe("the events of the factory's markets", () => {
  it("are known the same, in whatever pieces and however often blocks were read, and replaced", () => {
    const steps = fc.array(step, { maxLength: 40 });
    const ranges = fc.array(fc.tuple(fc.nat(LAST_BLOCK), fc.nat(LAST_BLOCK)), { maxLength: 8 });
    fc.assert(
      fc.property(steps, steps, ranges, fc.nat(4), (old, now, rereads, piece) => {
        const [dropped, chain] = [chainOf(old, "old"), chainOf(now, "new")];
        const events = new MarketEvents();
        events.replace(0, dropped);
        for (const [first, length] of rereads) events.replace(first, within(chain, first, first + length).reverse());
        for (let start = 0; start <= LAST_BLOCK; start += piece + 1) {
          events.replace(start, within(chain, start, start + piece));
        }
        const fresh = new MarketEvents();
        fresh.replace(0, chain);
        expect(told(events, [dropped, chain])).to.deep.equal(told(fresh, [dropped, chain]));
      }),
      { seed, numRuns: 200 },
    );
  });

  it("count what a dataset's use costs, by the terms of each market", () => {
    const at = (logIndex: number) => ({ position: { blockNumber: 1, logIndex } });
    const events = new MarketEvents();
    events.replace(1, [
      { ...at(0), kind: "created", market: "0xa", epsilonPerRequest: 3n, deltaPerRequest: 2n },
      { ...at(1), kind: "requested", market: "0xa", requestId: "before it joined" },
      { ...at(2), kind: "joined", market: "0xa", datasetId: "0x1" },
      { ...at(3), kind: "requested", market: "0xa", requestId: "first" },
      { ...at(4), kind: "requested", market: "0xa", requestId: "second" },
      { ...at(5), kind: "left", market: "0xa", datasetId: "0x1" },
      { ...at(6), kind: "requested", market: "0xa", requestId: "after it left" },
    ]);
    const usage = (logIndex: number) => events.usage("0x1", { blockNumber: 1, logIndex });
    expect(usage(4)).to.deep.equal({ uses: 1, epsilon: 3n, delta: 2n });
    expect(usage(9)).to.deep.equal({ uses: 2, epsilon: 6n, delta: 4n });
    expect(events.usage("0x2", { blockNumber: 9, logIndex: 0 })).to.deep.equal({ uses: 0, epsilon: 0n, delta: 0n });
  });
});
