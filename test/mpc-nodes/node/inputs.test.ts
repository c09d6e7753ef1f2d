import { runsBySeller } from "@sharebridge/algorithms/language/contributions.ts";
import { contributionsOf } from "@sharebridge/mpc-nodes/node/inputs.ts";
import { expect } from "chai";

describe("whose rows are whose", () => {
  const member = (seller: string, validRows: number) => ({
    datasetId: `0x${validRows}`,
    commitment: "0x",
    seller,
    validRows,
  });

  it("follows the order of the pool; datasets of one seller count as one, the buyer's as none, however addresses are spelled", () => {
    const members = [member("0xaa", 3), member("0xbb", 4), member("0xaa", 5), member("0xcc", 6)];
    const contributions = contributionsOf([members], "0xCC");
    expect(contributions.runs.map(({ rows }) => rows)).to.deep.equal([3, 4, 5, 6]);
    expect(runsBySeller(contributions)).to.deep.equal([
      [
        { from: 0, to: 3 },
        { from: 7, to: 12 },
      ],
      [{ from: 3, to: 7 }],
    ]);
    expect([contributions.minimumRows, contributions.minimumSellers]).to.deep.equal([1, 1]);
  });
});
