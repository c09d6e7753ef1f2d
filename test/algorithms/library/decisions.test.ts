/**
 * The library's programs that decide in secret, on the CPS of 1985. Expected figures were computed apart from this project, in exact
 * fractions from the definitions (Python's `fractions` and `statistics` on the package's JSON file).
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { certificates } from "@sharebridge/algorithms/language/certificates.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import { PRIVATE_INPUTS, privateInputsOf, rangeOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { inputsOf, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { toSigned, toUnsigned, wordRange } from "@sharebridge/algorithms/language/words.ts";
import {
  chiSquare,
  chiSquareOf,
  correlationMatrix,
  groupStatistics,
  histogram,
  histogramOf,
  library,
  momentRegression,
  momentRegressionOf,
  scorecard,
  welchTTest,
  welchTTestOf,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { cpsInputs, cpsRows, workers } from "../support/cps.ts";
import { evaluateExact } from "../support/exact.ts";
import { ofSellers, unprotected } from "../support/unprotected.ts";

const rows = workers.length;

/** Not of what nodes compute on the way, which has no exact value to compare with. */
const isBounded = ({ instructions }: Program) => !instructions.some(({ op }) => op === "computed");

function figuresOf(program: Program, texts: Record<string, string> = {}): Map<string, Figure> {
  const parameters = encodeParameterTexts(program, texts);
  const counts = cpsRows(program);
  const words = evaluateWords(program, cpsInputs(program), parameters, counts, undefined, ofSellers(counts));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return new Map(finish(program, words, { rows, parameters }).map((figure) => [figure.name, figure]));
}

/** The figure is `value` to the digits given, and says so with an error of at most `error`. */
function expectFigure(figure: Figure | undefined, value: number, error: number): void {
  expect(figure?.undefinedReason).to.equal(undefined);
  expect(figure!.error, figure!.name).to.be.within(0, error);
  expect(Math.abs(figure!.value! - value), figure!.name).to.be.at.most(figure!.error! + 1e-12 * Math.abs(value));
}

function exactValues(figures: ReadonlyMap<string, Figure>, prefix: string): (number | undefined)[] {
  const named = [...figures.values()].filter(({ name }) => name.startsWith(prefix));
  expect(named.every(({ error }) => error === 0)).to.equal(true);
  return named.map(({ value }) => value);
}

describe("histogram", () => {
  it("counts the wages of the CPS of 1985, 49 of which lie on an edge", () => {
    expect(exactValues(figuresOf(unprotected(histogram)), "count_")).to.deep.equal([107, 243, 119, 39, 22, 3, 1]);
  });

  it("suppresses the two bins of the tail that have too few rows, and the next one with them", () => {
    const values = [...figuresOf(histogram).values()].map(({ value }) => value);
    expect(values).to.deep.equal([107, 243, 119, 39, undefined, undefined, undefined]);
  });

  it("says that it rounds before it compares, and opens counts only", () => {
    const statement = disclosureStatement(histogram);
    expect(statement).to.include("It takes as exact, after rounding: wage to a multiple of 2^-22.");
    expect(statement).to.include("It opens these 7 numbers and nothing else but");
    expect(statement).to.include(`"Rows with wage 5 to below 10", count_1 = bin_1`);
  });

  it("is made for any column and edges that its scale holds", () => {
    const column = { ...histogram.columns[0], name: "age" } as Parameters<typeof histogramOf>[0]["column"];
    const ages = histogramOf({ name: "ages", column, edges: ["0.5"], maximumRows: 10 });
    const words = BigUint64Array.of(1n, 1n << 21n, (1n << 21n) - 1n, 1n << 22n);
    expect(evaluateWords(unprotected(ages), new Map([["age", words]]), [], 4)).to.deep.equal([2n, 2n]);
    expect(() => histogramOf({ name: "ages", column, edges: ["0.1"], maximumRows: 10 }))
      .to.throw()
      .with.property("code", "InexactConstant");
  });
});

