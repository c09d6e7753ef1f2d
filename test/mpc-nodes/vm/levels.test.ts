import { checkProgram, operandsOf } from "@sharebridge/algorithms/language/check.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { type CostTable, costOf } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { interactionOf, levelsOf } from "@sharebridge/mpc-nodes/vm/levels.ts";
import { expect } from "chai";
import fc from "fast-check";
import { randomCase } from "../../algorithms/support/programs.ts";
import { seed } from "../../support/seed.ts";

function batches(program: Program): [string, number[]][] {
  return levelsOf(program).flatMap(({ batch }) => (batch === null ? [] : [[batch.operation, [...batch.instructions]]]));
}

const table: CostTable = {
  multiply: { rounds: 1, bytes: (lengths) => 48 * total(lengths) },
  truncate: { rounds: 2, bytes: (lengths) => 64 * total(lengths) },
  dot: { rounds: 1, bytes: (lengths) => 48 * lengths.length },
};

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

describe("levels", () => {
  it("gather all dot products of the pay gap in one batch", () => {
    expect(batches(payGap)).to.deep.equal([
      ["multiply", [2]],
      ["truncate", [3]],
      ["dot", [6, 7, 8, 12, 13, 14]],
    ]);
  });

  it("leave operations with public operands to each node alone", () => {
    // Products with weights and sums are local; two truncations of secrets and the square are not.
    expect(batches(weightedScore).map(([operation]) => operation)).to.deep.equal(["truncate", "multiply", "truncate"]);
    const types = checkProgram(weightedScore);
    const { instructions } = weightedScore;
    const firstProduct = instructions.findIndex(({ op }) => op === "multiply");
    expect(interactionOf(weightedScore, types, firstProduct)).to.equal(null);
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
      batches({ ...payGap, instructions: [...inputs, ...chain], outputs: [{ name: "a", value: 1 }], finish: [] }),
    ).to.deep.equal([
      ["multiply", [2, 3]],
      ["multiply", [4]],
    ]);
  });

  it("run every instruction once, after its operands, whatever the program", () => {
    fc.assert(
      fc.property(randomCase, ({ program }) => {
        const types = checkProgram(program);
        const done = new Set<number>();
        const run = (index: number) => {
          for (const operand of operandsOf(program.instructions[index])) expect(done.has(operand)).to.equal(true);
          expect(done.has(index)).to.equal(false);
        };
        for (const { local, batch } of levelsOf(program)) {
          for (const index of local) {
            expect(interactionOf(program, types, index)).to.equal(null);
            run(index);
            done.add(index);
          }
          for (const index of batch?.instructions ?? []) {
            expect(interactionOf(program, types, index)).to.equal(batch?.operation);
            run(index);
          }
          for (const index of batch?.instructions ?? []) done.add(index);
        }
        expect(done.size).to.equal(program.instructions.length);
      }),
      { seed, numRuns: 1_000 },
    );
  });
});

describe("cost", () => {
  it("adds the declared rounds of the batches and bytes of the items", () => {
    const cost = costOf(payGap, 1_000, table);
    expect(cost.rounds).to.equal(1 + 2 + 1);
    expect(cost.bytes).to.equal(48 * 1_000 + 64 * 1_000 + 48 * 6);
    expect(cost.batches.map(({ items }) => items)).to.deep.equal([1, 1, 6]);
  });

  it("charges scalars as one element, and dot products by what they read", () => {
    const lengths: number[][] = [];
    const recording: CostTable = {
      ...table,
      dot: { rounds: 1, bytes: (given) => lengths.push([...given]) },
    };
    costOf(payGap, 10, recording);
    expect(lengths).to.deep.equal([[10, 10, 10, 10, 10, 10]]);
    const scalar: Program = {
      ...payGap,
      instructions: [
        { op: "input", column: "sex" },
        { op: "sum", a: 0 },
        { op: "multiply", a: 1, b: 1 },
      ],
      outputs: [{ name: "square", value: 2 }],
      finish: [],
    };
    expect(costOf(scalar, 1_000, table)).to.deep.include({ rounds: 1, bytes: 48 });
  });

  it("has rounds that do not depend on the rows", () => {
    for (const program of [payGap, weightedScore]) {
      expect(costOf(program, 1_000_000, table).rounds).to.equal(costOf(program, 1, table).rounds);
    }
  });
});
