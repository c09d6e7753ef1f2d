import { type Definition, type Public, type Secret, trace } from "@sharebridge/algorithms/language/builder.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { expression } from "@sharebridge/algorithms/language/expression.ts";
import { expect } from "chai";

const definition: Definition = {
  name: "test",
  description: "For a test.",
  columns: [
    { name: "x", kind: "number", fractionBits: 10, minimum: "0", maximum: "8" },
    { name: "sex", kind: "category", categories: ["f", "m"] },
    { name: "size", kind: "category", categories: ["s", "m", "l"] },
  ],
  parameters: [{ name: "p", fractionBits: 10, minimum: "-0.5", maximum: "1" }],
  maximumRows: 1_000,
};

describe("builder", () => {
  it("traces each operation to its instruction", () => {
    const program = trace(definition, (t) => {
      const x: Secret<"column"> = t.input("x");
      const scaled: Secret<"column"> = t.multiply(t.parameter("p"), x);
      const cut: Secret<"column"> = t.truncate(scaled, 10);
      const shifted: Secret<"column"> = t.subtract(cut, t.constant("0.5", 10));
      const total: Secret<"scalar"> = t.sum(shifted);
      const dot: Secret<"scalar"> = t.dot(shifted, t.indicator("sex", "f"));
      const both: Secret<"scalar"> = t.add(total, dot);
      const rows: Public = t.rows();
      const opened = t.output("both", t.multiply(rows, both));
      t.finish("mean", "Mean", expression.divide(opened, expression.rows));
    });
    expect(program.instructions).to.deep.equal([
      { op: "input", column: "x" },
      { op: "parameter", parameter: "p" },
      { op: "multiply", a: 1, b: 0 },
      { op: "truncate", a: 2, bits: 10 },
      { op: "constant", word: "512", fractionBits: 10 },
      { op: "subtract", a: 3, b: 4 },
      { op: "sum", a: 5 },
      { op: "input", column: "sex" },
      { op: "constant", word: "1", fractionBits: 0 },
      { op: "subtract", a: 8, b: 7 },
      { op: "dot", a: 5, b: 9 },
      { op: "add", a: 6, b: 10 },
      { op: "rows" },
      { op: "multiply", a: 12, b: 11 },
    ]);
    expect(program.outputs).to.deep.equal([{ name: "both", value: 13 }]);
    expect(program.finish[0].expression).to.deep.equal({ divide: [{ output: "both" }, { rows: true }] });
    expect(program.parameters[0]).to.deep.equal({ name: "p", fractionBits: 10, minimum: "-512", maximum: "1024" });
  });

  it("gives the same program for the same source, with each source value once", () => {
    const make = () =>
      trace(definition, (t) => {
        t.output("a", t.dot(t.input("x"), t.input("x")));
        t.output("b", t.sum(t.multiply(t.constant("2", 0), t.add(t.constant("1.0", 10), t.input("x")))));
        t.output("c", t.sum(t.multiply(t.constant("2.00", 0), t.input("sex"))));
      });
    expect(programHash(make())).to.equal(programHash(make()));
    expect(make().instructions.filter(({ op }) => op === "input")).to.have.length(2);
    expect(make().instructions.filter(({ op }) => op === "constant")).to.have.length(2);
  });

  it("refuses at the operation that does not fit", () => {
    const refuse = (code: string, body: Parameters<typeof trace>[1]) =>
      expect(() => trace(definition, body))
        .to.throw(ProgramError)
        .with.property("code", code);
    refuse("MixedScales", (t) => t.add(t.input("x"), t.input("sex")));
    refuse("UndeclaredColumn", (t) => t.input("y"));
    refuse("UndeclaredParameter", (t) => t.parameter("q"));
    refuse("InexactConstant", (t) => t.constant("0.1", 10));
    refuse("FractionBitsOutOfRange", (t) => t.truncate(t.input("x"), 11));
    refuse("UndeclaredColumn", (t) => t.indicator("sex", "s"));
    refuse("UndeclaredColumn", (t) => t.indicator("x", "s"));
  });

  it("refuses values of another trace", () => {
    let foreign: Secret<"column"> | undefined;
    trace(definition, (t) => {
      foreign = t.input("x");
      t.output("a", t.sum(foreign));
    });
    expect(() => trace(definition, (t) => t.sum(foreign as Secret<"column">)))
      .to.throw(ProgramError)
      .with.property("code", "ForeignValue");
  });

  it("refuses programs that nodes would refuse", () => {
    expect(() => trace(definition, (t) => t.sum(t.input("x"))))
      .to.throw(ProgramError)
      .with.property("code", "InvalidShape");
    expect(() =>
      trace(definition, (t) => {
        const cube = t.multiply(t.input("x"), t.multiply(t.input("x"), t.input("x")));
        t.output("a", t.sum(t.multiply(cube, t.multiply(t.input("x"), t.input("x")))));
      }),
    )
      .to.throw(ProgramError)
      .with.property("code", "Overflow");
  });
});
