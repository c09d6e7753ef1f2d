import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { runsBySeller } from "@sharebridge/algorithms/language/contributions.ts";
import type { Column, TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { contributionsOf, loadInputs } from "@sharebridge/mpc-nodes/node/inputs.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { recombine, type SharedVector, shareOf } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import type { StoredDataset } from "@sharebridge/mpc-nodes/store/store.ts";
import { expect } from "chai";
import { getBytes, id } from "ethers";
import { rejection } from "./support/rejection.ts";

describe("whose rows are whose", () => {
  const member = (seller: string, validRows: number) => ({
    datasetId: `0x${validRows}`,
    commitment: "0x",
    seller,
    validRows,
  });

  it("follows the order of the pool; datasets of one seller count as one, the buyer's as none, however addresses are spelled", () => {
    const members = [member("0xaa", 3), member("0xbb", 4), member("0xaa", 5), member("0xcc", 6)];
    const contributions = contributionsOf([members], "0xCC", { cohortRows: 5, cohortSellers: 0 });
    expect(contributions.runs.map(({ rows }) => rows)).to.deep.equal([3, 4, 5, 6]);
    expect(runsBySeller(contributions)).to.deep.equal([
      [
        { from: 0, to: 3 },
        { from: 7, to: 12 },
      ],
      [{ from: 3, to: 7 }],
    ]);
    expect([contributions.minimumRows, contributions.minimumSellers]).to.deep.equal([5, 1]);
  });
});

describe("a pool's columns", () => {
  const wage: Column = { name: "wage", kind: "number", fractionBits: 0, minimum: "1", maximum: "90", optional: true };
  const sex: Column = { name: "sex", kind: "category", categories: ["f", "m"] };
  const program = trace(
    { name: "wages", description: "Wages.", columns: [wage, sex], maximumRows: 100 },
    (t) => void t.output("o", t.sum(t.inputOr("wage", "0"))),
  );

  /** A dataset as each seat has stored it. */
  async function stored(name: string, schema: TableSchema, words: readonly bigint[][]): Promise<StoredDataset[]> {
    const datasetId = id(name);
    const shared = await shareTable(
      words.map((column) => BigUint64Array.from(column)),
      getBytes(datasetId),
    );
    return PARTIES.map((seat) => ({
      ...{ datasetId, seat, epoch: 1n, commitment: id("any"), owner: "0x1", rows: words[0].length },
      manifest: canonicalJson({ schema }),
      package: encodePackage(shared.packages[seat]),
    }));
  }

  /** What the four seats have together, by stored column. */
  async function loaded(...datasets: StoredDataset[][]): Promise<Map<string, bigint[]>> {
    const members = datasets.map(([{ datasetId, rows }]) => ({
      ...{ datasetId, validRows: rows, commitment: id("any"), seller: "0xaa" },
    }));
    const held = await Promise.all(
      PARTIES.map((seat) => {
        const store = {
          dataset: async (wanted: string) => datasets.find(([{ datasetId }]) => datasetId === wanted)?.[seat] ?? null,
        };
        return loadInputs(store, [members], program, seat);
      }),
    );
    return new Map(
      [...held[0].columns.keys()].map((name) => {
        const shares = PARTIES.map((j) => shareOf(held[(j + 1) % 4].columns.get(name) as SharedVector, j));
        return [name, [...recombine(shares)]];
      }),
    );
  }

  it("are values and presences of optional columns; where a dataset has a value in every row, its presence is a public 1", async () => {
    const optional = await stored("optional", { columns: [sex, wage] }, [
      [0n, 1n, 1n],
      [40n, 1n, 90n],
      [1n, 0n, 1n],
    ]);
    const required = await stored("required", { columns: [{ ...wage, optional: undefined }, sex] }, [
      [7n, 8n],
      [1n, 0n],
    ]);
    expect([...(await loaded(optional, required, optional))]).to.deep.equal([
      ["wage", [40n, 1n, 90n, 7n, 8n, 40n, 1n, 90n]],
      ["wage.present", [1n, 0n, 1n, 1n, 1n, 1n, 0n, 1n]],
      ["sex", [0n, 1n, 1n, 1n, 0n, 0n, 1n, 1n]],
    ]);
    expect((await loaded(required)).get("wage.present")).to.deep.equal([1n, 1n]);
  });

  it("refuse a dataset that may lack what the program needs", async () => {
    const lacking = await stored("lacking", { columns: [wage, { ...sex, optional: true }] }, [[1n], [1n], [1n], [0n]]);
    expect(await rejection(loaded(lacking))).to.include({ code: "SchemaMismatch" });
  });
});
