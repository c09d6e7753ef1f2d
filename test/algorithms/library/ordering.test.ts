/** The library's programs about orders of rows, against published tables and against other algorithms. */
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import {
  descriptiveStatistics,
  descriptiveStatisticsOf,
  doubleAuction,
  kaplanMeier,
  kaplanMeierOf,
  secondPriceAuction,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { cpsInputs, workers } from "../support/cps.ts";

type Table = Record<string, readonly (string | number)[]>;

function figuresOf(program: Program, table: Table, parameters: readonly bigint[] = []): Map<string, Figure> {
  const words = new Map(
    program.columns.map((column) => [column.name, encodeColumn(column, table[column.name].map(String))]),
  );
  const rows = table[program.columns[0].name].length;
  const outputs = evaluateWords(program, words, parameters, rows);
  return new Map(finish(program, outputs, { rows, parameters }).map((figure) => [figure.name, figure]));
}

/** Figures that are whole numbers without an error. */
function wholeOf(program: Program, table: Table, parameters: readonly bigint[] = []): number[] {
  const figures = [...figuresOf(program, table, parameters).values()];
  expect(figures.every(({ error }) => error === 0)).to.equal(true);
  return figures.map(({ value }) => value!);
}

describe("descriptive statistics", () => {
  it("are those that R prints of the wages of the CPS of 1985 (summary(CPS1985$wage), package AER)", () => {
    const outputs = evaluateWords(descriptiveStatistics, cpsInputs(descriptiveStatistics), [], workers.length);
    const figures = new Map(finish(descriptiveStatistics, outputs, { rows: 534 }).map((each) => [each.name, each]));
    // By two passes, as the program does not.
    const mean = workers.reduce((sum, { wage }) => sum + wage, 0) / 534;
    const variance = workers.reduce((sum, { wage }) => sum + (wage - mean) ** 2, 0) / 533;
    const expected: [string, number, number][] = [
      ["count", 534, 0],
      ["mean", 9.024, 5e-4],
      ["minimum", 1, 0],
      ["quartile_1", 5.25, 0],
      // 7.78 is no multiple of 2^-22: quartiles are of encoded values.
      ["quartile_2", 7.78, 2 ** -23],
      ["quartile_3", 11.25, 0],
      ["maximum", 44.5, 0],
      ["standard_deviation", Math.sqrt(variance), 1e-4],
    ];
    for (const [name, value, off] of expected) {
      expect(Math.abs(figures.get(name)!.value! - value), name).to.be.at.most(off);
    }
    expect(figures.get("mean")!.error).to.be.below(2e-7);
    expect(figures.get("standard_deviation")!.error).to.be.below(1e-4);
  });

  it('take the middle between the rows on both sides of a quarter (numpy.quantile, method "midpoint")', () => {
    const column = { name: "x", kind: "number", fractionBits: 1, minimum: "-100", maximum: "100" } as const;
    const program = descriptiveStatisticsOf({ name: "d", column, squareBitsCut: 1, maximumRows: 100 });
    const quartiles = (x: number[]) => {
      const figures = figuresOf(program, { x });
      return ["minimum", "quartile_1", "quartile_2", "quartile_3", "maximum"].map((name) => figures.get(name)!.value);
    };
    expect(quartiles([4, 1, 3, 2])).to.deep.equal([1, 1.5, 2.5, 3.5, 4]);
    expect(quartiles([7, -1, 3, 3, -8])).to.deep.equal([-8, -1, 3, 3, 7]);
    expect(quartiles([5, 9])).to.deep.equal([5, 7, 7, 7, 9]);
    expect(quartiles([2.5])).to.deep.equal([2.5, 2.5, 2.5, 2.5, 2.5]);
    expect(quartiles([])).to.deep.equal([0, 0, 0, 0, 0]);
  });

  it("say that they reveal individual values", () => {
    const statement = disclosureStatement(descriptiveStatistics);
    for (const name of ["minimum", "quartile_1_twice", "maximum"]) {
      expect(statement).to.include(
        `- ${name}, computed over all rows from wage; depends on a minimum or maximum over rows, or on the row at a position, and so reveals individual values`,
      );
    }
    expect(statement).to.include("- sum, computed over all rows from wage\n");
    expect(statement).to.include("Who consents to this program consents to that.");
  });
});

describe("second-price auction", () => {
  const run = (bid: number[], reserve: number) =>
    wholeOf(secondPriceAuction, { bidder: bid.map((_, row) => row + 101), bid }, [BigInt(reserve)]);

  it("sells to the highest bid at the second, no lower than the reserve, and to the first of equal bids", () => {
    expect(run([30, 70, 50], 0)).to.deep.equal([1, 102, 50]);
    expect(run([30, 70, 50], 60)).to.deep.equal([1, 102, 60]);
    expect(run([30, 70, 50], 70)).to.deep.equal([1, 102, 70]);
    expect(run([30, 70, 50], 71)).to.deep.equal([0, 0, 0]);
    expect(run([30, 70, 50, 70], 0)).to.deep.equal([1, 102, 70]);
    expect(run([0], 0)).to.deep.equal([1, 101, 0]);
    expect(run([5], 3)).to.deep.equal([1, 101, 3]);
    expect(run([], 0)).to.deep.equal([0, 0, 0]);
  });

  it("makes bidding one's value as good as any other bid (Vickrey), whatever the others bid", () => {
    const amount = fc.nat(20);
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 6 }), amount, amount, amount, (others, value, bid, reserve) => {
        const gain = (own: number) => {
          const [sold, winner, price] = run([...others, own], reserve);
          return sold === 1 && winner === 101 + others.length ? value - price : 0;
        };
        expect(gain(value)).to.be.at.least(Math.max(0, gain(bid)));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("says that it reveals individual values", () => {
    expect(disclosureStatement(secondPriceAuction)).to.match(/- price, .* reveals individual values/);
  });
});

describe("double auction", () => {
  const run = (orders: readonly (readonly [side: string, price: number, quantity: number])[]) =>
    wholeOf(doubleAuction, {
      side: orders.map(([side]) => side),
      price: orders.map(([, price]) => price),
      quantity: orders.map(([, , quantity]) => quantity),
    });

  it("clears a market of whole units", () => {
    // Demand 3 at 9 and more, 8 at 7, 10 at 4; supply 4 at 3, 6 at 5, 12 at 8: six units change hands, at 7.
    const bids = [
      ["bid", 9, 3],
      ["bid", 7, 5],
      ["bid", 4, 2],
    ] as const;
    const asks = [
      ["ask", 3, 4],
      ["ask", 5, 2],
      ["ask", 8, 6],
    ] as const;
    expect(run([...bids, ...asks])).to.deep.equal([7, 6]);
    expect(run(bids)).to.deep.equal([0, 0]);
    expect(run(asks)).to.deep.equal([0, 0]);
    expect(run([])).to.deep.equal([0, 0]);
    // Nobody meets.
    expect(
      run([
        ["bid", 3, 1],
        ["ask", 4, 1],
      ]),
    ).to.deep.equal([0, 0]);
    expect(
      run([
        ["bid", 4, 1],
        ["ask", 4, 1],
      ]),
    ).to.deep.equal([4, 1]);
  });

  it("finds, in any market with ties, the lowest price that clears and the greatest quantity that any price trades", () => {
    const order = fc.tuple(fc.constantFrom("bid", "ask"), fc.nat(12), fc.nat(4));
    fc.assert(
      fc.property(fc.array(order, { maxLength: 14 }), (orders) => {
        const total = (side: string, at: (price: number) => boolean) =>
          orders.reduce((sum, [own, price, quantity]) => sum + (own === side && at(price) ? quantity : 0), 0);
        const prices = Array.from({ length: 14 }, (_, price) => price);
        const volumes = prices.map((p) =>
          Math.min(
            total("ask", (a) => a <= p),
            total("bid", (b) => b >= p),
          ),
        );
        const most = Math.max(...volumes);
        const [price, quantity] = run(orders);
        expect(quantity).to.equal(most);
        if (most === 0) expect(price).to.equal(0);
        else {
          const clears = (p: number) =>
            total("ask", (a) => a <= p) >= total("bid", (b) => b > p) &&
            total("ask", (a) => a < p) <= total("bid", (b) => b >= p);
          expect(price).to.equal(prices.find(clears));
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it("says that its price may reveal individual values", () => {
    expect(disclosureStatement(doubleAuction)).to.match(/- price, .*depends on the order of rows, and so may reveal/);
  });
});

describe("Kaplan-Meier", () => {
  it("gives the published curve of the 6-MP group (Freireich et al. 1963; Kleinbaum, Klein, *Survival Analysis*, chapter 2)", () => {
    const events = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    const censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    const grid = [...new Set([...events, ...censored])].sort((a, b) => a - b);
    const program = kaplanMeierOf({
      name: "km",
      time: kaplanMeier.columns[0] as never,
      event: kaplanMeier.columns[1] as never,
      seen: "yes",
      grid: grid.map(String),
      maximumRows: 1_000,
    });
    const figures = figuresOf(program, {
      months: [...censored, ...events],
      event: [...censored.map(() => "no"), ...events.map(() => "yes")],
    });
    const published = new Map([
      [6, 0.857],
      [7, 0.807],
      [10, 0.753],
      [13, 0.69],
      [16, 0.627],
      [22, 0.538],
      [23, 0.448],
    ]);
    let survival = 1;
    for (const [index, time] of grid.entries()) {
      survival = published.get(time) ?? survival;
      const figure = figures.get(`survival_${index}`)!;
      expectCloseTo(figure.value, survival, 5e-4, `beyond ${time}`);
      expect(figure.error).to.be.below(1e-15);
    }
  });

  it("rounds times up to the grid, and is undefined where nobody is at risk", () => {
    const figures = figuresOf(kaplanMeier, {
      months: [0, 3, 4, 5, 6, 7],
      event: ["yes", "no", "yes", "no", "yes", "yes"],
    });
    const survival = (index: number) => figures.get(`survival_${index}`)!;
    expectCloseTo(survival(0).value, 5 / 6, 1e-15);
    expectCloseTo(survival(1).value, (5 / 6) * (2 / 4), 1e-15);
    expect(survival(2).value).to.equal(0);
    expect(survival(3).undefinedReason).to.include("at_risk_3, which is zero");
  });

  it("says that its steps reveal individual values", () => {
    const statement = disclosureStatement(kaplanMeier);
    expect(statement).to.include("It counts or sums in steps along months, at 12 public thresholds:");
    expect(statement).to.include("Who consents to this program consents to that.");
  });
});
