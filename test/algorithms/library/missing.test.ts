/** The library's programs on columns with gaps: complete cases, held against R on New York's ozone of 1973, and against the same programs without gaps. */
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { CategoryColumn, Column, NumberColumn } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import {
  chiSquareOf,
  correlationMatrixOf,
  descriptiveStatisticsOf,
  groupStatisticsOf,
  histogramOf,
  kaplanMeierOf,
  linearRegression,
  linearRegressionOf,
  logisticRegression,
  logisticRegressionOf,
  momentRegressionOf,
  welchTTestOf,
} from "@sharebridge/algorithms/library/index.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { expect } from "chai";
import fc from "fast-check";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { days, MONTHS, OZONE_IN_R } from "../support/air-quality.ts";
import { cpsInputs } from "../support/cps.ts";
import { ofSellers, unprotected } from "../support/unprotected.ts";

const ozone: NumberColumn = {
  name: "ozone",
  kind: "number",
  fractionBits: 20,
  minimum: "0",
  maximum: "200",
  optional: true,
};
const month: CategoryColumn = { name: "month", kind: "category", categories: [...MONTHS] };
const maximumRows = 1_000;
const statistics = groupStatisticsOf({ name: "ozone", column: ozone, group: month, squareBitsCut: 20, maximumRows });
const test = {
  name: "t",
  column: ozone,
  group: month,
  categories: ["may", "august"] as const,
  squareBitsCut: 20,
  maximumRows,
};
const bins = { name: "h", column: ozone, edges: ["10", "20", "40", "80", "160"], maximumRows };

type Cells = readonly (readonly string[])[];

/** The answer's words on a table whose columns are the program's, an empty cell being a missing value. */
function answerOn(program: Program, rows: Cells): bigint[] {
  if (rows.length === 0)
    return evaluateWords(program, new Map(storedColumns(program.columns).map(({ name }) => [name, []])), [], 0);
  const header = program.columns.map(({ name }) => name);
  const { columns } = encodeTable({ header, rows }, { columns: program.columns });
  const inputs = new Map(storedColumns(program.columns).map(({ name }, index) => [name, columns[index]]));
  return evaluateWords(program, inputs, [], rows.length, undefined, ofSellers(rows.length));
}

function figuresOn(program: Program, rows: Cells): Map<string, Figure> {
  const figures = finish(program, answerOn(program, rows), { rows: rows.length });
  return new Map(figures.map((figure) => [figure.name, figure]));
}

const measured: Cells = days.map(([text, name]) => [text === "NA" ? "" : text, name]);

