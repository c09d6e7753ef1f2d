/**
 * What every primitive and every function costs four parties by a dry run: rounds, and payload bytes that each sends. Compared with a
 * table under version control, so that a change of cost is seen in review; `UPDATE_SNAPSHOTS=1` writes it. (`four-cost.test.ts` counts
 * what the primitives really send.)
 */
import { readFileSync, writeFileSync } from "node:fs";
import { costOf } from "@sharebridge/mpc-nodes/protocol/dry/dry-mpc.ts";
import type { Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { functions, primitives, solve } from "./priced.ts";

const FILE = new URL("../../snapshots/mpc-function-cost.json", import.meta.url);
const COUNTED = new URL("../../snapshots/mpc-cost.json", import.meta.url);
const LENGTHS = [1, 64, 1000, 100_000];
const SIZES = [1, 4, 16];

interface Line {
  readonly rounds: number;
  readonly bytes: readonly number[];
}
type Table = Record<string, Record<string, Line>>;

async function priced(run: (mpc: Mpc) => Promise<unknown>): Promise<Line> {
  const { rounds, bytesSent } = await costOf(run);
  return { rounds, bytes: [...bytesSent] };
}

describe("protocol: cost by a dry run", () => {
  const update = process.env.UPDATE_SNAPSHOTS === "1";
  const table: Table = update ? {} : JSON.parse(readFileSync(FILE, "utf8"));
  const written: Table = {};

  for (const [name, run] of Object.entries({ ...primitives, ...functions })) {
    it(name, async () => {
      const costs: Record<string, Line> = {};
      for (const rows of LENGTHS) costs[rows] = await priced((mpc) => run(mpc, rows));
      written[name] = costs;
      if (!update) expect(costs).to.deep.equal(table[name]);
    });
  }

  it("linearSolve", async () => {
    const costs: Record<string, Line> = {};
    for (const size of SIZES) costs[size] = await priced((mpc) => solve(mpc, size));
    written["linearSolve, by equations"] = costs;
    if (!update) expect(costs).to.deep.equal(table["linearSolve, by equations"]);
  });

  it("the table names nothing else", () => {
    if (update) writeFileSync(FILE, `${JSON.stringify(written, null, 2)}\n`);
    else expect(Object.keys(table)).to.deep.equal(Object.keys(written));
  });

  it("what a dry run says of a primitive is what the four parties really send", async () => {
    const counted: Table = JSON.parse(readFileSync(COUNTED, "utf8"));
    // By the names of both tables, where both price the same call.
    const same = ["multiply", "dot", "open", "widen", "shuffle", "unshuffle"].map((name) => [name, name] as const);
    for (const [ours, theirs] of [...same, ["inject, 1 plane", "inject"], ["count, 1 plane", "count"]] as const) {
      for (const rows of LENGTHS) {
        const { rounds, bytes } = await priced((mpc) => primitives[ours]!(mpc, rows));
        expect({ rounds, bytes }, `${ours}, ${rows} rows`).to.deep.equal(counted[theirs]![rows]);
      }
    }
    const dry = await priced((mpc) => mpc.truncate([{ value: mpc.random(1000, 64), bits: 9 }]));
    expect(dry).to.deep.equal(counted.truncate![1000]);
  });
});
