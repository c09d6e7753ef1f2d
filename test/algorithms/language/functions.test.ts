/** Fixed-point functions in programs: what the analysis proves of them, and what it refuses. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { exponentialOf, logarithmOf, sigmoidOf, squareRootOf } from "@sharebridge/algorithms/language/elementary.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { functionError } from "@sharebridge/algorithms/language/function-errors.ts";
import { GRID_BITS } from "@sharebridge/algorithms/language/interval.ts";
import { instructionText } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateReal, evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { Secret } from "@sharebridge/algorithms/language/values.ts";
import { expect } from "chai";
import { expectCloseTo } from "../../support/close-to.ts";

const grid = (value: number): bigint => {
  const { numerator, denominator } = rational.fromNumber(value);
  return (numerator << GRID_BITS) / denominator;
};
const fromGrid = (value: bigint): number => rational.toNumber(rational.fromWord(value, Number(GRID_BITS)));

/** Opens what `body` makes of the total of x in 0.5 to 8 (10 bits) and the count of "m", over up to 100 rows. */
function program(body: (t: Tracer, total: Secret<"scalar">, count: Secret<"scalar">) => Secret<"scalar">): Program {
  return trace(
    {
      name: "test",
      description: "For a test.",
      columns: [
        { name: "x", kind: "number", fractionBits: 10, minimum: "0.5", maximum: "8" },
        { name: "sex", kind: "category", categories: ["f", "m"] },
      ],
      maximumRows: 100,
    },
    (t) => {
      t.output("value", body(t, t.sum(t.input("x")), t.sum(t.input("sex"))));
    },
  );
}

function refusal(...given: Parameters<typeof program>): string {
  try {
    program(...given);
  } catch (error) {
    if (error instanceof ProgramError) return `${error.code} ${error.instruction}: ${error.message}`;
    throw error;
  }
  throw new Error("the program was accepted");
}

describe("functions", () => {
  it("are enclosed tightly, around what doubles know", () => {
    const cases: [(x: bigint) => { minimum: bigint; maximum: bigint }, (x: number) => number, number[]][] = [
      [squareRootOf, Math.sqrt, [2, 0.3, 1e9, 0, 4]],
      [logarithmOf, Math.log, [2, 0.001, 1, 1e15]],
      [exponentialOf, Math.exp, [0, 1, -1, 42.5, -30, 0.001]],
      [sigmoidOf, (x) => 1 / (1 + Math.exp(-x)), [0, 1, -1, 31, -31]],
    ];
    for (const [enclosure, known, arguments_] of cases) {
      for (const x of arguments_) {
        const { minimum, maximum } = enclosure(grid(x));
        expect(maximum - minimum >= 0n).to.equal(true);
        expect(fromGrid(maximum - minimum)).to.be.below(2 ** -120);
        expect(Math.abs(fromGrid(minimum) - known(x))).to.be.at.most(Math.abs(known(x)) * 2 ** -50 + 2 ** -200);
      }
    }
    expect(squareRootOf(grid(-1))).to.deep.equal({ minimum: 0n, maximum: 0n });
    expect(squareRootOf(grid(4))).to.deep.equal({ minimum: grid(2), maximum: grid(2) });
    expect(exponentialOf(grid(-1000)).minimum).to.equal(0n);
  });

  it("have their own error and the operand's, by the slope", () => {
    // The sum of n values is off by n/2048.
    const errorOf = (made: Program, rows: number) => rational.toNumber(analyse(made, rows).outputs[0].error);
    const mean = program((t, total) => t.divide(total, t.rows(), 20));
    expectCloseTo(errorOf(mean, 50), 1 / 2048 + functionError("divide", 20, 8), 1e-12);
    const root = program((t, total) => t.squareRoot(total, 20));
    expectCloseTo(errorOf(root, 50), 50 / 2048 / (2 * 5) + functionError("squareRoot", 20, 20), 1e-9);
    const logarithm = program((t, total) => t.logarithm(t.larger(total, t.constant("1", 10)), 20));
    expectCloseTo(errorOf(logarithm, 50), 50 / 2048 / 25 + functionError("logarithm", 20), 1e-12);
    const sigmoid = program((t, total) => t.sigmoid(t.smaller(total, t.constant("20", 10))));
    expectCloseTo(errorOf(sigmoid, 3), 3 / 2048 / 4 + functionError("sigmoid", 10), 1e-12);
    const power = program((t, total) => t.exponential(t.smaller(total, t.constant("2", 10)), 20));
    expectCloseTo(errorOf(power, 3), Math.exp(2) * (3 / 2048) + functionError("exponential", 20, Math.exp(2)), 1e-9);
  });

  it("of exact operands have no answer where the nodes have none: it is 0", () => {
    const share = program((t, _, count) => t.divide(t.constant("1", 0), count, 20));
    expect(analyse(share).outputs[0].error).to.deep.equal(analyse(share, 7).outputs[0].error);
    const logarithm = program((t, _, count) => t.logarithm(count, 20));
    const none = new Map([
      ["x", []],
      ["sex", []],
    ]);
    for (const each of [share, logarithm]) {
      expect(evaluateWords(each, none, [], 0)).to.deep.equal([0n]);
      expect(evaluateReal(each, none, [], 0)).to.deep.equal([0]);
    }
  });

  it("are refused where their domain is not proven", () => {
    expect(refusal((t, total) => t.divide(t.constant("1", 10), t.subtract(total, t.constant("3", 10)), 10))).to.match(
      /^FunctionOutOfDomain 7: instruction 7 \(divide\): the divisor is inexact and may be 0/,
    );
    expect(refusal((t, total, count) => t.divide(total, count, 60))).to.include("FunctionOutOfDomain");
    expect(refusal((t, total) => t.logarithm(t.subtract(total, t.constant("1", 10)), 10))).to.include(
      "FunctionOutOfDomain",
    );
    expect(refusal((t, total) => t.exponential(total, 10))).to.include("FunctionOutOfDomain");
    expect(refusal((t, total) => t.exponential(t.smaller(total, t.constant("30", 10)), 20))).to.include("2^61");
    expect(refusal((t, total) => t.sigmoid(total))).to.include("FunctionOutOfDomain");
    const wide = (t: Tracer, total: Secret<"scalar">) => t.multiply(total, t.constant("2000000000000", 2));
    expect(refusal((t, total) => t.squareRoot(wide(t, total), 10))).to.include("FunctionOutOfDomain");
    expect(refusal((t, _, count) => t.exponential(count, 10))).to.include("FractionBitsOutOfRange");
    expect(refusal((t, total) => t.squareRoot(total, 40))).to.include("FractionBitsOutOfRange");
  });

  it("may be taken as computed, which is exact and can be compared", () => {
    const made = program((t, total) => {
      const root = t.computed(t.squareRoot(total, 20));
      return t.number(t.less(root, t.constant("3", 20)));
    });
    expect(analyse(made).outputs[0].error.numerator).to.equal(0n);
    expect(() => program((t, total) => t.number(t.less(t.squareRoot(total, 20), t.constant("3", 20))))).to.throw(
      "instruction 6 (less)",
    );
  });

  it("are printed with the fraction bits of their results", () => {
    expect(instructionText({ op: "divide", a: 1, b: 2, fractionBits: 20 })).to.equal("divide %1 %2 to 20 bits");
    expect(instructionText({ op: "logarithm", a: 1, fractionBits: 0 })).to.equal("logarithm %1 to 0 bits");
    expect(instructionText({ op: "sigmoid", a: 1 })).to.equal("sigmoid %1");
  });
});
