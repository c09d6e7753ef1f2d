/** What people read of a program: its disclosure statement and its listing. */
import { type Definition, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { disclosureHash, disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { expressionText } from "@sharebridge/algorithms/language/expression.ts";
import { higher, lower, type Position, rowAt } from "@sharebridge/algorithms/language/position.ts";
import { instructionText, printProgram, quote } from "@sharebridge/algorithms/language/print.ts";
import type { Expression, Program } from "@sharebridge/algorithms/language/program.ts";
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
      for (const { name, group } of program.outputs) {
        const over = group === undefined ? "all rows" : `the rows of group ${group}, if it is large enough,`;
        expect(statement).to.include(`- ${name}, computed over ${over} from `);
      }
      for (const { label } of program.finish) expect(statement).to.include(JSON.stringify(label));
    }
  });

  it("says of each output which columns it depends on", () => {
    const statement = disclosureStatement(payGap);
    expect(statement).to.include("- men, computed over the rows of group men, if it is large enough, from sex\n");
    expect(statement).to.include(
      "- log_wage_sum_women, computed over the rows of group women, if it is large enough, from log_wage, sex\n",
    );
  });

  it("is honest about what does not protect", () => {
    const statement = disclosureStatement(payGap);
    expect(statement).to.include("No noise is added").and.include("one who sells under several counts several times");
    expect(disclosureStatement(weightedScore)).to.include("enforces no minimum group");
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

  it("says what is decided, on which roundings, and what reveals single rows", () => {
    const program = trace(
      {
        name: "filtered",
        description: "Filtered.",
        columns: [
          { name: "wage", kind: "number", fractionBits: 10, minimum: "0", maximum: "500" },
          { name: "age", kind: "number", fractionBits: 0, minimum: "0", maximum: "150" },
        ],
        parameters: [{ name: "least_wage", fractionBits: 10, minimum: "0", maximum: "500" }],
        maximumRows: 1_000,
      },
      (t) => {
        const paid = t.atLeast(t.encoded("wage"), t.parameter("least_wage"));
        t.output("paid", t.count(paid));
        t.output("oldest", t.maximum(t.multiply(t.number(paid), t.input("age"))));
      },
    );
    const statement = disclosureStatement(program);
    expect(statement).to.include("It takes as exact, after rounding: wage to a multiple of 2^-10.");
    expect(statement).to.include("The buyer's parameters take part in a comparison");
    expect(statement).to.include("- paid, computed over all rows from wage\n");
    expect(statement).to.include(
      "- oldest, computed over all rows from age, wage; depends on a minimum or maximum over rows, or on the row at a position, and so reveals individual values",
    );
    expect(statement).to.include("Who consents to this program consents to that.");
    expect(statement).not.to.include("is not read");
    expect(disclosureStatement(payGap)).not.to.include("compares").and.not.to.include("individual values");
    expect(printProgram(program)).to.include("%2 = less %0 %1 : secret column of bits\n");
    expect(printProgram(program)).to.include("%0 = encoded wage : secret column, 10 fraction bits, 0 to 500\n");
  });

  it("says what hangs on the order of rows, and where steps along a column tell single values", () => {
    const columns: Definition["columns"] = [
      { name: "wage", kind: "number", fractionBits: 0, minimum: "0", maximum: "500" },
      { name: "sex", kind: "category", categories: ["f", "m"] },
    ];
    const statement = (body: (t: Tracer) => void) =>
      disclosureStatement(trace({ name: "p", description: "P.", columns, maximumRows: 1_000 }, body));
    const ordered = statement((t) => {
      const wage = t.encoded("wage");
      t.output("inner", t.dot(t.arrange(t.order(wage), wage), t.input("sex")));
      t.output("sum", t.sum(wage));
    });
    expect(ordered).to.include(
      "- inner, computed over all rows from sex, wage; depends on the order of rows, and so may reveal individual values\n",
    );
    expect(ordered).to.include("- sum, computed over all rows from wage\n");
    expect(ordered).to.include("Who consents").and.not.to.include("in steps");
    expect(ordered).to.include(
      "It sorts the rows in secret, by wage.\nIt takes as exact, after rounding: wage to a whole number.",
    );
    expect(ordered).not.to.include("parameters take part");
    // Even the first row of a table as it was uploaded.
    expect(statement((t) => t.output("first", t.at(t.input("wage"), rowAt(0))))).to.match(/first.*reveals individual/);
    const below = (t: Tracer, threshold: string) =>
      t.output(`below_${threshold}`, t.count(t.less(t.encoded("wage"), t.constant(threshold, 0))));
    expect(statement((t) => below(t, "7")))
      .not.to.include("in steps")
      .and.not.to.include("Who consents");
    const steps = statement((t) => ["7", "8", "9"].map((threshold) => below(t, threshold)));
    expect(steps)
      .to.include("It counts or sums in steps along wage, at 3 public thresholds:")
      .and.include("Who consents");
    // Categories are no steps.
    const groups = statement((t) => {
      for (const sex of ["f", "m"]) t.output(sex, t.count(t.isCategory("sex", sex)));
    });
    expect(groups).not.to.include("in steps").and.not.to.include("Who consents");
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
    expect(lines).to.include("open men if group men is = %5, error at most 0 at 1000000 rows");
    expect(lines).to.include("groups need 5 rows of 2 sellers").and.include("group women = rows with %10");
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
    expect(instructionText({ op: "truncate", a: 3, bits: 4 })).to.equal("truncate %3 by 4 bits");
    expect(instructionText({ op: "encoded", column: "x" })).to.equal("encoded x");
    expect(instructionText({ op: "not", a: 3 })).to.equal("not %3");
    expect(instructionText({ op: "select", bit: 1, a: 3, b: 4 })).to.equal("select %1 %3 %4");
    const [up, down] = [1, 3].map((value) => ({ value, descending: value === 3 }));
    expect(instructionText({ op: "order", keys: [up, down] })).to.equal("order by %1, %3 descending");
    expect(instructionText({ op: "arrange", order: 2, a: 1 })).to.equal("arrange %1 by %2");
    expect(instructionText({ op: "prefixSum", a: 1 })).to.equal("prefixSum %1");
    const at = (position: Position) => instructionText({ op: "at", a: 1, ...position });
    expect(at(rowAt(0))).to.equal("at row 0 of %1");
    expect(at(rowAt(-1))).to.equal("at row rows - 1 of %1");
    expect(at(lower(1, 2))).to.equal("at row floor((rows - 1) / 2) of %1");
    expect(at(higher(1, 10))).to.equal("at row floor((rows + 8) / 10) of %1");
    expect(at(higher(3, 4))).to.equal("at row floor((3 * rows) / 4) of %1");
  });

  it("parenthesises what would read differently", () => {
    expect(expressionText({ divide: [{ number: "1" }, { subtract: [{ rows: true }, { output: "a" }] }] })).to.equal(
      "1 / (rows - a)",
    );
    const root: Expression = { squareRoot: [{ add: [{ output: "a" }, { rows: true }] }] };
    expect(expressionText({ multiply: [root, root] })).to.equal("squareRoot(a + rows) * squareRoot(a + rows)");
  });

  it("escapes what a reader would not see", () => {
    expect(quote('a"b\n\u202e\u2028\u{e0001}é')).to.equal('"a\\"b\\n\\u202e\\u2028\\udb40\\udc01é"');
  });
});
