import { mismatches, satisfies } from "@sharebridge/algorithms/language/satisfies.ts";
import type { Column, TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { expect } from "chai";

const fitting: TableSchema = {
  columns: [
    { name: "age", kind: "number", fractionBits: 0, minimum: "18", maximum: "64" },
    ...payGap.columns.toReversed(),
  ],
};

function changed(name: string, change: Partial<Column>): TableSchema {
  const columns = fitting.columns.map((column) =>
    column.name === name ? ({ ...column, ...change } as Column) : column,
  );
  return { columns };
}

describe("satisfies", () => {
  it("accepts the program's columns in any order, beside others, with narrower ranges", () => {
    expect(satisfies(fitting, payGap)).to.equal(true);
    expect(satisfies(changed("wage", { minimum: "1", maximum: "44.5" }), payGap)).to.equal(true);
    expect(satisfies(changed("wage", { minimum: "0.010", maximum: "500.000" }), payGap)).to.equal(true);
  });

  it("names what does not fit", () => {
    const cases: [string, Partial<Column>, string][] = [
      ["wage", { name: "pay" }, "MissingColumn"],
      ["wage", { maximum: "500.000000000001" }, "RangeTooWide"],
      ["wage", { minimum: "0" }, "RangeTooWide"],
      ["wage", { fractionBits: 21 }, "WrongFractionBits"],
      ["wage", { kind: "category", categories: ["low", "high"] }, "WrongKind"],
      ["sex", { kind: "number", fractionBits: 0, minimum: "0", maximum: "1" }, "WrongKind"],
      ["sex", { categories: ["male", "female"] }, "WrongCategories"],
      ["sex", { categories: ["female", "male", "other"] }, "WrongCategories"],
      ["log_wage", { derived: undefined } as unknown as Partial<Column>, "WrongDerivation"],
      ["log_wage", { derived: { function: "log", column: "age" } }, "WrongDerivation"],
      ["wage", { derived: { function: "log", column: "age" } }, "WrongDerivation"],
    ];
    for (const [name, change, code] of cases) {
      const found = mismatches(changed(name, change), payGap);
      expect(
        found.map((mismatch) => mismatch.code),
        JSON.stringify(change),
      ).to.deep.equal([code]);
      expect(found[0].column).to.equal(name);
      expect(found[0].message).to.include(`column ${name}`);
    }
  });

  it("names every reason at once", () => {
    const found = mismatches({ columns: [fitting.columns[0]] }, payGap);
    expect(found.map(({ column }) => column)).to.deep.equal(["wage", "sex", "log_wage"]);
  });
});
