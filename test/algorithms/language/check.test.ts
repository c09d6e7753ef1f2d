import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { checkColumns } from "@sharebridge/algorithms/language/columns.ts";
import { ProgramError, type ProgramErrorCode } from "@sharebridge/algorithms/language/errors.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { expect } from "chai";

const x: Column = { name: "x", kind: "number", fractionBits: 10, minimum: "0.5", maximum: "8" };
const y: Column = { name: "y", kind: "number", fractionBits: 4, minimum: "-8", maximum: "8" };
const sex: Column = { name: "sex", kind: "category", categories: ["f", "m"] };

/**
 * Values 0 to 5: secret columns x (10 bits), y (4), sex (0), public scalars p (10) and rows (0), secret scalar (10). Values 6 to 8:
 * a column of bits, a bit, an order.
 */
const base: Instruction[] = [
  { op: "input", column: "x" },
  { op: "input", column: "y" },
  { op: "input", column: "sex" },
  { op: "parameter", parameter: "p" },
  { op: "rows" },
  { op: "sum", a: 0 },
  { op: "equal", a: 2, b: 4 },
  { op: "less", a: 5, b: 3 },
  { op: "order", keys: [{ value: 2, descending: false }] },
];

const last = { numerator: 1, offset: -1, denominator: 1 };

function order(...values: number[]): Instruction {
  return { op: "order", keys: values.map((value) => ({ value, descending: true })) };
}

function program(instructions: Instruction[], changes: Partial<Program> = {}): Program {
  return {
    version: 2,
    name: "test",
    description: "For a test.",
    columns: [x, y, sex],
    parameters: [{ name: "p", fractionBits: 10, minimum: "-1024", maximum: "1024" }],
    maximumRows: 100,
    instructions: [...base, ...instructions],
    outputs: [{ name: "total", value: 5 }],
    finish: [],
    ...changes,
  };
}

function system(changes: Partial<Extract<Instruction, { op: "solve" }>>): Instruction {
  const accuracy = { fractionBits: 8, solutionBits: 4, tolerance: "1", smallestEigenvalue: "1024" };
  return { op: "solve", matrix: [5], right: [5], ...accuracy, ...changes };
}