describe("group statistics", () => {
  it("gives count, mean and variance of wages by occupation", () => {
    const figures = figuresOf(groupStatistics);
    const expected: [number, number, number][] = [
      [97, 7.422577319587629, 7.284698496563574],
      [55, 12.704, 57.34294666666667],
      [156, 8.426474358974358, 18.06874039288668],
      [105, 11.94742857142857, 30.51273467032967],
      [38, 7.592631578947368, 17.912122617354196],
      [83, 6.537469879518072, 13.492970349691449],
    ];
    expected.forEach(([count, mean, variance], index) => {
      expect(figures.get(`rows_${index}`)).to.include({ value: count, error: 0 });
      expectFigure(figures.get(`mean_${index}`), mean, 2e-6);
      expectFigure(figures.get(`variance_${index}`), variance, 2e-3);
    });
    expect(figures.get("mean_1")?.label).to.equal("Mean wage, occupation management");
  });

  it("discloses a count and two sums for each group", () => {
    const statement = disclosureStatement(groupStatistics);
    expect(statement).to.include("It opens these 18 numbers and nothing else but");
    expect(statement).to.include(
      "- count_0, computed over the rows of group group_0, if it is large enough, from occupation\n",
    );
    expect(statement).to.include(
      "- sum_5, computed over the rows of group group_5, if it is large enough, from occupation, wage\n",
    );
    expect(statement).to.include("It compares values in secret");
  });
});

describe("Welch's t-test", () => {
  it("compares wages of the 96 union members with those of the 438 others", () => {
    const figures = figuresOf(welchTTest);
    expectFigure(figures.get("difference"), 2.162896689497717, 2e-6);
    expectFigure(figures.get("t"), 4.10254678257682, 1e-4);
    expectFigure(figures.get("degrees_of_freedom"), 153.68568240802944, 2e-2);
  });

  it("takes two categories of many, and leaves out the others", () => {
    const [column, group] = groupStatistics.columns as [never, never];
    const test = welchTTestOf({
      name: "t",
      column,
      group,
      categories: ["management", "sales"],
      squareBitsCut: 19,
      maximumRows: 1_000,
    });
    const figures = figuresOf(test);
    const [n, m] = [55, 38];
    const [v, w] = [57.34294666666667 / n, 17.912122617354196 / m];
    expectFigure(figures.get("t"), (12.704 - 7.592631578947368) / Math.sqrt(v + w), 1e-4);
    expectFigure(figures.get("degrees_of_freedom"), (v + w) ** 2 / (v ** 2 / (n - 1) + w ** 2 / (m - 1)), 2e-2);
  });

  it("is undefined where a group has no variance", () => {
    const inputs = new Map([
      ["wage", BigUint64Array.of(1n << 22n, 2n << 22n)],
      ["union", BigUint64Array.of(0n, 1n)],
    ]);
    const test = unprotected(welchTTest);
    const figures = finish(test, evaluateWords(test, inputs, [], 2), { rows: 2 });
    expect(figures[0]).to.include({ value: 1 });
    expect(figures[1].undefinedReason).to.include("which is zero");
  });
});

describe("chi-square", () => {
  it("tests sex against occupation", () => {
    const figures = figuresOf(chiSquare);
    expect(exactValues(figures, "cell_")).to.deep.equal([76, 21, 30, 52, 17, 49, 21, 34, 126, 53, 21, 34]);
    expectFigure(figures.get("chi_square"), 93.48586946595506, 1e-13);
    expect(figures.get("degrees_of_freedom")).to.include({ value: 5, error: 0 });
    expect(disclosureStatement(chiSquare)).to.include(
      "- count_1_5, computed over the rows of group cell_1_5, if it is large enough, from occupation, sex\n",
    );
  });

  it("is undefined where a category has no row", () => {
    const none = { ...chiSquare.columns[0], categories: ["female", "male", "unknown"] } as never;
    const program = chiSquareOf({ name: "c", first: none, second: chiSquare.columns[1] as never, maximumRows: 1_000 });
    const figures = figuresOf(unprotected(program));
    expect(figures.get("cell_2_0")).to.include({ value: 0 });
    expect(figures.get("chi_square")?.undefinedReason).to.include("which is zero");
    expect(figuresOf(program).get("chi_square")?.isSuppressed).to.equal(true);
  });
});

