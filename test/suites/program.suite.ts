/** Programs over any `Mpc`: random ones, on no rows, one and odd numbers of them, agree with the language's own references. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { toSigned } from "@sharebridge/algorithms/language/words.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import fc from "fast-check";
import { evaluateExact } from "../algorithms/support/exact.ts";
import { type RandomCase, randomCase } from "../algorithms/support/programs.ts";
import { seed } from "../support/seed.ts";
import type { MpcRunner } from "./mpc-runner.ts";

/** Operations that every run of the suite must meet at least once. */
const OPERATIONS = [
  "less",
  "equal",
  "and",
  "or",
  "xor",
  "not",
  "number",
  "count",
  "select",
  "smaller",
  "larger",
  "minimum",
  "maximum",
  "quantile",
  "encoded",
];

export async function outputsOf(
  runner: MpcRunner,
  { program, words, parameters, rows }: Pick<RandomCase, "program" | "words" | "parameters" | "rows">,
): Promise<bigint[]> {
  const names = [...words.keys()];
  const outputs = await runner.run(
    names.map((name) => ({ words: [...words.get(name)!], word: 64 })),
    (mpc, vectors) =>
      runProgram(program, mpc, new Map(names.map((name, index) => [name, vectors[index]!])), parameters, rows),
  );
  return outputs.map(([word]) => toSigned(word!));
}

function truncatesSecrets(program: Program): boolean {
  const types = checkProgram(program);
  return program.instructions.some(({ op }, index) => op === "truncate" && types[index].secret);
}

export function programSuite(runner: MpcRunner, runs: number): void {
  describe(`programs: ${runner.name}`, () => {
    it("agree with the reference on words, and lie within their errors of exact arithmetic", async () => {
      const met = new Set<string>();
      for (const each of fc.sample(randomCase, { seed, numRuns: runs })) {
        const { program, words, parameters, rows, exact } = each;
        for (const { op } of program.instructions) met.add(op);
        const outputs = await outputsOf(runner, each);
        if (!truncatesSecrets(program)) {
          expect(outputs).to.deep.equal(evaluateWords(program, words, parameters, rows));
        }
        const truth = evaluateExact(program, exact, parameters, rows);
        analyse(program, rows, parameters).outputs.forEach(({ name, fractionBits, error }, index) => {
          const off = rational.subtract(rational.fromWord(outputs[index]!, fractionBits), truth[index]!);
          expect(rational.compare(rational.absolute(off), error), `error of ${name}`).to.be.at.most(0);
        });
      }
      expect([...met]).to.include.members(OPERATIONS);
    }).timeout(120_000);

    it("compare up to the ends of the ranges, on as many rows as words have bits and one more", async () => {
      for (const rows of [0, 1, 63, 65]) {
        const each = edgeCase(rows);
        expect(await outputsOf(runner, each), `${rows} rows`).to.deep.equal(
          evaluateWords(each.program, each.words, each.parameters, rows),
        );
      }
    }).timeout(120_000);
  });
}

/** Two columns of 61-bit numbers at the ends of their ranges, and each of the operations that compare. */
function edgeCase(rows: number): Pick<RandomCase, "program" | "words" | "parameters" | "rows"> {
  const [least, most] = [-(2n ** 60n), 2n ** 60n - 1n];
  const edges = [least, most, 0n, -1n, 1n, least + 1n, most - 1n];
  const column = (step: number) =>
    BigUint64Array.from({ length: rows }, (_, row) => BigInt.asUintN(64, edges[(row * step + step) % edges.length]!));
  const name = (index: number) => ["x", "y"][index]!;
  const columns = [0, 1].map((index) => ({
    name: name(index),
    kind: "number" as const,
    fractionBits: 0,
    minimum: String(least),
    maximum: String(most),
  }));
  const program: Program = {
    version: 2,
    name: "edges",
    description: "Comparisons at the ends of the ranges.",
    columns,
    parameters: [{ name: "p", fractionBits: 0, minimum: String(least), maximum: String(most) }],
    maximumRows: 65,
    instructions: [
      { op: "encoded", column: "x" },
      { op: "encoded", column: "y" },
      { op: "parameter", parameter: "p" },
      { op: "less", a: 0, b: 1 },
      { op: "less", a: 2, b: 1 },
      { op: "less", a: 0, b: 2 },
      { op: "equal", a: 0, b: 1 },
      { op: "equal", a: 2, b: 1 },
      { op: "minimum", a: 0 },
      { op: "maximum", a: 1 },
      { op: "less", a: 8, b: 0 },
      { op: "equal", a: 1, b: 9 },
      { op: "less", a: 8, b: 9 },
      { op: "and", a: 12, b: 3 },
      { op: "xor", a: 12, b: 4 },
      { op: "number", a: 12 },
      { op: "select", bit: 12, a: 2, b: 8 },
      { op: "smaller", a: 8, b: 9 },
      { op: "larger", a: 8, b: 2 },
      ...[3, 4, 5, 6, 7, 10, 11, 13, 14].map((a) => ({ op: "count" as const, a })),
      { op: "quantile", a: 0, numerator: 1, denominator: 1000 },
      { op: "quantile", a: 0, numerator: 1, denominator: 2 },
      { op: "quantile", a: 1, numerator: 3, denominator: 4 },
      { op: "quantile", a: 0, numerator: 7, denominator: 7 },
    ],
    outputs: [8, 9, ...Array.from({ length: 17 }, (_, index) => 15 + index)].map((value) => ({
      name: `o${value}`,
      value,
    })),
    finish: [],
  };
  const words = new Map([
    ["x", column(1)],
    ["y", column(3)],
  ]);
  return { program, words, parameters: [most], rows };
}
