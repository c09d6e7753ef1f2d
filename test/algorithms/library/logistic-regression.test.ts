import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { finish } from "@sharebridge/algorithms/language/finish.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import {
  library,
  logisticGradient,
  logisticGradientOf,
  logisticRegression,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { ridgeLogistic } from "../../../scripts/library/statistics.ts";
import { fourRunner } from "../../mpc-nodes/support/four-runner.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { workers } from "../support/cps.ts";

type Workers = typeof workers;

const NAMES = ["intercept", "education", "experience", "female"];
/** What the program divides these by. */
const SCALES = [1, 16, 32, 1];
const RIDGE = 1;

const columnsOf: Record<string, (worker: Workers[number]) => string> = {
  years_of_education: ({ education }) => String(education),
  years_of_experience: ({ experience }) => String(experience),
  sex: ({ gender }) => gender,
  union: ({ union }) => (union === 0 ? "yes" : "no"),
};

const encoded = (table: Workers) =>
  new Map(
    logisticRegression.columns.map((column) => [column.name, encodeColumn(column, table.map(columnsOf[column.name]))]),
  );

/** Newton's method in doubles on the same penalised likelihood, undivided coefficients. */
function newton(table: Workers, ridge = RIDGE): number[] {
  const regressors = table.map(({ education, experience, gender }) => [
    ...[education, experience, gender === "female" ? 1 : 0],
  ]);
  const unionised = table.map(({ union }) => union === 0);
  return ridgeLogistic(regressors, unionised, ridge, SCALES.slice(1));
}

function expectFit(program: Program, outputs: readonly bigint[], table: Workers, most: number, ridge = RIDGE): void {
  const truth = newton(table, ridge);
  const figures = finish(program, outputs, { rows: table.length });
  for (const [j, { name, value, error }] of figures.entries()) {
    expect(name).to.equal(`coefficient_${NAMES[j]}`);
    expect(Math.abs((value as number) - truth[j]), name).to.be.at.most(error as number);
    expect(error, name).to.be.below(most / SCALES[j]);
  }
}

describe("logistic regression", () => {
  it("is in the library, and says that it goes on with what it computes", () => {
    expect(library.get("union_regression")).to.equal(logisticRegression);
    const statement = disclosureStatement(logisticRegression);
    expect(statement).to.include("It goes on with intermediate results as they come out, rounded");
    expect(statement).to.include(
      "- weight_female, computed over all rows from sex, union, years_of_education, years_of_experience; about intermediate results as they came out\n",
    );
    expect(printProgram(logisticRegression)).to.include("at 10000 rows, given what was computed\n");
    expect(printProgram(logisticRegression)).to.include(
      'figure coefficient_intercept "Coefficient of intercept" = (weight_intercept within step_0) / 1\n',
    );
  });

  it("agrees with Newton's method on the CPS of 1985 to the bound that its gradient gives", () => {
    const outputs = evaluateWords(logisticRegression, encoded(workers), [], workers.length);
    expectFit(logisticRegression, outputs, workers, 2e-4);
  });

  it("gives as much among four parties", async () => {
    const table = workers.slice(0, 200);
    const run = { program: logisticRegression, words: encoded(table), parameters: [], rows: table.length };
    expectFit(logisticRegression, await outputsOf(fourRunner(seed), run), table, 1e-3);
  }).timeout(120_000);

  it("agrees with real arithmetic in doubles", () => {
    const inputs = new Map([
      ["years_of_education", workers.map(({ education }) => education)],
      ["years_of_experience", workers.map(({ experience }) => experience)],
      ["sex", workers.map(({ gender }) => (gender === "male" ? 1 : 0))],
      ["union", workers.map(({ union }) => (union === 0 ? 1 : 0))],
    ]);
    const outputs = evaluateReal(logisticRegression, inputs, [], workers.length);
    const figures = finishReal(logisticRegression, outputs, workers.length);
    for (const [j, truth] of newton(workers).entries()) {
      expectCloseTo(figures.get(`coefficient_${NAMES[j]}`), truth, 1e-5, NAMES[j]);
    }
  });

  it("says how far it is from the optimum where data are separable but for the ridge", () => {
    const table = workers.filter(({ union, gender }) => (union === 0) === (gender === "male"));
    const outputs = evaluateWords(logisticRegression, encoded(table), [], table.length);
    const truth = newton(table);
    for (const [j, { value, error }] of finish(logisticRegression, outputs, { rows: table.length }).entries()) {
      expect(Math.abs((value as number) - truth[j])).to.be.at.most(error as number);
    }
  });
});

describe("logistic regression by gradient", () => {
  const gradientOf = (pace: { steps: number; rate: string; momentum: string }) =>
    logisticGradientOf({
      ...{ name: "short", columns: logisticRegression.columns, outcome: "union", positive: "yes", maximumRows: 1_000 },
      regressors: [
        { name: "education", column: "years_of_education", power: 1, halvings: 4 },
        { name: "experience", column: "years_of_experience", power: 1, halvings: 5 },
        { name: "female", column: "sex", category: "female" },
      ],
      ...{ ridge: 4, ...pace },
    });

  it("is in the library, a loop, and solves nothing", () => {
    expect(library.get("union_regression_by_gradient")).to.equal(logisticGradient);
    expect(logisticGradient.loops).to.have.length(1);
    expect(logisticGradient.instructions.some(({ op }) => op === "solve")).to.equal(false);
    expect(disclosureStatement(logisticGradient)).not.to.include("linear system");
  });

  it("agrees with Newton's method on the CPS of 1985 to the bound that its gradient gives", () => {
    const outputs = evaluateWords(logisticGradient, encoded(workers), [], workers.length);
    expectFit(logisticGradient, outputs, workers, 0.05, 4);
  });

  it("says how far it is from the optimum where its steps are too few, or too long", () => {
    for (const [steps, rate] of [
      [3, "2"],
      [6, "24"],
    ] as const) {
      const program = gradientOf({ steps, rate, momentum: "0.5" });
      const outputs = evaluateWords(program, encoded(workers), [], workers.length);
      const [{ error }] = finish(program, outputs, { rows: workers.length });
      expect(error).to.be.greaterThan(0.1);
      expectFit(program, outputs, workers, Infinity, 4);
    }
  });

  it("gives as much among four parties", async () => {
    const table = workers.slice(0, 60);
    const program = gradientOf({ steps: 8, rate: "3", momentum: "0.75" });
    const run = { program, words: encoded(table), parameters: [], rows: table.length };
    expectFit(program, await outputsOf(fourRunner(seed), run), table, 0.5, 4);
  }).timeout(120_000);
});
