import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn, wordToNumber } from "@sharebridge/algorithms/language/words.ts";
import { library, linearRegression } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { fourRunner } from "../../mpc-nodes/support/four-runner.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { workers } from "../support/cps.ts";
import { type Fit, leastSquares } from "../support/least-squares.ts";

type Workers = typeof workers;

const columnsOf: Record<string, (worker: Workers[number]) => string> = {
  wage: ({ wage }) => String(wage),
  log_wage_18: ({ wage }) => String(wage),
  years_of_education: ({ education }) => String(education),
  years_of_experience: ({ experience }) => String(experience),
  sex: ({ gender }) => gender,
  union: ({ union }) => (union === 0 ? "yes" : "no"),
};
const NAMES = ["intercept", "education", "experience", "experience_squared", "female", "union_member"];

const encoded = (table: Workers) =>
  new Map(
    linearRegression.columns.map((column) => [column.name, encodeColumn(column, table.map(columnsOf[column.name]))]),
  );

/** The regression of these log wages, by orthogonal reflections on undivided regressors. */
function regress(table: Workers, logWages: readonly number[]): Fit {
  const regressors = table.map(({ education, experience, gender, union }) => [
    ...[1, education, experience, experience ** 2, gender === "female" ? 1 : 0, union === 0 ? 1 : 0],
  ]);
  return leastSquares(regressors, logWages);
}

function expectFit(figures: readonly Figure[], { coefficients, standardErrors, residualVariance }: Fit, slack: number) {
  const figure = (name: string) => figures.find((each) => each.name === name) as Figure;
  const check = (name: string, truth: number) => {
    const { value, error } = figure(name);
    expect(Math.abs((value as number) - truth), name).to.be.at.most((error as number) + slack * (1 + Math.abs(truth)));
  };
  for (const [j, name] of NAMES.entries()) {
    check(`coefficient_${name}`, coefficients[j]);
    check(`standard_error_${name}`, standardErrors[j]);
    check(`t_${name}`, coefficients[j] / standardErrors[j]);
  }
  check("residual_variance", residualVariance);
}

describe("linear regression", () => {
  const words = encoded(workers);
  const roundedLogs = [...(words.get("log_wage_18") as BigUint64Array)].map((word) =>
    wordToNumber(BigInt.asIntN(64, word), 18),
  );

  it("is in the library, for ten thousand rows", () => {
    expect(library.get("log_wage_regression")).to.equal(linearRegression);
    expect(analyse(linearRegression).maximumRows).to.equal(10_000);
    const statement = disclosureStatement(linearRegression);
    expect(statement).to.include("It solves 8 linear systems in secret").and.include("opened: certified.");
    expect(statement).to.include("log_wage_18 to a multiple of 2^-18");
  });

  it("agrees with reflections on the CPS of 1985 to eight digits, standard errors included", () => {
    const outputs = evaluateWords(linearRegression, words, [], workers.length);
    const figures = finish(linearRegression, outputs, { rows: workers.length });
    expectFit(figures, regress(workers, roundedLogs), 1e-11);
    for (const { name, error } of figures) {
      if (!name.startsWith("t_")) expect(error, name).to.be.below(2e-7);
    }
    // Wages rise with schooling by 9 % a year; members of unions earn more, women less.
    const value = (name: string) => figures.find((figure) => figure.name === name)?.value as number;
    expect(value("coefficient_education")).to.be.within(0.08, 0.1);
    expect(value("t_union_member")).to.be.above(3);
    expect(value("t_female")).to.be.below(-5);
  });

  it("is off by a millionth for taking log wages rounded to 18 bits", () => {
    const outputs = evaluateWords(linearRegression, words, [], workers.length);
    const raw = regress(
      workers,
      workers.map(({ wage }) => Math.log(wage)),
    );
    expectFit(finish(linearRegression, outputs, { rows: workers.length }), raw, 2e-6);
  });

  it("gives the same among four parties", async () => {
    const outputs = await outputsOf(fourRunner(seed), {
      ...{ program: linearRegression, words, parameters: [], rows: workers.length },
    });
    expectFit(finish(linearRegression, outputs, { rows: workers.length }), regress(workers, roundedLogs), 1e-11);
  }).timeout(60_000);

  it("agrees with real arithmetic in doubles", () => {
    const inputs = new Map([
      ["wage", workers.map(({ wage }) => wage)],
      ["log_wage_18", workers.map(({ wage }) => Math.log(wage))],
      ["years_of_education", workers.map(({ education }) => education)],
      ["years_of_experience", workers.map(({ experience }) => experience)],
      ["sex", workers.map(({ gender }) => (gender === "male" ? 1 : 0))],
      ["union", workers.map(({ union }) => (union === 0 ? 1 : 0))],
    ]);
    const figures = finishReal(
      linearRegression,
      evaluateReal(linearRegression, inputs, [], workers.length),
      workers.length,
    );
    const { coefficients, standardErrors } = regress(workers, roundedLogs);
    for (const [j, name] of NAMES.entries()) {
      expectCloseTo(figures.get(`coefficient_${name}`), coefficients[j], 1e-9, name);
      expectCloseTo(figures.get(`standard_error_${name}`), standardErrors[j], 1e-9, name);
    }
  });

  it("opens nothing where regressors depend on each other", () => {
    // Nobody is in a union: a column of zeros.
    const table = workers.filter(({ union }) => union === 1);
    const outputs = evaluateWords(linearRegression, encoded(table), [], table.length);
    expect(outputs.at(-1)).to.equal(0n);
    for (const figure of finish(linearRegression, outputs, { rows: table.length })) {
      expect(figure.undefinedReason, figure.name).to.include("could not certify");
    }
  });
});
