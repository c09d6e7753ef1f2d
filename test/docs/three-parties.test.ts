/** docs/protocol/three-parties.md is held to the counted costs, and to the constants that it names. */
import { readFileSync } from "node:fs";
import { bucketSize, bucketsFor } from "@sharebridge/mpc-nodes/protocol/three/triple-check.ts";
import { expect } from "chai";

const page = readFileSync(new URL("../../docs/protocol/three-parties.md", import.meta.url), "utf8");
const counted: Record<string, Record<string, { rounds: number; bytes: number[] }>> = JSON.parse(
  readFileSync(new URL("../snapshots/mpc-cost-three.json", import.meta.url), "utf8"),
);
const ROWS = 40_000;

describe("docs: three parties", () => {
  it("the table has every operation at its counted cost", () => {
    const expected = Object.entries(counted).map(([name, byRows]) => {
      const { rounds, bytes } = byRows[ROWS]!;
      return `| \`${name}\` | ${rounds} | ${(Math.max(...bytes) / ROWS).toFixed(1)} |`;
    });
    expect(page.split("\n").filter((line) => line.startsWith("| `"))).to.deep.equal(expected);
  });

  it("the sizes of buckets are those of the code", () => {
    expect(page).to.contain(
      `B = ${bucketSize(2 ** 20)} to ${bucketSize(bucketsFor(1))} by N (${bucketsFor(1)} at least)`,
    );
  });
});