describe("programs of the library on ozone in New York, not measured on 37 of 153 days", () => {
  it("give R's count, mean and standard deviation of each month", () => {
    const figures = figuresOn(statistics, measured);
    OZONE_IN_R.forEach(({ days: count, mean, sd }, index) => {
      expect(figures.get(`rows_${index}`)).to.include({ value: count, error: 0 });
      const found = figures.get(`mean_${index}`)!;
      expectCloseTo(found.value, mean, 5e-6 + found.error!);
      const variance = figures.get(`variance_${index}`)!;
      expect(variance.error).to.be.below(1e-2);
      expectCloseTo(Math.sqrt(variance.value!), sd, 5e-6 + variance.error!);
    });
  });

  it("give Welch's t of May against August, and its degrees of freedom", () => {
    const figures = figuresOn(welchTTestOf(test), measured);
    for (const [name, value] of [
      ["difference", -36.34615384615385],
      ["t", -4.074879662210764],
      ["degrees_of_freedom", 39.27915930276597],
    ] as const) {
      const { value: found, error } = figures.get(name)!;
      expect(Math.abs(found! - value), name).to.be.at.most(error!);
    }
  });

  it("count the days of each bin, and those without a value in none", () => {
    const counts = answerOn(unprotected(histogramOf(bins)), measured);
    expect(counts.map(Number)).to.deep.equal([10, 23, 37, 29, 16, 1]);
  });

  it("give R's summary of the days that were measured", () => {
    const program = descriptiveStatisticsOf({ name: "d", column: ozone, squareBitsCut: 20, maximumRows });
    const figures = figuresOn(
      program,
      measured.map(([text]) => [text]),
    );
    const value = (name: string) => figures.get(name)?.value;
    // `summary(airquality$Ozone)`; R's third quartile, 63.25, is a quarter of the way between the rows of which this is the middle, 63 and 64.
    const exact = { count: 116, minimum: 1, quartile_1: 18, quartile_2: 31.5, quartile_3: 63.5, maximum: 168 };
    for (const [name, expected] of Object.entries(exact)) expect(value(name), name).to.equal(expected);
    expectCloseTo(value("mean"), 42.12931, 1e-5);
    expectCloseTo(value("standard_deviation"), 32.98788, 1e-3);
  });

  it("say that rows are left out, where they may be", () => {
    expect(statistics.description).to.equal(
      "Count, mean and sample variance of ozone in each category of month. Rows that lack ozone are left out.",
    );
    const required = { ...ozone, optional: undefined };
    const without = groupStatisticsOf({
      name: "ozone",
      column: required,
      group: month,
      squareBitsCut: 20,
      maximumRows,
    });
    expect(without.description).not.to.contain("lack");
    expect(without.instructions.some(({ op }) => op === "present" || op === "inputOr")).to.equal(false);
  });

  it("suppress a group if those that are left out are too few to be told from the others", () => {
    // Of all days but the last that was not measured a value is known.
    const last = days.findLastIndex(([text]) => text === "NA");
    const few = days.map(([text, name], row) => [text !== "NA" ? text : row === last ? "" : "1", name]);
    const suppressed = [...figuresOn(statistics, few).values()].map(({ isSuppressed }) => isSuppressed === true);
    expect(suppressed).to.deep.equal([true, true, true, ...Array(12).fill(false)]);
    const figures = [...figuresOn(statistics, measured).values()];
    expect(figures.some(({ isSuppressed }) => isSuppressed === true)).to.equal(false);
  });
});