describe("correlation matrix", () => {
  it("gives means and correlations of wage, education and experience", () => {
    const figures = figuresOf(correlationMatrix);
    expectFigure(figures.get("mean_0"), 9.024063670411985, 1e-5);
    expectFigure(figures.get("mean_1"), 13.0187265917603, 1e-5);
    expectFigure(figures.get("mean_2"), 17.822097378277153, 1e-5);
    expectFigure(figures.get("correlation_0_1"), 0.38192206980164123, 1e-3);
    expectFigure(figures.get("correlation_0_2"), 0.08705952539108185, 1e-3);
    expectFigure(figures.get("correlation_1_2"), -0.35267644848421625, 1e-3);
  });
});

describe("least squares of opened moments", () => {
  it("gives coefficients and standard errors of log wage on the CPS of 1985", () => {
    const figures = figuresOf(momentRegression);
    // Of logarithms rounded to 2^-18, and of logarithms to 50 digits, both solved by elimination in fractions.
    const rounded: [number, number][] = [
      [0.5802771463981277, 0.11793952536766852],
      [0.09073904745047705, 0.007894647592054702],
      [0.03444934404226109, 0.005374459980786904],
      [-0.0005243686261015023, 0.00011813923106223964],
      [-0.23089287491923005, 0.03872160733527503],
      [0.20217189068642633, 0.05047066118585071],
    ];
    const raw: [number, number][] = [
      [0.580276934600902, 0.1179395150868915],
      [0.09073907442234456, 0.007894646903879034],
      [0.034449340287507964, 0.005374459512295747],
      [-0.0005243685760837071, 0.0001181392207640543],
      [-0.2308929276031827, 0.03872160395991626],
      [0.20217174178852676, 0.050470656786328054],
    ];
    rounded.forEach(([coefficient, error], index) => {
      expectFigure(figures.get(`coefficient_${index}`), coefficient, 1e-15);
      expectFigure(figures.get(`standard_error_${index}`), error, 1e-15);
      expectCloseTo(figures.get(`coefficient_${index}`)?.value, raw[index][0], 3e-7);
      expectCloseTo(figures.get(`standard_error_${index}`)?.value, raw[index][1], 2e-8);
    });
    expectFigure(figures.get("residual_variance"), 0.19187789753654955, 1e-15);
    expectFigure(figures.get("r_squared"), 0.317523113957609, 1e-15);
    expect(figures.get("coefficient_4")!.label).to.equal("Coefficient of sex female");
    expect(figures).to.have.length(14);
  });

  it("is undefined where regressors depend on one another", () => {
    const twice = momentRegressionOf({
      name: "twice",
      columns: momentRegression.columns,
      response: "log_wage",
      regressors: [
        { column: "sex", category: "female" },
        { column: "sex", category: "male" },
      ],
      maximumRows: 1_000,
    });
    expect(figuresOf(twice).get("coefficient_0")?.undefinedReason).to.include("which is zero");
  });

  it("discloses every sum of products that it opens", () => {
    const statement = disclosureStatement(momentRegression);
    expect(statement).to.include("It opens these 27 numbers and nothing else:");
    expect(statement).to.include("- product_4_6, computed over all rows from log_wage, sex\n");
    expect(statement).to.include(
      "It takes as exact, after rounding: education to a whole number, experience to a whole number",
    );
  });
});

