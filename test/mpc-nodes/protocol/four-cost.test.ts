/**
 * What every operation costs four parties: rounds, and payload bytes that each sends. Counted and compared with a table under
 * version control, so that a change of cost is seen in review. `UPDATE_SNAPSHOTS=1` writes the table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { COIN_TOSS_BYTES, COIN_TOSS_ROUNDS } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { dealShares, runHonest, TOSS_FRAMES, take } from "../support/parties.ts";
import { agree, type Operation, operations } from "./operation-table.ts";

const FILE = new URL("../../snapshots/mpc-cost.json", import.meta.url);
const LENGTHS = [1, 64, 1000, 100_000];

interface Cost {
  readonly rounds: number;
  readonly bytes: readonly number[];
}

async function counted(run: Operation, length: number): Promise<Cost> {
  const x = dealShares([0, 1, 2, 3].map(() => new BigUint64Array(length).fill(1n)));
  const { results } = await runHonest(
    async (session) => {
      const { statistics } = session.network;
      const value = take(session, x);
      const before = { rounds: session.rounds, bytes: statistics.bytesSent };
      await run(session, value);
      return { rounds: session.rounds - before.rounds, bytes: statistics.bytesSent - before.bytes };
    },
    { seed },
  );
  expect(new Set(results.map(({ rounds }) => rounds)).size, "all parties count the same rounds").to.equal(1);
  return { rounds: results[0]!.rounds, bytes: results.map(({ bytes }) => bytes) };
}

describe("protocol: cost of every operation", () => {
  const written: Record<string, Record<string, Cost>> = {};
  const update = process.env.UPDATE_SNAPSHOTS === "1";
  const table = update ? {} : (JSON.parse(readFileSync(FILE, "utf8")) as typeof written);

  for (const [name, run] of Object.entries({ ...operations, agreeOnCommitments: agree })) {
    it(`${name}: counted cost is that of the table`, async () => {
      const costs: Record<string, Cost> = {};
      for (const length of LENGTHS) costs[length] = await counted(run, length);
      written[name] = costs;
      if (!update) expect(costs).to.deep.equal(table[name]);
    });
  }

  it("the table names nothing else", () => {
    if (update) writeFileSync(FILE, `${JSON.stringify(written, null, 2)}\n`);
    else expect(Object.keys(table)).to.deep.equal(Object.keys(written));
  });

  it("nothing costs nothing", async () => {
    expect(await counted(operations.multiply!, 0)).to.deep.equal({ rounds: 0, bytes: [0, 0, 0, 0] });
  });

  it("opening a session is three rounds: signed commitments, contributions, echoes", async () => {
    const { results } = await runHonest(async (s) => [s.rounds, s.network.statistics.bytesSent], { seed });
    for (const each of results) expect(each).to.deep.equal([COIN_TOSS_ROUNDS, COIN_TOSS_BYTES]);
  });

  it("a round of one step is one frame to each peer at most", async () => {
    for (const [name, run] of Object.entries(operations)) {
      const { rounds } = await counted(run, 3);
      const x = dealShares([0, 1, 2, 3].map(() => new BigUint64Array(3)));
      const { memory } = await runHonest((session) => run(session, take(session, x)), { seed });
      for (const { index } of memory.events) expect(index, name).to.be.lessThan(TOSS_FRAMES + rounds);
    }
  });
});
