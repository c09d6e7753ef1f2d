import { checkColumns } from "@sharebridge/algorithms/language/columns.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type Column, schemaHash, tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { absentWord, presenceOf, storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { expect } from "chai";

const wage: Column = { name: "wage", kind: "number", fractionBits: 2, minimum: "0.5", maximum: "500", optional: true };
const logWage: Column = {
  name: "log_wage",
  kind: "number",
  fractionBits: 20,
  minimum: "-1",
  maximum: "7",
  derived: { function: "log", column: "wage" },
  optional: true,
};
const hours: Column = { name: "hours", kind: "number", fractionBits: 0, minimum: "-3", maximum: "168" };
const union: Column = { name: "union", kind: "category", categories: ["no", "yes"], optional: true };

describe("stored columns", () => {
  it("are one for a required column, and for an optional one its values and its presence behind them", () => {
    expect(storedColumns([hours, wage, union])).to.deep.equal([
      { name: "hours", minimum: -3n, maximum: 168n },
      { name: "wage", minimum: 2n, maximum: 2000n },
      { name: "wage.present", minimum: 0n, maximum: 1n },
      { name: "union", minimum: 0n, maximum: 1n },
      { name: "union.present", minimum: 0n, maximum: 1n },
    ]);
  });

  it("have one presence for a column and what derives from it", () => {
    expect(storedColumns([logWage, wage]).map(({ name }) => name)).to.deep.equal(["log_wage", "wage", "wage.present"]);
    expect(presenceOf(logWage)).to.equal(presenceOf(wage));
  });

  it("have distinct names, for no declared column can have a presence's", () => {
    expect(tableSchema.safeParse({ columns: [{ ...hours, name: presenceOf(wage) }] }).success).to.equal(false);
  });

  it("hold, where a value is missing, the word of the range that is nearest to 0", () => {
    expect(absentWord(wage)).to.equal(2n);
    expect(absentWord(hours)).to.equal(0n);
    expect(absentWord({ ...hours, maximum: "-2" })).to.equal(-2n);
    expect(absentWord(union)).to.equal(0n);
  });
});

describe("an optional column", () => {
  it("is so by one way of writing it", () => {
    expect(tableSchema.safeParse({ columns: [{ ...wage, optional: false }] }).success).to.equal(false);
    expect(tableSchema.safeParse({ columns: [{ ...wage, optional: "true" }] }).success).to.equal(false);
    const required = { ...wage, optional: undefined };
    expect(schemaHash({ columns: [wage] })).to.not.equal(schemaHash({ columns: [required] }));
    const { optional: _, ...without } = wage;
    expect(schemaHash({ columns: [required] })).to.equal(schemaHash({ columns: [without as Column] }));
  });

  it("is derived from an optional one, and only from that", () => {
    checkColumns([wage, logWage]);
    for (const columns of [
      [wage, { ...logWage, optional: undefined }],
      [{ ...wage, optional: undefined }, logWage],
    ]) {
      expect(() => checkColumns(columns))
        .to.throw(ProgramError, /optional if and only if wage is/)
        .with.property("code", "InvalidDerivation");
    }
  });
});