describe("scorecard", () => {
  const cases: [[string, string, string, string], number][] = [
    [["0.75", "0.0625", "-3.25", "7"], 311],
    [["1", "0", "0", "12"], 451],
    [["0.5", "-0.25", "0", "3"], 260],
  ];

  it("counts whom the buyer's scorecard passes, those at the threshold among them", () => {
    for (const [[education, experience, intercept, threshold], passed] of cases) {
      const figures = figuresOf(scorecard, {
        weight_education: education,
        weight_experience: experience,
        intercept,
        threshold,
      });
      expect(figures.get("passed")).to.include({ value: passed, error: 0 });
      expectFigure(figures.get("share"), passed / rows, 1e-15);
    }
  });

  it("discloses that the buyer chooses who is counted", () => {
    expect(disclosureStatement(scorecard)).to.include("The buyer's parameters take part in a comparison");
  });
});

describe("library", () => {
  it("is proven for a million rows, those that go on with sums in secret for ten thousand, by name", () => {
    for (const [name, program] of library) {
      expect(program.name).to.equal(name);
      expect(analyse(program).maximumRows).to.equal(
        [...["log_wage_regression", "union_regression", "union_regression_by_gradient", "wage_components"]].includes(
          name,
        )
          ? 10_000
          : 1_000_000,
      );
    }
    expect([...library.keys()]).to.have.length(25);
  });

  it("stays within its errors on any table in range, however truncation rounds", () => {
    const place = fc.oneof(fc.constant(0), fc.constant(1_000), fc.nat(1_000));
    for (const program of [...library.values()].filter(isBounded).map(unprotected)) {
      const own = privateInputsOf(program);
      const inputs = inputsOf(program);
      const count = inputs.length + program.parameters.length;
      const table = fc.array(fc.array(place, { minLength: count, maxLength: count }), { maxLength: 12 });
      const property = fc.property(
        table,
        fc.array(place, { minLength: 8 + own.length, maxLength: 8 + own.length }),
        fc.infiniteStream(fc.boolean()),
        (made, chosen, bits) => {
          const at = (range: { minimum: bigint; maximum: bigint }, position: number) =>
            range.minimum + ((range.maximum - range.minimum) * BigInt(position)) / 1_000n;
          const columns = inputs.map(({ name, column }, index) => {
            const words = made.map((row) => at(wordRange(column), row[index]));
            return { name, column, words: BigUint64Array.from(words, (word) => BigInt.asUintN(64, word)) };
          });
          const parameters = program.parameters.map(({ minimum, maximum }, index) =>
            at({ minimum: BigInt(minimum), maximum: BigInt(maximum) }, chosen[index]),
          );
          const ownWords = own.map((input, index) => at(rangeOf(input), chosen[8 + index]));
          const rows = tablesOf(program).map(() => made.length);
          const words = new Map(columns.map(({ name, words }) => [name, words]));
          words.set(PRIVATE_INPUTS, BigUint64Array.from(ownWords, toUnsigned));
          const computed = evaluateWords(program, words, parameters, rows, () => bits.next().value as boolean);
          if (certificates(program).some(({ output }) => computed[output] === 0n)) {
            expect(computed.every((word) => word === 0n)).to.equal(true);
            return;
          }
          // Raw values that are exactly their words.
          const exact = new Map(
            columns.map(({ name, column, words }) => [
              name,
              [...words].map((word) =>
                rational.fromWord(toSigned(word), column.kind === "number" ? column.fractionBits : 0),
              ),
            ]),
          );
          const ownNumbers = own.map(({ fractionBits }, index) => rational.fromWord(ownWords[index], fractionBits));
          exact.set(PRIVATE_INPUTS, ownNumbers);
          const truth = evaluateExact(program, exact, parameters, rows);
          analyse(program, rows, parameters).outputs.forEach(({ name, fractionBits, error }, index) => {
            const off = rational.subtract(rational.fromWord(computed[index], fractionBits), truth[index]);
            expect(rational.compare(rational.absolute(off), error), `${program.name}: ${name}`).to.be.at.most(0);
          });
        },
      );
      fc.assert(property, { seed, numRuns: 100 });
    }
  }).timeout(60_000);
});
