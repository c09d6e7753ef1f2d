/** The library's programs on columns with gaps: complete cases, held against R on New York's ozone of 1973, and against the same programs without gaps. */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { CategoryColumn, NumberColumn } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import {
  chiSquareOf,
  correlationMatrixOf,
  descriptiveStatisticsOf,
  groupStatisticsOf,
  histogramOf,
  kaplanMeierOf,
  linearRegressionOf,
  logisticRegressionOf,
  momentRegressionOf,
  welchTTestOf,
} from "@sharebridge/algorithms/library/index.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { days, MONTHS, OZONE_IN_R } from "../support/air-quality.ts";
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
      expect(figures.get(`mean_${index}`)!.value).to.be.closeTo(mean, 5e-6 + figures.get(`mean_${index}`)!.error!);
      const variance = figures.get(`variance_${index}`)!;
      expect(variance.error).to.be.below(1e-2);
      expect(Math.sqrt(variance.value!), MONTHS[index]).to.be.closeTo(sd, 5e-6 + variance.error!);
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
  const number: NumberColumn = { name: "x", kind: "number", fractionBits: 1, minimum: "1", maximum: "20" };
  const [first, second]: CategoryColumn[] = ["a", "b"].map((name) => ({
    name,
    kind: "category",
    categories: ["p", "q", "r"],
  }));
  const gaps = <C extends NumberColumn | CategoryColumn>(column: C): C => ({ ...column, optional: true });
  const makers: [string, (x: NumberColumn, a: CategoryColumn, b: CategoryColumn) => Program, readonly number[]][] = [
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
          expect(answerOn(withGaps, chosen)).to.deep.equal(answerOn(without, complete));
          const values = (program: Program, cells: Cells) =>
            [...figuresOn(program, cells).values()].map(({ value }) => value);
          expect(values(withGaps, chosen)).to.deep.equal(values(without, complete));
        }),
        { seed, numRuns: 40 },
      );
    });
  }

  it("are not taken by programs that count all rows, not even for a category, whose gaps would count for another", () => {
    const y = gaps({ ...first, name: "y", categories: ["no", "yes"] });
    const { outcome, regressors, smallestEigenvalue, tolerance, coefficientBits } = {
      ...{ outcome: "x", regressors: [{ name: "y", column: "y", category: "yes" }] as const },
      ...{ smallestEigenvalue: "2", tolerance: "0.01", coefficientBits: 6 },
    };
    const refused: (() => Program)[] = [
      () => kaplanMeierOf({ name: "k", time: number, event: y, seen: "yes", grid: ["3"], maximumRows }),
      () => momentRegressionOf({ name: "m", columns: [number, y], response: "x", regressors, maximumRows }),
      () =>
        correlationMatrixOf({
          name: "c",
          columns: [number, gaps({ ...number, name: "z" })],
          productBitsCut: 0,
          maximumRows,
        }),
      () => descriptiveStatisticsOf({ name: "d", column: gaps(number), squareBitsCut: 1, maximumRows }),
      () =>
        linearRegressionOf({
          name: "l",
          columns: [number, y],
          outcome,
          regressors,
          maximumRows,
          smallestEigenvalue,
          tolerance,
          coefficientBits,
        }),
      () =>
        logisticRegressionOf({
          name: "l",
          columns: [number, y],
          outcome: "y",
          positive: "yes",
          regressors: [{ name: "x", column: "x", power: 1, halvings: 4 }],
          maximumRows,
          ridge: 1,
          steps: 2,
          curvature: "0.25",
        }),
    ];
    for (const make of refused) {
      expect(make)
        .to.throw(ProgramError, /needs a value of [yxz] in every row/)
        .with.property("code", "OptionalColumn");
    }
  });
});
