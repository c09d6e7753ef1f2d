/** Programs that solve linear systems, over any `Mpc`: certified solutions lie within their errors, others are 0 and said to be. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type System, trace } from "@sharebridge/algorithms/language/builder.ts";
import { finish, outputFigures } from "@sharebridge/algorithms/language/finish.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateReal, evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn, parseDecimal } from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import { evaluateExact } from "../algorithms/support/exact.ts";
import { expectCloseTo } from "../support/close-to.ts";
import { uniform } from "./functions/numeric-support.ts";
import type { MpcRunner } from "./mpc-runner.ts";
import { outputsOf } from "./program.suite.ts";

const ROWS = 40;
const bits = { x: 14, y: 16 };

/** Ridge regression of y on `size` columns: solves (XᵀX + ridge·1)·w = Xᵀy. */
function regression(size: number, ridge: string, accuracy: Partial<System> = {}): Program {
  const names = Array.from({ length: size }, (_, index) => `x${index}`);
  return trace(
    {
      name: "regression",
      description: "Ridge regression.",
      columns: [...names, "y"].map((name) => ({
        name,
        kind: "number",
        fractionBits: name === "y" ? bits.y : bits.x,
        minimum: "-10",
        maximum: "10",
      })),
      maximumRows: ROWS,
    },
    (t) => {
      const inputs = names.map((name) => t.input(name));
      const matrix = inputs.flatMap((a, i) =>
        inputs
          .slice(0, i + 1)
          .map((b, j) => (i === j ? t.add(t.dot(a, b), t.constant(ridge, 2 * bits.x)) : t.dot(a, b))),
      );
      const right = inputs.map((a) => t.dot(a, t.input("y")));
      const solution = t.solve({
        ...{ matrix, right, fractionBits: 30, solutionBits: 1, tolerance: "0.0625", smallestEigenvalue: "200" },
        ...accuracy,
      });
      for (let index = 0; index < size; index++) {
        const output = t.output(`w${index}`, t.unknown(solution, index));
        t.finish(`w${index}`, "Weight", output);
      }
      t.output("certified", size === 1 ? t.certified(solution) : t.certified(solution, solution));
    },
  );
}

/** Random columns in cents; the last of them again the first if `dependent`. */
function tableOf(size: number, dependent = false): Map<string, string[]> {
  const random = uniform(size + 7);
  const column = () => Array.from({ length: ROWS }, () => (random() * 20 - 10).toFixed(2));
  const columns = Array.from({ length: size }, column);
  if (dependent) columns[size - 1] = columns[0];
  return new Map([...columns, column()].map((texts, index) => [index < size ? `x${index}` : "y", texts]));
}

async function answer(runner: MpcRunner, program: Program, table: ReadonlyMap<string, string[]>) {
  const words = new Map(program.columns.map((column) => [column.name, encodeColumn(column, table.get(column.name)!)]));
  const outputs = await outputsOf(runner, { program, words, parameters: [], rows: ROWS });
  return { words, outputs };
}

export function solveProgramSuite(runner: MpcRunner): void {
  describe(`programs that solve: ${runner.name}`, () => {
    for (const size of [1, 3, 6]) {
      it(`find ${size} unknowns within the declared error`, async () => {
        const program = regression(size, "10");
        const table = tableOf(size);
        const { words, outputs } = await answer(runner, program, table);
        expect(outputs[size]).to.equal(1n);
        const exact = new Map([...table].map(([name, texts]) => [name, texts.map(parseDecimal)]));
        const truth = evaluateExact(program, exact, [], ROWS);
        const bounds = analyse(program, ROWS).outputs;
        const raw = new Map([...table].map(([name, texts]) => [name, texts.map(Number)]));
        const [reals, reference] = [evaluateReal(program, raw, [], ROWS), evaluateWords(program, words, [], ROWS)];
        expect([reals[size], reference[size]]).to.deep.equal([1, 1n]);
        for (let index = 0; index < size; index++) {
          const { fractionBits, error } = bounds[index];
          // Not for nothing: a bound that says something about weights below 1.
          expect(rational.toNumber(error)).to.be.below(0.02);
          for (const word of [outputs[index]!, reference[index]!]) {
            const off = rational.absolute(rational.subtract(rational.fromWord(word, fractionBits), truth[index]!));
            expect(rational.compare(off, error)).to.be.at.most(0);
          }
          expectCloseTo(reals[index], rational.toNumber(truth[index]!), 1e-12);
        }
      }).timeout(60_000);
    }

    it("open nothing of what is not certified, and say so", async () => {
      const cases: [Program, boolean][] = [
        // A column twice.
        [regression(3, "0"), true],
        // An eigenvalue that the matrix does not have.
        [regression(3, "10", { smallestEigenvalue: "100000" }), false],
        // More accurate than the fraction bits of the unknowns.
        [regression(3, "10", { tolerance: "0", fractionBits: 12 }), false],
        // Larger unknowns than declared.
        [regression(3, "10", { solutionBits: -12 }), false],
      ];
      for (const [program, dependent] of cases) {
        const { words, outputs } = await answer(runner, program, tableOf(3, dependent));
        expect(outputs).to.deep.equal([0n, 0n, 0n, 0n]);
        const [weight] = finish(program, outputs, { rows: ROWS });
        expect(weight!.undefinedReason).to.include("could not certify");
        const figures = outputFigures(program, outputs, { rows: ROWS });
        expect(figures.map(({ value }) => value)).to.deep.equal([undefined, undefined, undefined, 0]);
        // The reference tolerates what rounding leaves over.
        if (program.instructions.some((step) => step.op === "solve" && step.tolerance === "0")) continue;
        expect(evaluateWords(program, words, [], ROWS)).to.deep.equal(outputs);
      }
    }).timeout(60_000);
  });
}
