import { ByteBudget } from "@sharebridge/mpc-nodes/node/byte-budget.ts";
import { expect } from "chai";

describe("a budget of bytes", () => {
  it("gives what it has, takes nothing when there is less, and fills up over time to its size", () => {
    let nowMs = 0;
    const budget = new ByteBudget(1_000, 100, () => nowMs);
    expect(budget.take(600)).to.equal(true);
    expect(budget.take(401)).to.equal(false);
    expect(budget.take(400)).to.equal(true);
    expect(budget.take(1)).to.equal(false);
    nowMs = 50;
    expect(budget.take(501)).to.equal(false);
    expect(budget.take(500)).to.equal(true);
    nowMs = 10_000;
    expect(budget.take(1_001)).to.equal(false);
    expect(budget.take(1_000)).to.equal(true);
  });
});
