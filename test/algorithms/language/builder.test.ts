import {
  type Definition,
  type Public,
  type Secret,
  type SecretBit,
  type SecretOrder,
  type Tracer,
  trace,
} from "@sharebridge/algorithms/language/builder.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { expression } from "@sharebridge/algorithms/language/expression.ts";
import { higher, lower, rowAt } from "@sharebridge/algorithms/language/position.ts";
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

  it("traces decisions to bits, whose types say so", () => {
    const program = trace(definition, (t) => {
      const x: Secret<"column"> = t.encoded("x");
      const high: SecretBit<"column"> = t.atLeast(x, t.constant("4", 10));
      const small: SecretBit<"column"> = t.isCategory("size", "s");
      const chosen: SecretBit<"column"> = t.and(high, t.not(small));
      const total: Secret<"scalar"> = t.sum(t.input("x"));
      const some: SecretBit<"scalar"> = t.less(t.constant("0", 0), t.count(chosen));
      t.output("count", t.count(chosen));
      t.output("sum", t.dot(t.number(chosen), x));
      const masked: Secret<"scalar"> = t.select(some, total, t.constant("0", 10));
      t.output("masked", masked);
      const capped: Secret<"column"> = t.smaller(x, t.parameter("p"));
      t.output("least", t.minimum(capped));
      t.output("medium", t.sum(t.indicator("size", "m")));
      const either: SecretBit<"column"> = t.xor(t.or(high, some), t.equal(t.parameter("p"), x));
      const picked: Secret<"column"> = t.select(either, t.parameter("p"), t.constant("1", 10));
      t.output("greatest", t.maximum(t.larger(picked, x)));
    });
    expect(program.instructions.slice(0, 8)).to.deep.equal([
      { op: "encoded", column: "x" },
      { op: "constant", word: "4096", fractionBits: 10 },
      { op: "less", a: 0, b: 1 },
      { op: "not", a: 2 },
      { op: "input", column: "size" },
      { op: "constant", word: "0", fractionBits: 0 },
      { op: "equal", a: 4, b: 5 },
      { op: "not", a: 6 },
    ]);
    expect(program.outputs).to.have.length(6);
  });

  it("traces orders, and what stands in them", () => {
    const program = trace(definition, (t) => {
      const x: Secret<"column"> = t.encoded("x");
      const small: SecretBit<"column"> = t.isCategory("size", "s");
      const order: SecretOrder = t.order({ descending: small }, x);
      const sorted: Secret<"column"> = t.arrange(order, x);
      const flags: SecretBit<"column"> = t.previous(t.arrange(order, small));
      const running: Secret<"column"> = t.prefixSum(t.previous(sorted));
      t.output("flags", t.count(flags));
      const row: Secret<"scalar"> = t.at(running, rowAt(2));
      t.output("third", row);
      t.output("last", t.at(sorted, rowAt(-1)));
      t.output("lower", t.at(sorted, lower(3, 4)));
      t.output("higher", t.at(sorted, higher(3, 4)));
    });
    expect(program.instructions.slice(4)).to.deep.equal([
      {
        op: "order",
        keys: [
          { value: 3, descending: true },
          { value: 0, descending: false },
        ],
      },
      { op: "arrange", order: 4, a: 0 },
      { op: "arrange", order: 4, a: 3 },
      { op: "previous", a: 6 },
      { op: "previous", a: 5 },
      { op: "prefixSum", a: 8 },
      { op: "count", a: 7 },
      { op: "at", a: 9, numerator: 0, offset: 2, denominator: 1 },
      { op: "at", a: 5, numerator: 1, offset: -1, denominator: 1 },
      { op: "at", a: 5, numerator: 3, offset: -3, denominator: 4 },
      { op: "at", a: 5, numerator: 3, offset: 0, denominator: 4 },
    ]);
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
    refuse("UndeclaredColumn", (t) => t.isCategory("size", "xl"));
    refuse("UndeclaredColumn", (t) => t.isCategory("y", "s"));
    refuse("UndeclaredColumn", (t) => t.encoded("y"));
    refuse("MixedScales", (t) => t.less(t.encoded("x"), t.input("sex")));
    refuse("UndeclaredColumn", (t) => t.indicator("x", "s"));
  });

  it("does not compile where bits and numbers, secrets and publics are mixed", () => {
    // Never called: the compiler is what is tested.
    const mixed = (t: Tracer, x: Secret<"column">, bit: SecretBit<"column">, p: Public, some: SecretBit<"scalar">) => {
      // @ts-expect-error a bit is no number
      t.add(x, bit);
      // @ts-expect-error
      t.multiply(bit, x);
      // @ts-expect-error
      t.sum(bit);
      // @ts-expect-error
      t.dot(bit, x);
      // @ts-expect-error
      t.less(bit, x);
      // @ts-expect-error
      t.minimum(bit);
      // @ts-expect-error a number is no bit
      t.and(bit, x);
      // @ts-expect-error
      t.not(x);
      // @ts-expect-error
      t.count(x);
      // @ts-expect-error
      t.number(p);
      // @ts-expect-error
      t.select(x, x, x);
      // @ts-expect-error a choice is between numbers
      t.select(bit, bit, bit);
      // @ts-expect-error nothing secret is compared
      t.less(p, p);
      // @ts-expect-error
      t.smaller(p, p);
      // @ts-expect-error one bit has no rows to count
      t.count(some);
      // @ts-expect-error only numbers are opened
      t.output("a", some);
      const order = t.order(bit, { descending: x });
      // @ts-expect-error nothing to sort by
      t.order();
      // @ts-expect-error public numbers and scalars have no rows
      t.order(p);
      // @ts-expect-error
      t.order({ descending: some });
      // @ts-expect-error an order is no column
      t.sum(order);
      // @ts-expect-error
      t.arrange(order, order);
      // @ts-expect-error
      t.arrange(x, x);
      // @ts-expect-error
      t.arrange(order, some);
      // @ts-expect-error
      t.prefixSum(bit);
      // @ts-expect-error
      t.at(bit, rowAt(0));
      // @ts-expect-error an order stays inside
      t.output("a", order);
      // @ts-expect-error only scalars are opened
      t.output("a", x);
      // @ts-expect-error a comparison of columns is a column
      const one: SecretBit<"scalar"> = t.less(x, p);
      return one;
    };
    expect(mixed).to.be.a("function");
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
