/** Programs that are made to be costly: whoever asks what they cost is told that it is too much, and not kept waiting. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { MAX_ROWS } from "@sharebridge/algorithms/language/schema.ts";
import { largestRows, type Rows } from "@sharebridge/algorithms/language/tables.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { reviewProgram } from "@sharebridge/mpc-nodes/node/review.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { expect } from "chai";

type Step = Program["instructions"][number];

/** `count` steps on the column, the last of which is summed if it is a column. */
function repeated(count: number, step: Step, ...last: readonly Step[]): Program {
  const instructions: Step[] = [
    { op: "encoded", column: "x" },
    { op: "order", keys: [{ value: 0, descending: false }] },
    ...Array.from({ length: count }, () => step),
    ...last,
  ];
  return {
    version: 2,
    name: "costly",
    description: "Costs much.",
    columns: [{ name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: "100" }],
    ...{ parameters: [], maximumRows: MAX_ROWS, instructions, finish: [] },
    outputs: [{ name: "o", value: instructions.length - 1 }],
  };
}

async function refusal(program: Program, rows: Rows = program.maximumRows): Promise<string> {
  analyse(program);
  try {
    await costOfProgram(program, rows);
  } catch (error) {
    if (error instanceof ProgramError && error.code === "TooCostly") return error.message;
    throw error;
  }
  return "none";
}

describe("programs that cost too much", () => {
  const sorts = repeated(200, { op: "order", keys: [{ value: 0, descending: false }] }, { op: "sum", a: 0 });
  const moves = repeated(200, { op: "arrange", order: 1, a: 0 }, { op: "sum", a: 2 });
  const minima = repeated(400, { op: "minimum", a: 0 });

  it("are refused before rows are put in order that would take all memory", async () => {
    for (const program of [sorts, moves]) expect(await refusal(program)).to.match(/^on 16777216 rows the positions/);
  });

  it("are refused when a node would send too much", async () => {
    expect(await refusal(minima)).to.match(/^on 16777216 rows a node would send more than 137438953472 bytes/);
  });

  it("are refused to the operator who reviews them", async () => {
    const refused = await reviewProgram(encodeProgram(sorts)).then(
      () => "none",
      (error: unknown) => (error instanceof ProgramError ? error.code : String(error)),
    );
    expect(refused).to.equal("TooCostly");
  });

  it("are told their cost on as many rows as they can be computed on", async () => {
    for (const program of [sorts, moves, minima]) expect(await refusal(program, 1_000)).to.equal("none");
  }).timeout(20_000);

  it("are none of the library's, at their largest number of rows", async () => {
    for (const program of library.values()) {
      expect(await refusal(program, largestRows(program))).to.equal("none");
    }
  }).timeout(20_000);
});
