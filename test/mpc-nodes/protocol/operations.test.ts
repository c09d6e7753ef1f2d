import { dot } from "@sharebridge/mpc-nodes/protocol/dot.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import { open } from "@sharebridge/mpc-nodes/protocol/open.ts";
import { refresh } from "@sharebridge/mpc-nodes/protocol/refresh.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { collect, deal, type Parts, runHonest } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const TOP = 1n << 63n;
const EDGES = [0n, 1n, -1n, TOP - 1n, -TOP, TOP, 1n << 32n, -(1n << 32n), 0x5555_5555_5555_5555n];

const word = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: -TOP, max: TOP - 1n }));
/** Rows of two columns: lengths 0, 1, odd and even. */
const rows = fc.array(fc.tuple(word, word), { maxLength: 9 });
const options = { seed, numRuns: 25 };

function columns(table: readonly (readonly [bigint, bigint])[]): [BigUint64Array, BigUint64Array] {
  return [
    BigUint64Array.from(table, ([x]) => BigInt.asUintN(64, x)),
    BigUint64Array.from(table, ([, y]) => BigInt.asUintN(64, y)),
  ];
}

function sharedColumns(tables: readonly (readonly (readonly [bigint, bigint])[])[], runSeed: number): [Parts, Parts][] {
  return tables.map((table, index) => {
    const [x, y] = columns(table);
    return [deal(x, seededRandom(runSeed, `x${index}`)), deal(y, seededRandom(runSeed, `y${index}`))];
  });
}

/** Puts the four parties' lists of vectors together, vector by vector. */
function collectAll(results: readonly Parts[]): BigUint64Array[] {
  return results[0]!.map((_, index) => collect(results.map((vectors) => vectors[index]!)));
}

describe("protocol: operations against plaintext", () => {
  it("multiply: every edge value with every other", async () => {
    const table = EDGES.flatMap((x) => EDGES.map((y): [bigint, bigint] => [x, y]));
    const [x, y] = columns(table);
    const [[px, py]] = sharedColumns([table], seed) as [[Parts, Parts]];
    const { results } = await runHonest((s) => multiply(s, [[px[s.party]!, py[s.party]!]]), { seed });
    expect(collectAll(results)).to.deep.equal([x.map((value, row) => value * y[row]!)]);
  });

  it("multiply: batches of any lengths, in one round", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 4 }), fc.nat(), async (tables, runSeed) => {
        const shared = sharedColumns(tables, runSeed);
        const { results } = await runHonest(
          (s) =>
            multiply(
              s,
              shared.map(([x, y]) => [x[s.party]!, y[s.party]!]),
            ),
          { seed: runSeed },
        );
        const expected = tables.map((table) => {
          const [x, y] = columns(table);
          return x.map((value, row) => value * y[row]!);
        });
        expect(collectAll(results)).to.deep.equal(expected);
      }),
      options,
    );
  });

  it("dot: batches of any lengths", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 4 }), fc.nat(), async (tables, runSeed) => {
        const shared = sharedColumns(tables, runSeed);
        const { results } = await runHonest(
          (s) =>
            dot(
              s,
              shared.map(([x, y]) => [x[s.party]!, y[s.party]!]),
            ),
          { seed: runSeed },
        );
        const expected = tables.map((table) => BigUint64Array.of(table.reduce((sum, [x, y]) => sum + x * y, 0n)));
        expect(collectAll(results)).to.deep.equal(expected);
      }),
      options,
    );
  });

  it("open: every party sees the value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 3 }), fc.nat(), async (tables, runSeed) => {
        const shared = sharedColumns(tables, runSeed).flat();
        const { results } = await runHonest(
          (s) =>
            open(
              s,
              shared.map((parts) => parts[s.party]!),
            ),
          { seed: runSeed },
        );
        for (const values of results) expect(values).to.deep.equal(tables.flatMap(columns));
      }),
      options,
    );
  });

  it("refresh: the same value in other shares", async () => {
    const value = BigUint64Array.from(EDGES, (edge) => BigInt.asUintN(64, edge));
    const parts = deal(value, seededRandom(seed, "refresh"));
    const { results } = await runHonest((s) => refresh(s, [parts[s.party]!, parts[s.party]!]), { seed });
    const first = results.map((vectors) => vectors[0]!);
    const second = results.map((vectors) => vectors[1]!);
    expect(collect(first)).to.deep.equal(value);
    expect(collect(second)).to.deep.equal(value);
    for (const j of [0, 1, 2, 3]) {
      const holder = j === 0 ? 1 : 0;
      const shares = [parts, first, second].map((vector) => vector[holder]!.shares[j]!);
      for (let row = 0; row < value.length; row++) {
        expect(new Set(shares.map((words) => words[row])).size, `share ${j}, row ${row}`).to.equal(3);
      }
    }
  });

  it("results of one operation feed the next", async () => {
    const x = deal(BigUint64Array.of(3n, 5n), seededRandom(seed, "x"));
    const { results } = await runHonest(
      async (s) => {
        const [square] = await multiply(s, [[x[s.party]!, x[s.party]!]]);
        const [fresh] = await refresh(s, [square!]);
        const [fourth] = await dot(s, [[fresh!, square!]]);
        return open(s, [fourth!]);
      },
      { seed },
    );
    for (const values of results) expect(values).to.deep.equal([BigUint64Array.of(81n + 625n)]);
  });
});
