import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { unrolled } from "@sharebridge/algorithms/language/loops.ts";
import { operandsOf } from "@sharebridge/algorithms/language/operands.ts";
import type { FlatProgram, Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { isInteractive, levelsOf } from "@sharebridge/mpc-nodes/vm/levels.ts";
import { expect } from "chai";
import fc from "fast-check";
import { randomCase } from "../../algorithms/support/programs.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { seed } from "../../support/seed.ts";

const flat = (program: Program): FlatProgram => unrolled(program).program;

/** What runs side by side, level by level. */
function levels(declared: Program): string[][] {
  const program = flat(declared);
  return levelsOf(program)
    .map(({ interactive }) => interactive.map((index) => `${program.instructions[index].op} ${index}`))
    .filter((level) => level.length > 0);
}

describe("levels", () => {
  it("run the products of the pay gap side by side, then the truncation, then what waits for it", () => {
    expect(levels(payGap)).to.deep.equal([
      ["multiply 2", "dot 6", "dot 8", "dot 12", "dot 14"],
      ["truncate 3"],
      ["dot 7", "dot 13"],
    ]);
  });

  it("leave operations with public operands to each node alone", () => {
    // Products with weights and sums are local; two truncations of secrets and the square are not.
    const operations = levels(weightedScore).map((level) => level.map((each) => each.split(" ")[0]));
    expect(operations).to.deep.equal([["truncate"], ["multiply"], ["truncate"]]);
    const types = checkProgram(weightedScore);
    const firstProduct = weightedScore.instructions.findIndex(({ op }) => op === "multiply");
    expect(isInteractive(flat(weightedScore), types, firstProduct)).to.equal(false);
  });

  it("share a round among independent operations, and chain dependent ones", () => {
    const inputs: Instruction[] = [
      { op: "input", column: "sex" },
      { op: "sum", a: 0 },
    ];
    const chain: Instruction[] = [
      { op: "multiply", a: 1, b: 1 },
      { op: "multiply", a: 0, b: 1 },
      { op: "multiply", a: 2, b: 1 },
    ];
    expect(
      levels({ ...payGap, instructions: [...inputs, ...chain], outputs: [{ name: "a", value: 1 }], finish: [] }),
    ).to.deep.equal([["multiply 2", "multiply 3"], ["multiply 4"]]);
  });

  it("run every instruction once, after its operands, whatever the program", () => {
    fc.assert(
      fc.property(randomCase, ({ program: declared }) => {
        const program = flat(declared);
        const types = checkProgram(program);
        const done = new Set<number>();
        const run = (index: number) => {
          for (const operand of operandsOf(program.instructions[index])) expect(done.has(operand)).to.equal(true);
          expect(done.has(index)).to.equal(false);
        };
        for (const { local, interactive } of levelsOf(program)) {
          for (const index of local) {
            expect(isInteractive(program, types, index)).to.equal(false);
            run(index);
            done.add(index);
          }
          for (const index of interactive) {
            expect(isInteractive(program, types, index)).to.equal(true);
            run(index);
          }
          for (const index of interactive) done.add(index);
        }
        expect(done.size).to.equal(program.instructions.length);
      }),
      { seed, numRuns: 1_000 },
    );
  });
});

describe("cost", () => {
  it("is that of a run: rounds of the levels, bytes of all items", async () => {
    const { rounds, bytesSent } = await costOfProgram(payGap, 1_000);
    expect(rounds).to.equal(1 + 2 + 1);
    // Six elements a product, eight a truncation; tags: two for each message of a round, whatever goes along.
    const elements = 6 * 1_000 + 8 * 1_000 + 6 * 6;
    const tags = 6 + 2 + 4 + 6;
    // Of twelve pairs in each round, those where nothing is said but that it is there.
    const silent = 17;
    expect(bytesSent.reduce((sum, bytes) => sum + bytes, 0)).to.equal(8 * elements + 16 * tags + silent);
  });

  it("has rounds that do not depend on the rows", async () => {
    for (const program of [payGap, weightedScore]) {
      expect((await costOfProgram(program, 1_000_000)).rounds).to.equal((await costOfProgram(program, 1)).rounds);
    }
  });
});
