import { expect } from "chai";
import { printResults } from "../../../scripts/demo/print.ts";
import { type Report, reportAsJson } from "../../../scripts/demo/report.ts";
import { compare, failures, hasPassed, judgeEscrow, type Money } from "../../../scripts/demo/verdict.ts";

const clear = new Map([
  ["count", 289],
  ["mean", 9.99],
]);
const answered = [
  { name: "count", label: "Number of men", value: 289, error: 0 },
  { name: "mean", label: "Mean wage", value: 9.9901, error: 0.0002 },
];
const money: Money = {
  price: 100n,
  payouts: [{ amount: 69n }, { amount: 0n }, { amount: 30n }],
  heldByMarket: 1n,
  books: { openEscrow: 0n, sellersUnclaimed: 0n, balances: 0n, dust: 1n },
  sellers: 6,
};

/** The verdict on a demo in which all is right but what is given. */
const judged = (changes: { figures?: typeof answered; money?: Partial<Money>; proofValid?: boolean } = {}) => ({
  figures: compare(changes.figures ?? answered, clear),
  proofValid: changes.proofValid ?? true,
  escrow: judgeEscrow({ ...money, ...changes.money }),
});

describe("the demo's verdict", () => {
  it("is passed when every figure is within its error, the proof holds and every wei is accounted for", () => {
    expect(failures(judged())).to.deep.equal([]);
    expect(hasPassed(judged())).to.equal(true);
  });

  const wrongFigures: [string, typeof answered, string][] = [
    ["off by more than its error", [answered[0], { ...answered[1], value: 9.9903 }], "Mean wage is outside its error"],
    ["exact and off by one", [{ ...answered[0], value: 290 }, answered[1]], "Number of men is outside its error"],
    [
      "not defined",
      [answered[0], { name: "mean", label: "Mean wage" } as (typeof answered)[0]],
      "Mean wage is outside its error",
    ],
    ["infinite", [answered[0], { ...answered[1], value: Number.POSITIVE_INFINITY }], "Mean wage is outside its error"],
    ["missing altogether", [], "the answer has no figures"],
  ];
  for (const [what, figures, failure] of wrongFigures) {
    it(`is failed by a figure that is ${what}`, () => {
      expect(failures(judged({ figures }))).to.deep.equal([failure]);
      expect(hasPassed(judged({ figures }))).to.equal(false);
    });
  }

  it("knows no figure without a yardstick", () => {
    expect(() => compare([{ name: "median", label: "Median", value: 1, error: 0 }], clear)).to.throw("median");
  });

  it("is failed by an invalid proof", () => {
    expect(failures(judged({ proofValid: false }))).to.deep.equal(["the proof does not hold"]);
    expect(hasPassed(judged({ proofValid: false }))).to.equal(false);
  });

  const wrongMoney: [string, Partial<Money>][] = [
    ["one wei was not paid out", { payouts: [{ amount: 68n }, { amount: 30n }] }],
    ["one wei was paid twice", { payouts: [{ amount: 70n }, { amount: 30n }] }],
    ["the market holds a wei less than its books say", { books: { ...money.books, dust: 2n } }],
    ["the books forget what the market holds", { books: { ...money.books, dust: 0n } }],
    [
      "more stayed in the market than rounding explains",
      { payouts: [{ amount: 93n }], heldByMarket: 7n, books: { ...money.books, dust: 7n } },
    ],
  ];
  for (const [what, changes] of wrongMoney) {
    it(`is failed when ${what}`, () => {
      expect(failures(judged({ money: changes }))).to.deep.equal(["money is missing from the escrow"]);
      expect(hasPassed(judged({ money: changes }))).to.equal(false);
    });
  }

  it("names all that failed", () => {
    const all = judged({ figures: [], proofValid: false, money: { price: 101n } });
    expect(failures(all)).to.have.length(3);
  });
});

describe("the demo's report", () => {
  const verdict = judged();
  const report: Report = {
    ...verdict,
    requestId: `0x${"12".repeat(32)}`,
    rows: 534,
    steps: [{ number: 1, title: "Sellers publish", milliseconds: 1.5, gas: 2n ** 60n, details: ["six"] }],
    payouts: [{ party: "clerical", role: "seller", amount: 10n ** 20n + 1n }],
    oracleFeeJuels: 10n ** 17n,
    milliseconds: 1_234,
    passed: hasPassed(verdict),
  };

  it("is JSON in which no amount is rounded", () => {
    const text = reportAsJson(report);
    expect(text.endsWith("}\n")).to.equal(true);
    const json = JSON.parse(text);
    expect(json.payouts[0].amount).to.equal("100000000000000000001");
    expect(json.steps[0]).to.deep.equal({
      number: 1,
      title: "Sellers publish",
      milliseconds: 1.5,
      gas: "1152921504606846976",
      details: ["six"],
    });
    expect(json.escrow).to.deep.equal({
      price: "100",
      paidOut: "99",
      dust: "1",
      heldByMarket: "1",
      allAccountedFor: true,
    });
    expect(json.figures[1]).to.include({ name: "mean", answer: 9.9901, clear: 9.99, withinDeclaredError: true });
    expect(json).to.include({ passed: true, proofValid: true, rows: 534, oracleFeeJuels: "100000000000000000" });
  });

  /** What `printResults` writes to the terminal. */
  function printed(shown: Report): string {
    const write = process.stdout.write;
    let text = "";
    process.stdout.write = ((chunk: string) => {
      text += chunk;
      return true;
    }) as typeof write;
    try {
      printResults(shown);
    } finally {
      process.stdout.write = write;
    }
    return text;
  }

  it("says on the terminal what passed, and by name what failed", () => {
    expect(printed(report))
      .to.match(/\nPassed/)
      .and.not.match(/FAILED|OUTSIDE/);
    const bad = judged({ figures: [answered[0], { ...answered[1], value: 11 }], proofValid: false });
    const text = printed({ ...report, ...bad, passed: hasPassed(bad) });
    expect(text).to.match(/Mean wage .* OUTSIDE/);
    expect(text).to.match(/FAILED after 1\.2 s: Mean wage is outside its error; the proof does not hold\./);
    expect(text).to.not.match(/\nPassed/);
  });
});
