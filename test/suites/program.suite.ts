/** Programs over any `Mpc`: random ones, on no rows, one and odd numbers of them, agree with the language's own references. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { isFunction } from "@sharebridge/algorithms/language/functions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import { toSigned } from "@sharebridge/algorithms/language/words.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import fc from "fast-check";
import { evaluateExact } from "../algorithms/support/exact.ts";
import { type RandomCase, randomCase } from "../algorithms/support/programs.ts";
import { SLACK } from "../algorithms/support/real-functions.ts";
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
  "encoded",
  "present",
  "inputOr",
  "encodedOr",
  "privateInput",
  "order",
  "arrange",
  "prefixSum",
  "previous",
  "at",
  "divide",
  "squareRoot",
  "exponential",
  "logarithm",
  "sigmoid",
];

export async function outputsOf(
  runner: MpcRunner,
  { program, words, parameters, rows }: Pick<RandomCase, "program" | "words" | "parameters"> & { rows: Rows },
  contributions: Contributions = ofOneSeller(rows),
): Promise<bigint[]> {
  const names = [...words.keys()];
  const outputs = await runner.run(
    names.map((name) => ({ words: [...words.get(name)!], word: 64 })),
    (mpc, vectors) => {
      const columns = new Map(names.map((name, index) => [name, vectors[index]!]));
      return runProgram(program, mpc, columns, parameters, rows, contributions);
    },
  );
  return outputs.map(([word]) => toSigned(word!));
}

/** Whether the words of an answer may differ from those of another run: truncation and functions round one way or the other. */
export function roundsSecrets(program: Program): boolean {
  const types = checkProgram(program);
  return program.instructions.some(
    (instruction, index) => isFunction(instruction) || (instruction.op === "truncate" && types[index].secret),
  );
}

export function programSuite(runner: MpcRunner, runs: number): void {
  describe(`programs: ${runner.name}`, () => {
    it("agree with the reference on words, and lie within their errors of exact arithmetic", async () => {
      const met = new Set<string>();
      for (const each of fc.sample(randomCase, { seed, numRuns: runs })) {
        const { program, words, parameters, rows, exact } = each;
        for (const { op } of program.instructions) met.add(op);
        const outputs = await outputsOf(runner, each);
        if (!roundsSecrets(program)) {
          expect(outputs).to.deep.equal(evaluateWords(program, words, parameters, rows));
        }
        const truth = evaluateExact(program, exact, parameters, rows);
        analyse(program, rows, parameters).outputs.forEach(({ name, fractionBits, error }, index) => {
          const off = rational.subtract(rational.fromWord(outputs[index]!, fractionBits), truth[index]!);
          const slack = program.instructions.some(isFunction) ? SLACK : rational.ZERO;
          expect(
            rational.compare(rational.absolute(off), rational.add(error, slack)),
            `error of ${name}`,
          ).to.be.at.most(0);
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

    it("sort by several keys of any range, stably, masked rows last, on no rows, one, and more than words have bits", async () => {
      for (const rows of [0, 1, 2, 64, 65]) {
        const { keep, key, tags, ...each } = sortCase(rows);
        const expected = tags
          .map((_, row) => row)
          .sort((a, b) => keep[b]! - keep[a]! || (key[a]! > key[b]! ? -1 : key[a]! < key[b]! ? 1 : a - b));
        const [last, before, ...sorted] = await outputsOf(runner, each);
        expect(sorted, `${rows} rows`).to.deep.equal(expected.map((row) => tags[row]));
        const previous = [0n, ...sorted].slice(0, rows);
        expect(before).to.equal(previous.reduce((sum, value, row) => sum + value * sorted[row]!, 0n));
        expect(last).to.equal(sorted.reduce((sum, value) => sum + value, 0n));
      }
    }).timeout(120_000);
  });
}

/** Words over the whole 64 bits, many of them equal, a mask, and tags; the tags in sorted order, their sum, and their products with the one before. */
function sortCase(rows: number) {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  const keys = [least, most, 0n, -1n, most, 1n, least + 1n, 0n, -(2n ** 40n)];
  const key = Array.from({ length: rows }, (_, row) => keys[(row * 5) % keys.length]!);
  const keep = Array.from({ length: rows }, (_, row) => Number(row % 4 !== 2));
  const tags = Array.from({ length: rows }, (_, row) => BigInt((row * 37) % 101) + 1n);
  const program: Program = {
    version: 2,
    name: "sorts",
    description: "Sorts.",
    columns: [
      { name: "key", kind: "number", fractionBits: 0, minimum: String(least), maximum: String(most) },
      { name: "keep", kind: "category", categories: ["no", "yes"] },
      { name: "tag", kind: "number", fractionBits: 0, minimum: "1", maximum: "101" },
    ],
    parameters: [],
    maximumRows: 65,
    instructions: [
      { op: "encoded", column: "key" },
      { op: "input", column: "keep" },
      { op: "encoded", column: "tag" },
      { op: "constant", word: "1", fractionBits: 0 },
      { op: "equal", a: 1, b: 3 },
      {
        op: "order",
        keys: [
          { value: 4, descending: true },
          { value: 0, descending: true },
        ],
      },
      { op: "arrange", order: 5, a: 2 },
      { op: "prefixSum", a: 6 },
      { op: "at", a: 7, numerator: 1, offset: -1, denominator: 1 },
      { op: "previous", a: 6 },
      { op: "dot", a: 6, b: 9 },
      ...tags.map((_, row) => ({ op: "at" as const, a: 6, numerator: 0, offset: row, denominator: 1 })),
    ],
    outputs: [8, 10, ...tags.map((_, row) => 11 + row)].map((value) => ({ name: `o${value}`, value })),
    finish: [],
  };
  const words = new Map([
    ["key", BigUint64Array.from(key, (word) => BigInt.asUintN(64, word))],
    ["keep", BigUint64Array.from(keep, BigInt)],
    ["tag", BigUint64Array.from(tags)],
  ]);
  return { program, words, parameters: [], rows, keep, key, tags };
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
    ],
    outputs: [8, 9, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27].map((value) => ({ name: `o${value}`, value })),
    finish: [],
  };
  const words = new Map([
    ["x", column(1)],
    ["y", column(3)],
  ]);
  return { program, words, parameters: [most], rows };
}
