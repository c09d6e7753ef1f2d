import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { expression, expressionText } from "@sharebridge/algorithms/language/expression.ts";
import { type Figure, finish, outputFigures } from "@sharebridge/algorithms/language/finish.ts";
import type { Expression, Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn, parseDecimal } from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import fc from "fast-check";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";

const { add, divide, multiply, number, rows, squareRoot, subtract } = expression;

/** Opens a (4 fraction bits, error rows / 32) and a count of "m" (exact). */
function program(...figures: ((a: Expression, count: Expression) => Expression)[]): Program {
  return trace(
    {
      name: "test",
      description: "For a test.",
      columns: [
        { name: "x", kind: "number", fractionBits: 4, minimum: "-100", maximum: "100" },
        { name: "sex", kind: "category", categories: ["f", "m"] },
      ],
      maximumRows: 1_000,
    },
    (t) => {
      const a = t.output("a", t.sum(t.input("x")));
      const count = t.output("count", t.sum(t.input("sex")));
      for (const [index, figure] of figures.entries()) t.finish(`f${index}`, `Figure ${index}`, figure(a, count));
    },
  );
}

function only(figures: Figure[]): Figure {
  expect(figures).to.have.length(1);
  return figures[0];
}

describe("finish", () => {
  it("evaluates every kind of expression", () => {
    const figures = finish(
      program(
        (a) => a,
        (_, count) => add(count, number(-7)),
        (_, count) => subtract(count, rows),
        (_, count) => multiply(count, count),
        (_, count) => divide(number(1), count),
        (_, count) => squareRoot(count),
      ),
      [40n, 4n],
      { rows: 10 },
    );
    expect(figures.map(({ value }) => value)).to.deep.equal([2.5, -3, -6, 16, 0.25, 2]);
    expect(figures.map(({ error }) => error)).to.deep.equal([10 / 32, 0, 0, 0, 0, 0]);
    expect(figures[0]).to.include({ name: "f0", label: "Figure 0" });
  });

  it("knows that what is multiplied by itself is not negative", () => {
    // a = 0 ± 5/16: its square is from 0 to 25/256, its product with as inexact a number from -25/256.
    const [own, other] = finish(
      program(
        (a) => squareRoot(multiply(a, a)),
        (a) => squareRoot(multiply(a, add(a, number(0)))),
      ),
      [0n, 0n],
      { rows: 10 },
    );
    expect(own).to.include({ value: 0, error: 5 / 16 });
    expect(other.undefinedReason).to.include("may be negative within the error");
  });

  it("bounds quotients by interval arithmetic", () => {
    // a = 2.5 +- 1/16: 2 / a lies between 2 / 2.5625 and 2 / 2.4375; the upper end is further from 0.8.
    const figure = only(
      finish(
        program((a) => divide(number(2), a)),
        [40n, 0n],
        { rows: 2 },
      ),
    );
    expect(figure.value).to.equal(0.8);
    expect(figure.error).to.be.within(2 / 2.4375 - 0.8, 2 / 2.4375 - 0.8 + 1e-15);
  });

  it("widens a figure by a distance that was measured", () => {
    // The total is 1 within 10/32, the count 2.
    const distance = expression.divide({ output: "count" }, number(8));
    const made = program((total) => expression.within(total, distance));
    const [figure] = finish(made, [16n, 2n], { rows: 10 });
    expect(figure).to.include({ value: 1, error: 10 / 32 + 2 / 8 });
    expect(expressionText(made.finish[0].expression)).to.equal("a within (count / 8)");
    expect(expressionText(divide(made.finish[0].expression, number(2)))).to.equal("(a within (count / 8)) / 2");
    const nothing = program((total) => expression.within(total, number(-1)));
    expect(finish(nothing, [16n, 2n], { rows: 10 })[0].error).to.equal(10 / 32);
  });

  it("bounds roots by the roots of the ends, and says so when what is under them may be negative", () => {
    const root = program((a) => squareRoot(a));
    // a = 4 +- 1/16.
    const figure = only(finish(root, [64n, 0n], { rows: 2 }));
    expect(figure.value).to.equal(2);
    expect(figure.error).to.be.within(2 - Math.sqrt(3.9375), 2 - Math.sqrt(3.9375) + 1e-15);
    expect(only(finish(root, [0n, 0n], { rows: 2 })).undefinedReason).to.equal(
      "is the square root of a, which may be negative within the error",
    );
    expect(only(finish(root, [-16n, 0n], { rows: 2 })).undefinedReason).to.equal(
      "is the square root of a, which is negative",
    );
    const [two, large, small] = finish(
      program(
        (_, count) => squareRoot(count),
        (_, count) => squareRoot(multiply(number(10n ** 18n), multiply(number(10n ** 18n), count))),
        (_, count) => squareRoot(divide(count, multiply(number(10n ** 18n), number(10n ** 18n)))),
      ),
      [0n, 2n],
      { rows: 3 },
    );
    for (const [root2, scale] of [
      [two, 1],
      [large, 1e18],
      [small, 1e-18],
    ] as const) {
      expectCloseTo(root2.value, Math.SQRT2 * scale, 2e-16 * scale);
      // Nothing but the rounding to a double.
      expect(root2.error).to.be.within(Number.MIN_VALUE, 2 ** -51 * scale);
    }
  });

  it("includes the rounding to a double in the error", () => {
    const figure = only(
      finish(
        program((_, count) => divide(number(1), count)),
        [0n, 3n],
        { rows: 3 },
      ),
    );
    const third = rational.subtract({ numerator: 1n, denominator: 3n }, rational.fromNumber(figure.value as number));
    expect(rational.compare(rational.fromNumber(figure.error as number), rational.absolute(third))).to.be.at.least(0);
    expect(figure.error).to.be.within(Number.MIN_VALUE, 2 ** -54);
  });

  it("says so when a divisor is zero or may be", () => {
    const byCount = only(
      finish(
        program((a, count) => divide(a, subtract(count, number(1)))),
        [40n, 1n],
        { rows: 5 },
      ),
    );
    expect(byCount.value).to.equal(undefined);
    expect(byCount.undefinedReason).to.equal("divides by count - 1, which is zero");
    const byA = only(
      finish(
        program((a, count) => divide(count, a)),
        [1n, 1n],
        { rows: 2 },
      ),
    );
    expect(byA.undefinedReason).to.equal("divides by a, which may be zero within the error");
    const nested = only(
      finish(
        program((a, count) => add(rows, divide(count, a))),
        [-1n, 1n],
        { rows: 1 },
      ),
    );
    expect(nested.undefinedReason).to.equal(undefined);
  });

  it("goes on with figures as with expressions, shows those that have a label, and passes reasons on", () => {
    const traced = trace(
      {
        name: "test",
        description: "For a test.",
        columns: [{ name: "x", kind: "number", fractionBits: 4, minimum: "0", maximum: "100" }],
        maximumRows: 1_000,
      },
      (t) => {
        const a = t.output("a", t.sum(t.input("x")));
        const third = t.step(divide(a, number(3)));
        let power = t.finish("power_0", "Power 0", third);
        for (let k = 1; k <= 12; k++) power = t.finish(`power_${k}`, `Power ${k}`, multiply(power, power));
        const undetermined = t.step(divide(number(1), subtract(third, third)));
        t.finish("undetermined", "Undetermined", add(undetermined, number(1)));
      },
    );
    const figures = finish(traced, [50n], { rows: 1 });
    expect(figures.map(({ name }) => name)).to.deep.equal([
      ...Array.from({ length: 13 }, (_, k) => `power_${k}`),
      "undetermined",
    ]);
    // a = 3.125 +- 1/32, which third powers of two widen to no end: 4096 of them in 256 bits are still bounds.
    const [low, value, high] = [3.09375, 3.125, 3.15625].map((each) => each / 3);
    for (let k = 0; k <= 12; k++) {
      const figure = figures[k];
      expectCloseTo(figure.value! / value ** (2 ** k), 1, 1e-11);
      const widest = Math.max(high ** (2 ** k) - value ** (2 ** k), value ** (2 ** k) - low ** (2 ** k));
      expect(figure.error! / widest).to.be.within(1 - 1e-10, 1 + 1e-10);
    }
    expect(figures.at(-1)!.undefinedReason).to.equal("divides by step_0 - step_0, which may be zero within the error");
  });

  it("bounds the size of what grows from figure to figure, and the time that it takes", () => {
    const growing = (first: (a: Expression) => Expression) =>
      trace(
        {
          name: "test",
          description: "For a test.",
          columns: [{ name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: "100" }],
          maximumRows: 1_000,
        },
        (t) => {
          let power = t.step(first(t.output("a", t.sum(t.input("x")))));
          for (let k = 0; k < 500; k++) power = t.step(multiply(power, power));
          t.finish("power", "Power", power);
        },
      );
    const large = only(
      finish(
        growing((a) => add(a, number(2))),
        [50n],
        { rows: 1 },
      ),
    );
    expect(large.undefinedReason).to.equal("is beyond what a double holds");
    const small = only(
      finish(
        growing((a) => divide(number(1), add(a, number(2)))),
        [50n],
        { rows: 1 },
      ),
    );
    expect(small).to.include({ value: 0, error: Number.MIN_VALUE });
    const negative = only(
      finish(
        growing((a) => divide(number(-1), add(a, number(2)))),
        [50n],
        { rows: 1 },
      ),
    );
    expect(negative.error).to.be.at.most(Number.MIN_VALUE);
  }).timeout(5_000);

  it("gives the outputs themselves as figures", () => {
    const figures = outputFigures(program(), [-40n, 4n], { rows: 10 });
    expect(figures.map(({ name, value, error }) => [name, value, error])).to.deep.equal([
      ["a", -2.5, 10 / 32],
      ["count", 4, 0],
    ]);
  });

  it("refuses answers that the program cannot give", () => {
    const refuse = (words: bigint[], rows: number, code: string) =>
      expect(() => finish(program(), words, { rows }))
        .to.throw(ProgramError)
        .with.property("code", code);
    refuse([0n], 1, "WrongOutputCount");
    refuse([0n, 2n], 1, "OutputOutOfRange");
    refuse([1601n, 1n], 1, "OutputOutOfRange");
    refuse([0n, -1n], 5, "OutputOutOfRange");
    refuse([0n, 0n], 1_001, "TooManyRows");
  });

  it("encloses the exact figures of random tables", () => {
    const variance = program(
      (a) => divide(a, rows),
      (a, count) => divide(multiply(a, a), add(count, number(1))),
      (a, count) => divide(subtract(a, count), subtract(rows, multiply(a, count))),
    );
    const exact = (a: rational.Rational, m: number, n: number): (rational.Rational | undefined)[] => {
      const count = rational.integer(BigInt(m));
      const total = rational.integer(BigInt(n));
      const divisor = rational.subtract(total, rational.multiply(a, count));
      return [
        n === 0 ? undefined : rational.divide(a, total),
        rational.divide(rational.multiply(a, a), rational.integer(BigInt(m + 1))),
        divisor.numerator === 0n ? undefined : rational.divide(rational.subtract(a, count), divisor),
      ];
    };
    const cell = fc.tuple(fc.integer({ min: -10_000, max: 10_000 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 12 }), (table) => {
        const texts = table.map(([cents]) => (cents / 100).toFixed(2));
        const sexes = table.map(([, male]) => (male ? "m" : "f"));
        const inputs = new Map([
          ["x", encodeColumn(variance.columns[0], texts)],
          ["sex", encodeColumn(variance.columns[1], sexes)],
        ]);
        const words = evaluateWords(variance, inputs, [], table.length);
        const sum = texts.map(parseDecimal).reduce(rational.add, rational.ZERO);
        const truth = exact(sum, sexes.filter((sex) => sex === "m").length, table.length);
        finish(variance, words, { rows: table.length }).forEach(({ value, error }, index) => {
          if (value === undefined) return;
          const expected = truth[index];
          expect(expected, "a defined figure").not.to.equal(undefined);
          const difference = rational.subtract(expected as rational.Rational, rational.fromNumber(value));
          const bound = rational.fromNumber(error as number);
          expect(rational.compare(rational.absolute(difference), bound)).to.be.at.most(0);
        });
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it("takes the largest expressions that an encoding holds", () => {
    const tree = (depth: number): Expression => {
      if (depth === 0) return { output: "a" };
      return depth % 2 === 0 ? multiply(tree(depth - 1), tree(depth - 1)) : divide(tree(depth - 1), tree(depth - 1));
    };
    const largest = program(() => tree(11));
    expect(encodeProgram(largest).length).to.be.greaterThan(32_000);
    expect(only(finish(largest, [1_600n, 0n], { rows: 1 })).value).to.equal(1);
  });
});
