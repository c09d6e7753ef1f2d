/** Optional columns on shares: masks of every kind, whatever is stored under them; and what only validity keeps out. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { trace } from "@sharebridge/algorithms/language/builder.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";
import { outputsOf } from "../../suites/program.suite.ts";
import { seed } from "../../support/seed.ts";
import { clearRunner } from "../support/clear-runner.ts";
import { fourRunner } from "../support/four-runner.ts";
import { threeRunner } from "../support/three-runner.ts";

const wage: Column = { name: "wage", kind: "number", fractionBits: 0, minimum: "1", maximum: "100", optional: true };
const site: Column = { name: "site", kind: "category", categories: ["n", "s", "w"], optional: true };
const program = trace(
  { name: "masked", description: "For a test.", columns: [wage, site], maximumRows: 1_000 },
  (t) => {
    t.output("present", t.count(t.present("wage")));
    t.output("presences", t.sum(t.presence("wage")));
    t.output("wages", t.sum(t.inputOr("wage", "0")));
    t.output("with_substitutes", t.sum(t.inputOr("wage", "-5")));
    t.output("below_ten", t.count(t.less(t.encodedOr("wage", "10"), t.constant("10", 0))));
    t.output("south", t.count(t.isCategory("site", "s")));
  },
);

/** What is stored under the mask: the ends of the words, and what looks like a value. */
const GARBAGE = [0n, 100n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n];

for (const runner of [clearRunner, fourRunner(seed), threeRunner(seed)]) {
  describe(`missing values: ${runner.name}`, () => {
    const masks: [string, (row: number) => boolean][] = [
      ["no value is missing", () => true],
      ["all are", () => false],
      ["some are", (row) => row % 3 !== 0],
    ];
    for (const [what, isPresent] of masks) {
      it(`count for nothing, whatever is stored for them: ${what}`, async () => {
        const rows = 65;
        const wageOf = (row: number) => BigInt(1 + ((row * 37) % 100));
        const all = Array.from({ length: rows }, (_, row) => row);
        const present = all.filter(isPresent);
        const stored = (value: (row: number) => bigint) =>
          BigUint64Array.from(all, (row) => (isPresent(row) ? value(row) : GARBAGE[row % GARBAGE.length]));
        const presence = BigUint64Array.from(all, (row) => (isPresent(row) ? 1n : 0n));
        const words = new Map([
          ["wage", stored(wageOf)],
          ["wage.present", presence],
          ["site", stored((row) => BigInt(row % 3))],
          ["site.present", presence],
        ]);
        const total = present.reduce((sum, row) => sum + wageOf(row), 0n);
        expect(await outputsOf(runner, { program, words, parameters: [], rows })).to.deep.equal([
          BigInt(present.length),
          BigInt(present.length),
          total,
          total - 5n * BigInt(rows - present.length),
          BigInt(present.filter((row) => wageOf(row) < 10n).length),
          BigInt(present.filter((row) => row % 3 === 1).length),
        ]);
      });
    }

    it("refuse to run without a presence, or with one of another length", async () => {
      const column = new BigUint64Array(3);
      const given = new Map([
        ["wage", column],
        ["site", column],
        ["site.present", column],
      ]);
      const codeOf = (words: Map<string, BigUint64Array>) =>
        outputsOf(runner, { program, words, parameters: [], rows: 3 }).then(
          () => "none",
          (error: { code?: string }) => error.code,
        );
      expect(await codeOf(given)).to.equal("MissingInput");
      expect(await codeOf(new Map([...given, ["wage.present", column.subarray(1)]]))).to.equal("WrongInputLength");
    });
  });
}

describe("what a mask must satisfy", () => {
  it("attack: a presence that is neither 0 nor 1 leaves what is proven, which is why each stored column has its range", async () => {
    const words = new Map([
      ["wage", BigUint64Array.of(100n)],
      ["wage.present", BigUint64Array.of(9n)],
      ["site", BigUint64Array.of(0n)],
      ["site.present", BigUint64Array.of(1n)],
    ]);
    const outputs = await outputsOf(clearRunner, { program, words, parameters: [], rows: 1 });
    const { words: proven } = analyse(program, 1).outputs[2];
    expect(outputs[2] > proven.maximum, "the sum of one wage of at most 100").to.equal(true);
    const presence = storedColumns(program.columns).find(({ name }) => name === "wage.present");
    expect(presence).to.deep.include({ minimum: 0n, maximum: 1n });
  });

  it("costs one multiplication a reading", async () => {
    const summed = (read: "inputOr" | "presence") =>
      trace({ name: "cost", description: "For a test.", columns: [wage], maximumRows: 1_000 }, (t) => {
        t.output("o", t.sum(read === "presence" ? t.presence("wage") : t.inputOr("wage", "0")));
      });
    const [free, paid] = [await costOfProgram(summed("presence"), 100), await costOfProgram(summed("inputOr"), 100)];
    expect([free.rounds, paid.rounds]).to.deep.equal([0, 1]);
    expect(free.bytesSent.every((bytes) => bytes === 0)).to.equal(true);
  });
});
