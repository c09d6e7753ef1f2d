import {
  isLimited,
  type LogPosition,
  limitReached,
  type MarketUse,
  type Stay,
  usageOf,
} from "@sharebridge/contracts/dataset-usage.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../support/seed.ts";

const at = (blockNumber: number, logIndex = 0): LogPosition => ({ blockNumber, logIndex });
const stay = (market: string, joined: LogPosition, left: LogPosition | null = null): Stay => ({ market, joined, left });
const market = (requests: LogPosition[], epsilon = 0n, delta = 0n): MarketUse => ({
  requests,
  epsilonPerRequest: epsilon,
  deltaPerRequest: delta,
});

describe("how much of a dataset is used", () => {
  const a = market([at(10), at(20, 3), at(20, 5), at(30)], 1_000_000n, 7n);
  const b = market([at(15), at(25)], 500_000n, 1n);
  const markets = new Map([
    ["a", a],
    ["b", b],
  ]);

  it("adds up all markets, each at its own cost", () => {
    const stays = [stay("a", at(1)), stay("b", at(1))];
    expect(usageOf(stays, markets)).to.deep.equal({ uses: 6, epsilon: 5_000_000n, delta: 30n });
  });

  it("counts between joining and leaving only, to the log within a block, and every stay", () => {
    const uses = (...stays: Stay[]) => usageOf(stays, markets).uses;
    expect(uses(stay("a", at(20, 4)))).to.equal(2);
    expect(uses(stay("a", at(1), at(20, 4)))).to.equal(2);
    expect(uses(stay("a", at(1), at(15)), stay("a", at(25)))).to.equal(2);
    expect(uses(stay("a", at(31)))).to.equal(0);
    expect(uses()).to.equal(0);
    expect(uses(stay("unknown", at(1)))).to.equal(0);
  });

  it("counts what stands before a request, and not the request itself", () => {
    const stays = [stay("a", at(1)), stay("b", at(1), at(22))];
    expect(usageOf(stays, markets, at(20, 5)).uses).to.equal(3);
    expect(usageOf(stays, markets, at(20, 6)).uses).to.equal(4);
    expect(usageOf(stays, markets, at(0)).uses).to.equal(0);
    expect(usageOf([stay("a", at(25))], markets, at(20)).uses).to.equal(0);
  });

  it("is what counting one by one gives", () => {
    const position = fc.record({ blockNumber: fc.nat(6), logIndex: fc.nat(3) });
    const precedes = (x: LogPosition, y: LogPosition) =>
      x.blockNumber * 10 + x.logIndex < y.blockNumber * 10 + y.logIndex;
    fc.assert(
      fc.property(
        fc.array(position, { maxLength: 12 }),
        position,
        position,
        position,
        (positions, first, second, end) => {
          const requests = [...positions].sort((x, y) => (precedes(x, y) ? -1 : 1));
          const [joined, left] = precedes(second, first) ? [second, first] : [first, second];
          const expected = requests.filter(
            (each) => !precedes(each, joined) && precedes(each, left) && precedes(each, end),
          ).length;
          const found = usageOf([stay("m", joined, left)], new Map([["m", market(requests, 3n)]]), end);
          expect(found).to.deep.equal({ uses: expected, epsilon: 3n * BigInt(expected), delta: 0n });
        },
      ),
      { seed },
    );
  });
});

describe("a seller's limits", () => {
  const cost = { epsilonPerRequest: 1_000_000n, deltaPerRequest: 10n };
  const exact = { epsilonPerRequest: 0n, deltaPerRequest: 0n };
  const used = { uses: 2, epsilon: 2_000_000n, delta: 20n };
  const limits = { maxUses: 3, epsilonBudget: 3_000_000n, deltaBudget: 30n };
  const none = { maxUses: 0, epsilonBudget: 0n, deltaBudget: 0n };

  it("are kept up to the last request that fits", () => {
    expect(limitReached(limits, used, cost)).to.equal(null);
    expect(limitReached({ ...limits, maxUses: 2 }, used, cost)).to.equal("uses");
    expect(limitReached({ ...limits, epsilonBudget: 2_999_999n }, used, cost)).to.equal("budget");
    expect(limitReached({ ...limits, deltaBudget: 29n }, used, cost)).to.equal("budget");
  });

  it("count exact answers as uses, and have no budget for them", () => {
    expect(limitReached({ ...none, maxUses: 3 }, used, exact)).to.equal(null);
    expect(limitReached({ ...none, maxUses: 2 }, used, exact)).to.equal("uses");
    expect(limitReached({ ...limits, maxUses: 0 }, { uses: 0, epsilon: 0n, delta: 0n }, exact)).to.equal("budget");
  });

  it("are none where they are 0", () => {
    expect(isLimited(none)).to.equal(false);
    expect(limitReached(none, { uses: 1_000_000, epsilon: 10n ** 30n, delta: 10n ** 30n }, cost)).to.equal(null);
    expect([isLimited({ ...none, maxUses: 1 }), isLimited({ ...limits, maxUses: 0 })]).to.deep.equal([true, true]);
  });
});