describe("complete cases", () => {
  const linearRegressors = [
    { name: "education", column: "years_of_education", power: 1, halvings: 4 },
    { name: "female", column: "sex", category: "female" },
  ] as const;
  const number: NumberColumn = { name: "x", kind: "number", fractionBits: 1, minimum: "1", maximum: "20" };
  const [first, second]: CategoryColumn[] = ["a", "b"].map((name) => ({
    name,
    kind: "category",
    categories: ["p", "q", "r"],
  }));
  const gaps = <C extends NumberColumn | CategoryColumn>(column: C): C => ({ ...column, optional: true });
  type Maker = (x: NumberColumn, a: CategoryColumn, b: CategoryColumn) => Program;
  /** Each with those of the three columns that it is about. */
  const makers: [string, Maker, readonly number[]][] = [
    [
      "group statistics",
      (column, group) => groupStatisticsOf({ name: "g", column, group, squareBitsCut: 1, maximumRows }),
      [0, 1],
    ],
    [
      "the t-test",
      (column, group) =>
        welchTTestOf({ name: "w", column, group, categories: ["p", "r"], squareBitsCut: 1, maximumRows }),
      [0, 1],
    ],
    ["the histogram", (column) => histogramOf({ name: "h", column, edges: ["1", "5", "20"], maximumRows }), [0]],
    ["chi-square", (_, a, b) => chiSquareOf({ name: "c", first: a, second: b, maximumRows }), [1, 2]],
    [
      "descriptive statistics",
      (column) => descriptiveStatisticsOf({ name: "d", column, squareBitsCut: 1, maximumRows }),
      [0],
    ],
    [
      "correlations",
      (column) =>
        correlationMatrixOf({ name: "c", columns: [column, { ...column, name: "z" }], productBitsCut: 0, maximumRows }),
      [0, 0],
    ],
    [
      "least squares of moments",
      (column, group) =>
        momentRegressionOf({
          ...{ name: "m", columns: [column, group], response: "x", maximumRows },
          regressors: [{ column: "a", category: "q" }, { squareOf: "x" }],
        }),
      [0, 1],
    ],
    [
      "the survival curve",
      (time, event) => kaplanMeierOf({ name: "k", time, event, seen: "q", grid: ["3", "9", "15"], maximumRows }),
      [0, 1],
    ],
  ];
  const cell = (value: fc.Arbitrary<string>, missing: number) =>
    fc.tuple(value, fc.integer({ min: 1, max: 10 })).map(([text, drawn]) => (drawn <= missing ? "" : text));
  // Of ten cells none, some or all are missing.
  const table = fc.constantFrom(0, 3, 10).chain((missing) => {
    const category = cell(fc.constantFrom("p", "q", "r"), missing);
    return fc.array(fc.tuple(cell(fc.integer({ min: 1, max: 20 }).map(String), missing), category, category), {
      maxLength: 15,
    });
  });
  for (const [what, make, used] of makers) {
    it(`are what is left of a table without its gaps: ${what}`, () => {
      const withGaps = unprotected(make(gaps(number), gaps(first), gaps(second)));
      const without = unprotected(make(number, first, second));
      fc.assert(
        fc.property(table, (rows) => {
          const chosen = rows.map((row) => used.map((column) => row[column]));
          const complete = chosen.filter((row) => row.every((text) => text !== ""));
          const opened = (program: Program, cells: Cells) => {
            const words = answerOn(program, cells);
            return Object.fromEntries(program.outputs.map(({ name }, index) => [name, words[index]]));
          };
          // Programs without groups open how many rows they are about, in the place of the public number of all.
          const { complete_rows, count, ...others } = opened(withGaps, chosen);
          expect(others).to.deep.equal(opened(without, complete));
          expect([undefined, BigInt(complete.length)]).to.include(complete_rows ?? count);
        }),
        { seed, numRuns: 40 },
      );
    });
  }

  it("are what is left for regressions that are solved in secret, within their errors", () => {
    const solved: [string, (columns: Column[]) => Program][] = [
      [
        "log_wage_18",
        (columns) =>
          linearRegressionOf({
            ...{ name: "l", columns, outcome: "log_wage_18", maximumRows, regressors: linearRegressors.slice(0, 2) },
            ...{ smallestEigenvalue: "0.5", tolerance: "0.0000001", coefficientBits: 4 },
          }),
      ],
      [
        "union",
        (columns) =>
          logisticRegressionOf({
            ...{
              name: "l",
              columns,
              outcome: "union",
              positive: "yes",
              maximumRows,
              regressors: linearRegressors.slice(0, 2),
            },
            ...{ ridge: 1, steps: 6, curvature: "0.15625" },
          }),
      ],
    ];
    for (const [outcome, make] of solved) {
      const used = ["wage", outcome, "years_of_education", "sex"];
      const columns = [...linearRegression.columns, ...logisticRegression.columns].filter(
        ({ name }, index, all) => used.includes(name) && all.findIndex((each) => each.name === name) === index,
      );
      const withGaps = make(columns.map((column) => ({ ...column, optional: true })));
      const without = make(columns);
      const rows = 80;
      const words = cpsInputs({ columns, maximumRows: rows });
      const isMissing = (name: string, row: number) => (row * 7 + name.length) % 11 === 0;
      const presences = ["wage", "union", "years_of_education", "sex"].filter((name) => words.has(name));
      const all = Array.from({ length: rows }, (_, row) => row);
      const complete = all.filter((row) => presences.every((name) => !isMissing(name, row)));
      expect(complete.length).to.be.within(40, 70);
      const chosen = (rows: readonly number[]) =>
        new Map([...words].map(([name, column]) => [name, BigUint64Array.from(rows, (row) => column[row])] as const));
      const masks = presences.map(
        (name) => [`${name}.present`, BigUint64Array.from(all, (row) => (isMissing(name, row) ? 0n : 1n))] as const,
      );
      const figuresOf = (program: Program, inputs: Map<string, BigUint64Array>, rows: number) =>
        finish(program, evaluateWords(program, inputs, [], rows), { rows });
      const found = figuresOf(withGaps, new Map([...chosen(all), ...masks]), rows);
      const expected = figuresOf(without, chosen(complete), complete.length);
      expect(found.length).to.equal(expected.length);
      for (const [index, { name, value, error, undefinedReason }] of found.entries()) {
        expect(undefinedReason, name).to.equal(undefined);
        const off = Math.abs(value! - expected[index].value!);
        expect(off, `${outcome}: ${name}`).to.be.at.most(error! + expected[index].error!);
        // Or that would say nothing.
        expect(error, name).to.be.below(0.2);
      }
    }
  });
});
