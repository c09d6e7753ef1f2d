import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import { library, principalComponents, principalComponentsOf } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { fourRunner } from "../../mpc-nodes/support/four-runner.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { cpsInputs, workers } from "../support/cps.ts";

const rows = workers.length;

/** Correlations of columns, and their standard deviations (n - 1). */
function correlations(columns: readonly (readonly number[])[]) {
  const size = columns[0].length;
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / size);
  const covariance = columns.map((a, i) =>
    columns.map(
      (b, j) => a.reduce((sum, value, row) => sum + (value - means[i]) * (b[row] - means[j]), 0) / (size - 1),
    ),
  );
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]));
  return {
    deviations,
    matrix: covariance.map((row, i) => row.map((value, j) => value / (deviations[i] * deviations[j]))),
  };
}

/** Eigenvalues, the largest first, and their vectors, by Jacobi's rotations (Golub, Van Loan, §8.5). */
function jacobi(symmetric: readonly (readonly number[])[]): { value: number; vector: number[] }[] {
  const a = symmetric.map((row) => [...row]);
  const v: number[][] = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) {
        const angle = 0.5 * Math.atan2(2 * a[p][q], a[p][p] - a[q][q]);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const row of [...a, ...v]) [row[p], row[q]] = [c * row[p] + s * row[q], c * row[q] - s * row[p]];
        for (let k = 0; k < a.length; k++) [a[p][k], a[q][k]] = [c * a[p][k] + s * a[q][k], c * a[q][k] - s * a[p][k]];
      }
    }
  }
  return a.map((row, i) => ({ value: row[i], vector: v.map((each) => each[i]) })).sort((x, y) => y.value - x.value);
}

const cps = [
  // As the program has them, rounded to 2^-10.
  workers.map(({ wage }) => Math.round(wage * 1024) / 1024),
  workers.map(({ education }) => education),
  workers.map(({ experience }) => experience),
];

function expectComponents(words: readonly bigint[], columns: readonly (readonly number[])[], most: number): void {
  const figures = new Map(
    finish(principalComponents, words, { rows: columns[0].length }).map((each): [string, Figure] => [each.name, each]),
  );
  const { deviations, matrix } = correlations(columns);
  for (const [i, deviation] of deviations.entries()) {
    const { value, error } = figures.get(`deviation_${i}`)!;
    expect(Math.abs(value! - deviation)).to.be.at.most(error! + 1e-12);
  }
  for (const [k, { value, vector }] of jacobi(matrix).slice(0, 2).entries()) {
    const found = figures.get(`eigenvalue_${k}`)!;
    expect(Math.abs(found.value! - value), `eigenvalue ${k}`).to.be.at.most(found.error!);
    expect(found.error!).to.be.below(most);
    expectCloseTo(figures.get(`share_${k}`)!.value, value / 3, most);
    const weights = vector.map((_, i) => figures.get(`weight_${k}_${i}`)!.value!);
    const sign = Math.sign(weights.reduce((sum, weight, i) => sum + weight * vector[i], 0));
    for (const [i, weight] of weights.entries()) expectCloseTo(weight, sign * vector[i], 1e-5, `weight ${k} ${i}`);
  }
}

describe("principal components", () => {
  it("are in the library, and open no correlation", () => {
    expect(library.get("wage_components")).to.equal(principalComponents);
    const statement = disclosureStatement(principalComponents);
    expect(statement).to.include("It opens these 17 numbers and nothing else:");
    expect(statement).to.include(
      "- loading_0_0, computed over all rows from wage, years_of_education, years_of_experience; about",
    );
    expect(statement).to.include("- variance_1, computed over all rows from years_of_education\n");
  });

  it("of the CPS of 1985 are those that Jacobi's rotations find, within the bound that the residual gives", () => {
    expectComponents(evaluateWords(principalComponents, cpsInputs(principalComponents), [], rows), cps, 6e-6);
  });

  it("are as much among four parties", async () => {
    const some = 150;
    const words = new Map([...cpsInputs(principalComponents)].map(([name, each]) => [name, each.subarray(0, some)]));
    const run = { program: principalComponents, words, parameters: [], rows: some };
    const columns = cps.map((column) => column.slice(0, some));
    expectComponents(await outputsOf(fourRunner(seed), run), columns, 2e-5);
  }).timeout(30_000);

  it("agree with real arithmetic in doubles", () => {
    const inputs = new Map(principalComponents.columns.map(({ name }, i) => [name, cps[i]]));
    const figures = finishReal(principalComponents, evaluateReal(principalComponents, inputs, [], rows), rows);
    for (const [k, { value }] of jacobi(correlations(cps).matrix).slice(0, 2).entries()) {
      expectCloseTo(figures.get(`eigenvalue_${k}`), value, 1e-8);
    }
  });

  const pairOf = (x: readonly number[], y: readonly number[]) => {
    const column = (name: string) => ({ name, kind: "number", fractionBits: 6, minimum: "-2", maximum: "2" }) as const;
    const program = principalComponentsOf({
      ...{ name: "pair", components: 2, squarings: 5, maximumRows: 1_000 },
      columns: [
        { column: column("x"), halvings: 0 },
        { column: column("y"), halvings: 0 },
      ],
    });
    const words = new Map(
      [x, y].map((values, i) => [["x", "y"][i], encodeColumn(program.columns[i], values.map(String))]),
    );
    const figures = finish(program, evaluateWords(program, words, [], x.length), { rows: x.length });
    return new Map(figures.map((figure) => [figure.name, figure]));
  };

  it("are not defined of a column that is constant, nor of no rows", () => {
    for (const [x, y] of [
      [
        [1, 1, 1],
        [0, 1, 2],
      ],
      [[], []],
    ]) {
      expect(pairOf(x, y).get("eigenvalue_0")!.undefinedReason).to.be.a("string");
    }
  });

  it("never claim too much: an eigenvalue of the correlations is where they say, whatever the table", () => {
    let close = 0;
    let defined = 0;
    const value = fc.integer({ min: -128, max: 128 }).map((word) => word / 64);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 30 }), fc.nat(3), (table, kind) => {
        const x = table.map(([first]) => first);
        // Unrelated, almost equal, opposite, almost constant.
        const y = table.map(
          ([first, second]) => [second, first === 2 ? 1.5 : first, -first, second > 1.9 ? 0.25 : 0.1875][kind],
        );
        const figures = pairOf(x, y);
        const { matrix } = correlations([x, y]);
        for (const k of [0, 1]) {
          const { value: found, error } = figures.get(`eigenvalue_${k}`)!;
          if (found === undefined) continue;
          defined++;
          const correlation = matrix[0][1];
          const off = Math.min(Math.abs(found - 1 - correlation), Math.abs(found - 1 + correlation));
          expect(off).to.be.at.most(error! + 1e-12);
          if (error! < 1e-4) close++;
        }
      }),
      { seed, numRuns: 200 },
    );
    expect(defined).to.be.greaterThan(200);
    expect(close).to.be.greaterThan(150);
  }).timeout(30_000);
});
