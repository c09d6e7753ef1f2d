/**
 * What every operation costs three parties, an opening of its results and what is verified before it included: rounds, and payload bytes
 * that each sends. Counted and compared with what `costs.ts` declares, and with a table under version control, so that a change of
 * cost is seen in review. `UPDATE_SNAPSHOTS=1` writes the table.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { DryCarrier } from "@sharebridge/mpc-nodes/protocol/dry/carrier.ts";
import { planeWords } from "@sharebridge/mpc-nodes/protocol/replicated/values.ts";
import { type Costs, costsOf, type Declared } from "@sharebridge/mpc-nodes/protocol/three/costs.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { allOf, dealShares, runThree } from "../../support/parties.ts";
import { takeThree } from "../../support/three-runner.ts";
import { type Operation, openResults, operations } from "./operation-table.ts";

const FILE = new URL("../../../snapshots/mpc-cost-three.json", import.meta.url);
const LENGTHS = [1, 64, 1000, 40_000];

interface Cost {
  readonly rounds: number;
  /** By seat; 0 at the one that is left out. */
  readonly bytes: readonly number[];
}

async function counted(run: Operation, length: number, excluded: PartyId): Promise<Cost> {
  const x = dealShares(PARTIES.map(() => new BigUint64Array(length).fill(1n)));
  const results = allOf(
    await runThree(
      excluded,
      async (session) => {
        const { statistics } = session.network;
        const value = takeThree(session, x);
        const before = { rounds: session.rounds, bytes: statistics.bytesSent };
        await openResults(session.mpc, await run(session.mpc, value));
        return { rounds: session.rounds - before.rounds, bytes: statistics.bytesSent - before.bytes };
      },
      { seed },
    ),
  );
  expect(new Set(results.map(({ rounds }) => rounds)).size, "all parties count the same rounds").to.equal(1);
  const bytes = [0, 0, 0, 0];
  for (const [index, party] of partiesExcept(excluded).entries()) bytes[party] = results[index]!.bytes;
  return { rounds: results[0]!.rounds, bytes };
}

/** What `operation-table.ts` does for n rows. */
const declared: Record<string, (costs: Costs, n: number) => Declared> = {
  multiply: (c, n) => [...c.product(n, 64, [n]), ...c.verification(0, [128]), ...numbers(c, n)],
  multiplyTwice: (c, n) => [
    ...c.product(n, 64, [n]),
    ...c.product(n, 64, []),
    ...c.verification(0, [128]),
    ...numbers(c, n),
  ],
  multiplyWide: (c, n) => [...c.product(n, 128, [n]), ...c.verification(0, [192]), ...numbers(c, 2 * n)],
  dot: (c, n) => [...c.product(1, 64, [n]), ...c.verification(0, [128]), ...numbers(c, 1)],
  innerProducts: (c, n) => [...c.product(n, 64, [n]), ...c.verification(0, [128]), ...numbers(c, n)],
  matrixProduct: (c, n) => [...c.product(n, 64, [n]), ...c.verification(0, [128]), ...numbers(c, n)],
  truncate: (c, n) => [
    ...c.truncate([{ length: n, word: 64 }]),
    ...c.verification(6 * planeWords(n), [128]),
    ...numbers(c, n),
  ],
  widen: (c, n) => [...c.widen(n), ...c.verification(3 * planeWords(n), [192]), ...numbers(c, 2 * n)],
  open: (c, n) => numbers(c, n),
  addends: (c, n) => [
    ...c.addends(n, 8),
    ...c.verification(14 * planeWords(n), []),
    ...c.open([0, 1].map(() => ({ units: 8 * planeWords(n), unitBytes: 8 }))),
  ],
  and: (c, n) => [
    ...c.and(2, n),
    ...c.verification(2 * planeWords(n), []),
    ...c.open([{ units: 2 * planeWords(n), unitBytes: 8 }]),
  ],
  inject: (c, n) => [...c.inject(n, 64), ...c.verification(0, [128]), ...numbers(c, n)],
  count: (c, n) => [...c.inject(n, 64), ...c.verification(0, [128]), ...numbers(c, 1)],
  shuffle: (c, n) => shuffled(c, n, false),
  unshuffle: (c, n) => shuffled(c, n, true),
  shuffleBits: (c, n) => [
    ...c.shuffleBits([{ planes: 2, length: n }], false),
    ...c.verification(0, ["field"], [lastOf(c.excluded)]),
    ...c.open([{ units: 2 * planeWords(n), unitBytes: 8 }]),
  ],
};

const firstOf = (excluded: PartyId): PartyId => partiesExcept(excluded)[0]!;
const lastOf = (excluded: PartyId): PartyId => partiesExcept(excluded)[2]!;

function numbers(costs: Costs, words: number): Declared {
  return costs.open([{ units: words, unitBytes: 8 }]);
}

function shuffled(costs: Costs, length: number, back: boolean): Declared {
  return [
    ...costs.shuffle([{ length, word: 64, bare: true }], back),
    ...costs.verification(0, [128], [back ? firstOf(costs.excluded) : lastOf(costs.excluded)]),
    ...numbers(costs, length),
  ];
}

/** What these messages come to in steps, tags included. */
async function priced(rounds: Declared): Promise<Cost> {
  const carrier = new DryCarrier();
  const nothing = (): void => {};
  for (const parts of rounds) {
    const filled = parts.filter(({ units }) => units > 0);
    if (filled.length > 0) await carrier.round(filled.map((part) => ({ ...part, produce: nothing, consume: nothing })));
  }
  const { rounds: count, bytesSent } = carrier.cost;
  return { rounds: count, bytes: bytesSent };
}

describe("three parties: cost of every operation", () => {
  const written: Record<string, Record<string, Cost>> = {};
  const update = process.env.UPDATE_SNAPSHOTS === "1";
  const table = update ? {} : (JSON.parse(readFileSync(FILE, "utf8")) as typeof written);

  for (const [name, run] of Object.entries(operations)) {
    it(`${name}: counted cost is what is declared, and that of the table`, async () => {
      const costs: Record<string, Cost> = {};
      for (const length of LENGTHS) {
        costs[length] = await counted(run, length, 3);
        expect(costs[length], `${length} rows`).to.deep.equal(await priced(declared[name]!(costsOf(3), length)));
      }
      for (const excluded of [0, 1, 2] as const) {
        const cost = await counted(run, 65, excluded);
        expect(cost, `without ${excluded}`).to.deep.equal(await priced(declared[name]!(costsOf(excluded), 65)));
      }
      written[name] = costs;
      if (!update) expect(costs).to.deep.equal(table[name]);
    });
  }

  it("the table names nothing else", () => {
    if (update) writeFileSync(FILE, `${JSON.stringify(written, null, 2)}\n`);
    else expect(Object.keys(table)).to.deep.equal(Object.keys(written));
  });

  it("nothing costs nothing", async () => {
    expect(await counted(operations.multiply!, 0, 3)).to.deep.equal({ rounds: 0, bytes: [0, 0, 0, 0] });
  });
});