function refusal(checked: Program): ProgramError {
  try {
    checkProgram(checked);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("the program was accepted");
}

function typeOf(instruction: Instruction): string {
  const type = checkProgram(program([instruction]))[9];
  const kind = type.kind === "number" ? "" : ` ${type.kind}`;
  return `${type.secret ? "secret" : "public"} ${type.shape} ${type.fractionBits}${kind}`;
}

describe("check", () => {
  it("types every operation", () => {
    expect(checkProgram(program([])).map(({ fractionBits }) => fractionBits)).to.deep.equal([
      10, 4, 0, 10, 0, 10, 0, 0, 0,
    ]);
    const cases: [Instruction, string][] = [
      [{ op: "add", a: 0, b: 0 }, "secret column 10"],
      [{ op: "add", a: 0, b: 3 }, "secret column 10"],
      [{ op: "add", a: 5, b: 0 }, "secret column 10"],
      [{ op: "subtract", a: 3, b: 5 }, "secret scalar 10"],
      [{ op: "subtract", a: 3, b: 3 }, "public scalar 10"],
      [{ op: "multiply", a: 0, b: 1 }, "secret column 14"],
      [{ op: "multiply", a: 4, b: 3 }, "public scalar 10"],
      [{ op: "multiply", a: 5, b: 5 }, "secret scalar 20"],
      [{ op: "multiply", a: 5, b: 1 }, "secret column 14"],
      [{ op: "truncate", a: 0, bits: 10 }, "secret column 0"],
      [{ op: "truncate", a: 3, bits: 1 }, "public scalar 9"],
      [{ op: "sum", a: 2 }, "secret scalar 0"],
      [{ op: "dot", a: 2, b: 1 }, "secret scalar 4"],
      [{ op: "constant", word: "-7", fractionBits: 3 }, "public scalar 3"],
      [{ op: "encoded", column: "y" }, "secret column 4"],
      [{ op: "less", a: 0, b: 3 }, "secret column 0 bit"],
      [{ op: "less", a: 3, b: 5 }, "secret scalar 0 bit"],
      [{ op: "equal", a: 5, b: 0 }, "secret column 0 bit"],
      [{ op: "and", a: 6, b: 6 }, "secret column 0 bit"],
      [{ op: "or", a: 6, b: 7 }, "secret column 0 bit"],
      [{ op: "xor", a: 7, b: 7 }, "secret scalar 0 bit"],
      [{ op: "not", a: 6 }, "secret column 0 bit"],
      [{ op: "number", a: 6 }, "secret column 0"],
      [{ op: "number", a: 7 }, "secret scalar 0"],
      [{ op: "count", a: 6 }, "secret scalar 0"],
      [{ op: "select", bit: 6, a: 5, b: 3 }, "secret column 10"],
      [{ op: "select", bit: 7, a: 3, b: 3 }, "secret scalar 10"],
      [{ op: "select", bit: 7, a: 0, b: 5 }, "secret column 10"],
      [{ op: "smaller", a: 3, b: 5 }, "secret scalar 10"],
      [{ op: "larger", a: 5, b: 0 }, "secret column 10"],
      [{ op: "minimum", a: 1 }, "secret scalar 4"],
      [{ op: "maximum", a: 0 }, "secret scalar 10"],
      [order(0, 6, 2), "secret column 0 order"],
      [{ op: "arrange", order: 8, a: 1 }, "secret column 4"],
      [{ op: "arrange", order: 8, a: 6 }, "secret column 0 bit"],
      [{ op: "prefixSum", a: 1 }, "secret column 4"],
      [{ op: "previous", a: 0 }, "secret column 10"],
      [{ op: "previous", a: 6 }, "secret column 0 bit"],
      [{ op: "at", a: 1, ...last }, "secret scalar 4"],
      [{ op: "divide", a: 0, b: 5, fractionBits: 20 }, "secret column 20"],
      [{ op: "divide", a: 3, b: 5, fractionBits: 0 }, "secret scalar 0"],
      [{ op: "squareRoot", a: 5, fractionBits: 30 }, "secret scalar 30"],
      [{ op: "exponential", a: 0, fractionBits: 4 }, "secret column 4"],
      [{ op: "logarithm", a: 2, fractionBits: 56 }, "secret column 56"],
      [{ op: "sigmoid", a: 0 }, "secret column 10"],
    ];
    for (const [instruction, type] of cases) expect(typeOf(instruction), JSON.stringify(instruction)).to.equal(type);
  });

  it("refuses what does not fit, naming instruction and operation", () => {
    const cases: [Instruction, ProgramErrorCode][] = [
      [{ op: "input", column: "z" }, "UndeclaredColumn"],
      [{ op: "parameter", parameter: "q" }, "UndeclaredParameter"],
      [{ op: "constant", word: "9223372036854775808", fractionBits: 0 }, "ConstantOutOfRange"],
      [{ op: "constant", word: "-9999999999999999999", fractionBits: 0 }, "ConstantOutOfRange"],
      [{ op: "add", a: 0, b: 1 }, "MixedScales"],
      [{ op: "subtract", a: 2, b: 3 }, "MixedScales"],
      [{ op: "add", a: 9, b: 0 }, "ForwardReference"],
      [{ op: "multiply", a: 0, b: 4095 }, "ForwardReference"],
      [{ op: "sum", a: 10 }, "ForwardReference"],
      [{ op: "sum", a: 5 }, "WrongShape"],
      [{ op: "sum", a: 4 }, "WrongShape"],
      [{ op: "dot", a: 0, b: 5 }, "WrongShape"],
      [{ op: "dot", a: 3, b: 0 }, "WrongShape"],
      [{ op: "truncate", a: 0, bits: 11 }, "FractionBitsOutOfRange"],
      [{ op: "encoded", column: "z" }, "UndeclaredColumn"],
      [{ op: "less", a: 0, b: 1 }, "MixedScales"],
      [{ op: "equal", a: 0, b: 4 }, "MixedScales"],
      [{ op: "smaller", a: 0, b: 1 }, "MixedScales"],
      [{ op: "select", bit: 6, a: 0, b: 1 }, "MixedScales"],
      [{ op: "less", a: 3, b: 3 }, "PublicOperands"],
      [{ op: "equal", a: 4, b: 4 }, "PublicOperands"],
      [{ op: "larger", a: 4, b: 4 }, "PublicOperands"],
      [{ op: "divide", a: 3, b: 4, fractionBits: 10 }, "PublicOperands"],
      [{ op: "sigmoid", a: 3 }, "PublicOperands"],
      [{ op: "squareRoot", a: 6, fractionBits: 8 }, "WrongKind"],
      [{ op: "sigmoid", a: 1 }, "FractionBitsOutOfRange"],
      [{ op: "exponential", a: 1, fractionBits: 8 }, "FractionBitsOutOfRange"],
      [{ op: "squareRoot", a: 5, fractionBits: 36 }, "FractionBitsOutOfRange"],
      [{ op: "logarithm", a: 5, fractionBits: 57 }, "FractionBitsOutOfRange"],
      [{ op: "divide", a: 0, b: 2, fractionBits: 9 }, "FractionBitsOutOfRange"],
      [system({ right: [5, 5] }), "InvalidSystem"],
      [system({ smallestEigenvalue: "0" }), "InvalidSystem"],
      [system({ tolerance: "-1" }), "InvalidSystem"],
      [system({ matrix: [0] }), "WrongShape"],
      [system({ matrix: [5, 5, 4], right: [5, 5] }), "MixedScales"],
      [system({ matrix: [3], right: [4] }), "PublicOperands"],
      [system({ matrix: [7] }), "WrongKind"],
      [{ op: "unknown", a: 5, index: 0 }, "WrongKind"],
      [{ op: "certified", solutions: [5] }, "WrongKind"],
      [{ op: "count", a: 7 }, "WrongShape"],
      [{ op: "minimum", a: 5 }, "WrongShape"],
      [{ op: "maximum", a: 3 }, "WrongShape"],
      // Numbers where bits are wanted, and bits where numbers are.
      [{ op: "and", a: 6, b: 2 }, "WrongKind"],
      [{ op: "or", a: 2, b: 6 }, "WrongKind"],
      [{ op: "not", a: 2 }, "WrongKind"],
      [{ op: "number", a: 4 }, "WrongKind"],
      [{ op: "count", a: 2 }, "WrongKind"],
      [{ op: "select", bit: 2, a: 0, b: 0 }, "WrongKind"],
      [{ op: "select", bit: 6, a: 6, b: 2 }, "WrongKind"],
      [{ op: "add", a: 2, b: 6 }, "WrongKind"],
      [{ op: "multiply", a: 6, b: 0 }, "WrongKind"],
      [{ op: "dot", a: 6, b: 0 }, "WrongKind"],
      [{ op: "sum", a: 6 }, "WrongKind"],
      [{ op: "truncate", a: 6, bits: 1 }, "WrongKind"],
      [{ op: "less", a: 6, b: 2 }, "WrongKind"],
      [{ op: "minimum", a: 6 }, "WrongKind"],
      [{ op: "xor", a: 6, b: 9 }, "ForwardReference"],
      [{ op: "select", bit: 9, a: 0, b: 0 }, "ForwardReference"],
      // Orders sort secret columns, and are no columns themselves.
      [order(0, 5), "WrongShape"],
      [order(3), "WrongShape"],
      [order(7), "WrongShape"],
      [order(8), "WrongKind"],
      [order(0, 9), "ForwardReference"],
      [{ op: "arrange", order: 0, a: 1 }, "WrongKind"],
      [{ op: "arrange", order: 8, a: 8 }, "WrongKind"],
      [{ op: "arrange", order: 8, a: 5 }, "WrongShape"],
      [{ op: "arrange", order: 8, a: 3 }, "WrongShape"],
      [{ op: "prefixSum", a: 6 }, "WrongKind"],
      [{ op: "prefixSum", a: 5 }, "WrongShape"],
      [{ op: "previous", a: 7 }, "WrongShape"],
      [{ op: "previous", a: 8 }, "WrongKind"],
      [{ op: "at", a: 6, ...last }, "WrongKind"],
      [{ op: "at", a: 5, ...last }, "WrongShape"],
      [{ op: "sum", a: 8 }, "WrongKind"],
      [{ op: "count", a: 8 }, "WrongKind"],
      [{ op: "add", a: 8, b: 8 }, "WrongKind"],
    ];
    for (const [instruction, code] of cases) {
      const error = refusal(program([instruction]));
      expect(error.code, JSON.stringify(instruction)).to.equal(code);
      expect(error.instruction).to.equal(9);
      expect(error.message).to.match(new RegExp(`^instruction 9 \\(${instruction.op}\\): `));
    }
  });

  it("tells readers whether systems are certified", () => {
    const solved: Instruction[] = [system({}), { op: "unknown", a: 9, index: 0 }, { op: "certified", solutions: [9] }];
    expect(checkProgram(program(solved, { outputs: [{ name: "c", value: 11 }] }))[9]).to.deep.equal({
      ...{ kind: "solution", secret: true, shape: "scalar", fractionBits: 8, size: 1 },
    });
    const untold = refusal(program(solved, { outputs: [{ name: "x", value: 10 }] }));
    expect([untold.code, untold.instruction]).to.deep.equal(["UncertifiedSolve", 9]);
    const none = program([...solved, { op: "unknown", a: 9, index: 1 }], { outputs: [{ name: "c", value: 11 }] });
    expect(refusal(none).code).to.equal("InvalidSystem");
    expect(refusal(program(solved, { outputs: [{ name: "s", value: 9 }] })).code).to.equal("OutputNotSecretScalar");
  });

  it("refuses more fraction bits than the ring has room for", () => {
    const constants: Instruction[] = [
      { op: "constant", word: "1", fractionBits: 40 },
      { op: "constant", word: "1", fractionBits: 22 },
      { op: "constant", word: "1", fractionBits: 23 },
    ];
    expect(checkProgram(program([...constants, { op: "multiply", a: 9, b: 10 }]))[12].fractionBits).to.equal(62);
    expect(refusal(program([...constants, { op: "multiply", a: 9, b: 11 }])).code).to.equal("FractionBitsOutOfRange");
  });

  it("opens secret scalars only", () => {
    for (const value of [0, 3, 4, 6, 7, 8]) {
      const error = refusal(program([], { outputs: [{ name: "total", value }] }));
      expect(error.code).to.equal("OutputNotSecretScalar");
      expect(error.message).to.include("output total");
    }
    expect(refusal(program([], { outputs: [{ name: "total", value: 9 }] })).code).to.equal("ForwardReference");
  });

  it("refuses figures of outputs that are not there", () => {
    const finish = [
      { name: "f", label: "F", expression: { add: [{ rows: true }, { output: "none" }] } },
    ] as Program["finish"];
    expect(refusal(program([], { finish })).code).to.equal("UndeclaredOutput");
  });

  it("lets figures refer to those before them only", () => {
    const first: Program["finish"][number] = { name: "first", expression: { rows: true } };
    const second: Program["finish"][number] = { name: "second", label: "S", expression: { figure: "first" } };
    checkProgram(program([], { finish: [first, second] }));
    for (const finish of [[second], [second, first], [{ ...first, expression: { figure: "first" } }]]) {
      const error = refusal(program([], { finish }));
      expect(error.code).to.equal("UndeclaredFigure");
      expect(error.message).to.include("there is no figure first before it");
    }
  });

  it("refuses names that stand twice", () => {
    const output = { name: "total", value: 5 };
    const figure: Program["finish"][number] = { name: "f", label: "F", expression: { rows: true } };
    const parameter = { name: "p", fractionBits: 0, minimum: "0", maximum: "1" };
    const changes: Partial<Program>[] = [
      { columns: [x, y, sex, x] },
      { outputs: [output, output] },
      { finish: [figure, figure] },
      { parameters: [parameter, parameter] },
      { columns: [x, y, { ...sex, categories: ["f", "f"] }] },
    ];
    for (const change of changes) expect(refusal(program([], change)).code).to.equal("DuplicateName");
  });

  it("refuses ranges that are no ranges", () => {
    const parameter = { name: "p", fractionBits: 10, minimum: "1", maximum: "0" };
    expect(refusal(program([], { parameters: [parameter] })).code).to.equal("InvalidParameterRange");
    const wide = { ...parameter, maximum: "9223372036854775808" };
    expect(refusal(program([], { parameters: [wide] })).code).to.equal("InvalidParameterRange");
    const columns: Partial<typeof x>[] = [
      { minimum: "9" },
      // The same word, but still the wrong way round.
      { minimum: "0.0002", maximum: "0.0001" },
      { maximum: "9223372036854775807" },
    ];
    for (const change of columns) {
      expect(() => checkColumns([{ ...x, ...change } as Column]), JSON.stringify(change))
        .to.throw(ProgramError)
        .with.property("code", "InvalidColumnRange");
    }
  });

  it("refuses derivations from columns that have no logarithm", () => {
    const derived = (column: string): Column =>
      ({ ...x, name: "log_x", derived: { function: "log", column } }) as Column;
    checkColumns([x, derived("x")]);
    for (const columns of [[x, derived("z")], [sex, derived("sex")], [y, derived("y")], [derived("log_x")]]) {
      expect(() => checkColumns(columns))
        .to.throw(ProgramError)
        .with.property("code", "InvalidDerivation");
    }
  });
});
