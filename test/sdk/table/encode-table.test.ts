import type { TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { expect } from "chai";
import { thrown } from "../support/rejection.ts";

const schema: TableSchema = {
  columns: [
    { name: "wage", kind: "number", fractionBits: 8, minimum: "-1", maximum: "50" },
    { name: "sex", kind: "category", categories: ["female", "male"] },
    {
      name: "log_wage",
      kind: "number",
      fractionBits: 16,
      minimum: "-1",
      maximum: "3.5",
      derived: { function: "log", column: "wage" },
    },
  ],
};
const header = ["wage", "name", "sex"];
const good = ["5.1", "Ann", "female"];

describe("encodeTable", () => {
  it("encodes columns in the schema's order and computes derived ones", () => {
    const { columns, rows } = encodeTable({ header, rows: [good, ["1", "Bob", " male "]] }, schema);
    expect(rows).to.equal(2);
    expect(columns.map((column) => [...column])).to.deep.equal([
      [1306n, 256n],
      [0n, 1n],
      [BigInt(Math.round(Math.log(5.1) * 65536)), 0n],
    ]);
  });

  it("finds columns by the name that a header stands for, an exact one first", () => {
    const spelled = encodeTable({ header: ["Wage ", "Sex!"], rows: [["2", "male"]] }, schema);
    expect(spelled.columns[0][0]).to.equal(512n);
    const exact = encodeTable({ header: ["WAGE", "wage", "sex"], rows: [["1", "2", "male"]] }, schema);
    expect(exact.columns[0][0]).to.equal(512n);
  });

  const refused: [string, string[][], string, RegExp][] = [
    ["a non-number", [good, ["5,1", "Bob", "male"]], "NotANumber", /^Row 2, column wage: the cell is not a number/],
    ["a value out of range", [["50.01", "A", "male"]], "OutOfRange", /^Row 1, column wage: .* range -1 to 50/],
    ["an unknown category", [["5", "A", "m"]], "UnknownCategory", /^Row 1, column sex: .*female, male/],
    ["an empty cell", [good, good, ["", "A", "male"]], "MissingValue", /^Row 3, column wage: the cell is empty/],
    ["a value without a logarithm", [["0", "A", "male"]], "LogarithmUndefined", /^Row 1, column log_wage: .*above 0/],
    ["a logarithm out of range", [["49", "A", "male"]], "OutOfRange", /^Row 1, column log_wage: the logarithm of wage/],
  ];
  for (const [what, rows, code, sentence] of refused) {
    it(`refuses ${what} with row and column, and does not quote it`, () => {
      const error = thrown(() => encodeTable({ header, rows }, schema));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(sentence);
      expect(error.row).to.equal(rows.length);
      const text = rows[rows.length - 1][code === "UnknownCategory" ? 2 : 0];
      if (code !== "MissingValue") expect(error.privateText).to.equal(text);
      // Nothing that logs or sends an error takes the value along.
      expect(JSON.stringify(error)).not.to.include("privateText");
      if (text.length > 1) expect(`${error.message}${JSON.stringify(error)}`).not.to.include(`"${text}"`);
    });
  }

  describe("with optional columns", () => {
    const [wage, sex, logWage] = schema.columns;
    const optional: TableSchema = {
      columns: [
        { ...wage, optional: true },
        { ...sex, optional: true },
        { ...logWage, optional: true },
      ] as TableSchema["columns"],
    };

    it("takes empty cells for missing values, and what derives from them, and stores a presence for both", () => {
      const rows = [good, ["", "Bob", "male"], ["1", "Eve", " "], [" ", "Joe", ""]];
      const { columns } = encodeTable({ header, rows }, optional);
      expect(columns.map((column) => [...column])).to.deep.equal([
        [1306n, 0n, 256n, 0n],
        [1n, 0n, 1n, 0n],
        [0n, 1n, 0n, 0n],
        [1n, 1n, 0n, 0n],
        [BigInt(Math.round(Math.log(5.1) * 65536)), 0n, 0n, 0n],
      ]);
    });

    it("stores for them a word of the range, the nearest to 0, also if none or all are missing", () => {
      const positive = { columns: [{ ...wage, minimum: "2", optional: true }] } as TableSchema;
      const encoded = (...cells: string[]) =>
        encodeTable({ header: ["wage"], rows: cells.map((cell) => [cell]) }, positive).columns.map((each) => [...each]);
      expect(encoded("", "")).to.deep.equal([
        [512n, 512n],
        [0n, 0n],
      ]);
      expect(encoded("3", "4")).to.deep.equal([
        [768n, 1024n],
        [1n, 1n],
      ]);
      const negative = { columns: [{ ...wage, minimum: "-9", maximum: "-1", optional: true }] } as TableSchema;
      const { columns } = encodeTable({ header: ["wage"], rows: [[""]] }, negative);
      expect(columns.map((each) => [...each])).to.deep.equal([[(1n << 64n) - 256n], [0n]]);
    });

    it("refuses what is wrong with a value that is there, in its own row", () => {
      const wrong = (cell: string) =>
        thrown(() =>
          encodeTable(
            {
              header,
              rows: [
                ["", "A", ""],
                ["", "B", ""],
                [cell, "C", "male"],
              ],
            },
            optional,
          ),
        );
      expect(wrong("50.01")).to.include({ code: "OutOfRange", row: 3, column: "wage", privateText: "50.01" });
      expect(wrong("none")).to.include({ code: "NotANumber", row: 3, column: "wage", privateText: "none" });
      expect(wrong("0")).to.include({ code: "LogarithmUndefined", row: 3, column: "log_wage", privateText: "0" });
      const category = thrown(() =>
        encodeTable(
          {
            header,
            rows: [
              ["", "A", ""],
              ["", "B", "m"],
            ],
          },
          optional,
        ),
      );
      expect(category).to.include({ code: "UnknownCategory", row: 2, column: "sex", privateText: "m" });
    });
  });

  it("names a missing column, for a derived one its source, and what there is instead", () => {
    const missing = thrown(() => encodeTable({ header: ["salary", "sex"], rows: [["5", "male"]] }, schema));
    expect(missing.code).to.equal("MissingColumn");
    expect(missing.message).to.match(/no column wage\. .*: salary\./);
    const source = thrown(() => encodeTable({ header: ["salary"], rows: [["5"]] }, { columns: [schema.columns[2]] }));
    expect(source.message).to.match(/no column wage \(from which log_wage is derived\)/);
  });

  it("refuses two headers for one column, and a table without rows", () => {
    const both = thrown(() => encodeTable({ header: ["Wage", "WAGE", "sex"], rows: [["5", "5", "male"]] }, schema));
    expect(both.code).to.equal("AmbiguousColumn");
    expect(thrown(() => encodeTable({ header, rows: [] }, schema)).code).to.equal("EmptyFile");
  });
});
