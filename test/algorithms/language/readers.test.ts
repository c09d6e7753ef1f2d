/** What people read of a program: its disclosure statement and its listing. */
import { disclosureHash, disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { expressionText } from "@sharebridge/algorithms/language/expression.ts";
import { instructionText, printProgram, quote } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { expect } from "chai";
import { id } from "ethers";

describe("disclosure statement", () => {
  it("names every column, output, figure and parameter", () => {
    for (const program of [payGap, weightedScore]) {
      const statement = disclosureStatement(program);
      expect(statement).to.include(program.name).and.include(programHash(program)).and.include(program.description);
      for (const { name } of program.columns) expect(statement).to.include(`- ${name}: `);
      for (const { name } of program.parameters) expect(statement).to.include(`- ${name}: `);
      for (const { name } of program.outputs) expect(statement).to.include(`- ${name}, computed over all rows from `);
      for (const { label } of program.finish) expect(statement).to.include(JSON.stringify(label));
    }
  });

  it("says of each output which columns it depends on", () => {
    const statement = disclosureStatement(payGap);
    expect(statement).to.include("- men, computed over all rows from sex\n");
    expect(statement).to.include("- log_wage_sum_women, computed over all rows from log_wage, sex\n");
  });

  it("is honest about what does not protect", () => {
    const statement = disclosureStatement(payGap);
    expect(statement).to.include("No noise is added").and.include("enforces no minimum group");
    expect(statement).to.include("The number of rows of each dataset, and so of the pool, is public");
    expect(statement).to.include("to the buyer alone if the request is sealed; to everyone");
    expect(statement).not.to.include("parameter");
    expect(disclosureStatement(weightedScore)).to.include("every other choice opens another set of numbers");
  });

  it("names columns that must be there but are not read", () => {
    const unread: Program = {
      ...payGap,
      columns: [...payGap.columns, { name: "region", kind: "category", categories: ["north\u202e", "south"] }],
    };
    const statement = disclosureStatement(unread);
    expect(statement).to.include('- region: one of "north\\u202e", "south" (must be present, is not read)');
  });

  it("is hashed as UTF-8", () => {
    expect(disclosureHash(payGap)).to.equal(id(disclosureStatement(payGap)));
    expect(disclosureHash(payGap)).not.to.equal(disclosureHash(weightedScore));
  });
});

describe("listing", () => {
  it("has a line for each instruction, output and figure", () => {
    const lines = printProgram(payGap).split("\n");
    expect(lines).to.include(
      "%2 = multiply %0 %0 : secret column, 44 fraction bits, 0.00009999980926522766822017729282379150390625 to 250000",
    );
    expect(lines).to.include(
      "%3 = truncate %2 by 19 bits : secret column, 25 fraction bits, 0.0000999867916107177734375 to 250000",
    );
    expect(lines).to.include("open men = %5, error at most 0 at 1000000 rows");
    expect(lines).to.include('figure mean_wage_men "Mean wage, men" = wage_sum_men / men');
    expect(lines.filter((line) => line.startsWith("%"))).to.have.length(payGap.instructions.length);
    expect(printProgram(weightedScore)).to.include("parameter intercept: number from -100 to 100, 16 fraction bits");
  });

  it("writes every operation", () => {
    expect(instructionText({ op: "constant", word: "-3", fractionBits: 1 })).to.equal("constant -1.5");
    expect(instructionText({ op: "rows" })).to.equal("rows");
    expect(instructionText({ op: "parameter", parameter: "p" })).to.equal("parameter p");
    expect(instructionText({ op: "sum", a: 3 })).to.equal("sum %3");
    expect(instructionText({ op: "dot", a: 3, b: 4 })).to.equal("dot %3 %4");
  });

  it("parenthesises what would read differently", () => {
    expect(expressionText({ divide: [{ number: "1" }, { subtract: [{ rows: true }, { output: "a" }] }] })).to.equal(
      "1 / (rows - a)",
    );
  });

  it("escapes what a reader would not see", () => {
    expect(quote('a"b\n\u202e\u2028\u{e0001}é')).to.equal('"a\\"b\\n\\u202e\\u2028\\udb40\\udc01é"');
  });
});
