import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { isFunction } from "@sharebridge/algorithms/language/functions.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { toSigned } from "@sharebridge/algorithms/language/words.ts";
import { ClearMpc } from "@sharebridge/mpc-nodes/protocol/clear/clear-mpc.ts";
import { rowsOf } from "@sharebridge/mpc-nodes/protocol/clear/values.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import fc from "fast-check";
import { randomCase } from "../../algorithms/support/programs.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";

const inputs = new Map([
  ["wage", BigUint64Array.of(1n << 22n, 3n << 22n, 5n << 22n)],
  ["sex", BigUint64Array.of(0n, 1n, 1n)],
  ["log_wage", BigUint64Array.of(0n, 7n, 9n)],
]);

async function refusal(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof ProgramError) return error.code;
    throw error;
  }
  return "none";
}

/** Runs a program in the clear: the outputs' rows, as unsigned words. */
async function run(
  program: Program,
  columns: ReadonlyMap<string, BigUint64Array>,
  parameters: readonly bigint[],
  rows: number,
  rounding: "down" | "up" = "down",
): Promise<bigint[][]> {
  const mpc = new ClearMpc({ random: seededRandom(seed, "vm"), rounding });
  const vectors = new Map([...columns].map(([name, words]) => [name, mpc.constants(words, 64)]));
  return (await runProgram(program, mpc, vectors, parameters, rows)).map((output) => [...rowsOf(output)]);
}

describe("runProgram", () => {
  it("computes the pay gap", async () => {
    expect(await run(payGap, inputs, [], 3)).to.deep.equal([
      [2n],
      [8n << 22n],
      [34n << 25n],
      [16n],
      [1n],
      [1n << 22n],
      [1n << 25n],
      [0n],
    ]);
    expect((await costOfProgram(payGap, 3)).rounds, "a product, a truncation, dot products").to.equal(1 + 2 + 1);
  });

  it("agrees with the reference on random programs and tables", async () => {
    await fc.assert(
      fc.asyncProperty(randomCase, fc.boolean(), async ({ program, words, parameters, rows }, up) => {
        // What functions give lies within their errors, which the suite of programs tests.
        fc.pre(!program.instructions.some(isFunction));
        const outputs = await run(program, words, parameters, rows, up ? "up" : "down");
        expect(outputs.every(({ length }) => length === 1)).to.equal(true);
        const types = checkProgram(program);
        // The VM truncates public values down whichever way secret ones go.
        const secret = new Set(
          program.instructions.flatMap(({ op }, index) => (op === "truncate" && types[index].secret ? [index] : [])),
        );
        expect(outputs.map(([word]) => toSigned(word!))).to.deep.equal(
          evaluateWords(program, words, parameters, rows, (instruction) => up && secret.has(instruction)),
        );
      }),
      { seed, numRuns: 2_000 },
    );
  }).timeout(180_000);

  it("computes with public values and broadcasts scalars", async () => {
    // Values 0 to 3: column x, sum of x, p = -2, rows.
    const instructions: Instruction[] = [
      { op: "input", column: "x" },
      { op: "sum", a: 0 },
      { op: "parameter", parameter: "p" },
      { op: "rows" },
      { op: "add", a: 2, b: 3 },
      { op: "subtract", a: 2, b: 3 },
      { op: "multiply", a: 4, b: 5 },
      { op: "subtract", a: 6, b: 0 },
      { op: "subtract", a: 0, b: 6 },
      { op: "add", a: 2, b: 1 },
      { op: "multiply", a: 1, b: 0 },
      { op: "subtract", a: 1, b: 0 },
      { op: "add", a: 0, b: 1 },
    ];
    const columns = [7, 8, 10, 11, 12];
    const program: Program = {
      version: 2,
      name: "test",
      description: "For a test.",
      columns: [{ name: "x", kind: "number", fractionBits: 0, minimum: "-100", maximum: "100" }],
      parameters: [{ name: "p", fractionBits: 0, minimum: "-5", maximum: "5" }],
      maximumRows: 100,
      instructions: [...instructions, ...columns.map((a): Instruction => ({ op: "sum", a }))],
      outputs: [
        { name: "o9", value: 9 },
        ...columns.map((_, index) => ({ name: `o${13 + index}`, value: 13 + index })),
      ],
      finish: [],
    };
    const x = new Map([["x", BigUint64Array.of(4n, 2n ** 64n - 1n, 7n)]]);
    const outputs = await run(program, x, [-2n], 3);
    // x = 4, -1, 7; sum 10; p + rows = 1, p - rows = -5, product -5.
    expect(outputs.map(([word]) => toSigned(word!))).to.deep.equal([8n, -25n, 25n, 100n, 20n, 40n]);
  });

  it("runs on no rows at all", async () => {
    const empty = new Map([...inputs.keys()].map((name) => [name, new BigUint64Array()]));
    const outputs = await run(payGap, empty, [], 0);
    expect(outputs.map(([word]) => word)).to.deep.equal(Array(8).fill(0n));
  });

  it("refuses inputs, parameters and rows that were not declared", async () => {
    expect(await refusal(run(payGap, new Map(), [], 3))).to.equal("MissingInput");
    expect(await refusal(run(payGap, inputs, [], 2))).to.equal("WrongInputLength");
    expect(await refusal(run(payGap, inputs, [1n], 3))).to.equal("WrongParameterCount");
    expect(await refusal(run(payGap, inputs, [], 1_000_001))).to.equal("TooManyRows");
    expect(await refusal(run(payGap, inputs, [], -1))).to.equal("TooManyRows");
    const untyped = { ...payGap, instructions: [...payGap.instructions, { op: "sum", a: 5 } as Instruction] };
    expect(await refusal(run(untyped, inputs, [], 3))).to.equal("WrongShape");
  });
});
