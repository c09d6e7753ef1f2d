/** Random programs that pass every check, and random tables in their ranges. */
import { type Analysis, analyse } from "@sharebridge/algorithms/language/analysis.ts";
import type { ValueType } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { clampPrivateInput, PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import { fromWord, integer } from "@sharebridge/algorithms/language/rational.ts";
import { encodeColumn, parseDecimal, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import fc from "fast-check";

const MAXIMUM_ROWS = 20;

/** One random step: which operation, on which two of the values so far, and a number for what else it needs. */
interface Step {
  operation: number;
  a: number;
  b: number;
  extra: number;
}

const step: fc.Arbitrary<Step> = fc.record({ operation: fc.nat(30), a: fc.nat(), b: fc.nat(), extra: fc.nat() });

/** The step on values of the kinds that its operation wants, where there are such. */
function instructionOf({ operation, a, b, extra }: Step, { types, values }: Analysis): Instruction {
  const indicesOf = (kind: ValueType["kind"]) => [...types.keys()].filter((index) => types[index].kind === kind);
  const pick = (from: readonly number[], at: number) => from[at % Math.max(1, from.length)] ?? 0;
  const numbers = indicesOf("number");
  const bits = indicesOf("bit");
  const [left, right] = [pick(numbers, a), pick(numbers, b)];
  const [first, second] = [pick(bits, a), pick(bits, b)];
  // Partners of one scale.
  const like = (index: number, among: readonly number[]) =>
    pick(
      among.filter((other) => types[other].fractionBits === types[index].fractionBits),
      b,
    );
  const exact = numbers.filter((index) => values[index].error === 0n);
  const exactly = pick(exact, a);
  const isColumn = (index: number) => types[index].shape === "column";
  // Numbers below 1 half of the time: what exponentials and sigmoids take.
  const argument = extra % 2 === 0 ? 11 : left;
  const fractionBits = extra % 25;
  const constant: Instruction = { op: "constant", word: String((extra % 2001) - 1000), fractionBits: extra % 7 };
  const made: Instruction[] = [
    { op: "add", a: left, b: right },
    { op: "subtract", a: left, b: right },
    { op: "multiply", a: left, b: right },
    { op: "truncate", a: left, bits: 1 + (extra % 12) },
    { op: "sum", a: left },
    { op: "dot", a: left, b: right },
    constant,
    { op: "less", a: exactly, b: like(exactly, exact) },
    { op: "equal", a: exactly, b: like(exactly, exact) },
    { op: "and", a: first, b: second },
    { op: "or", a: first, b: second },
    { op: "xor", a: first, b: second },
    { op: "not", a: first },
    { op: "number", a: first },
    { op: "count", a: first },
    { op: "select", bit: pick(bits, extra), a: left, b: like(left, numbers) },
    { op: "smaller", a: left, b: like(left, numbers) },
    { op: "larger", a: left, b: like(left, numbers) },
    { op: "minimum", a: left },
    { op: "maximum", a: left },
    // A constant that the column's words can be compared with.
    {
      op: "constant",
      word: String(midpoint(values[6 + (extra % 2)].words)),
      fractionBits: types[6 + (extra % 2)].fractionBits,
    },
    {
      op: "order",
      keys: [exactly, ...bits.filter(isColumn).slice(0, extra % 3)].map((value, key) => ({
        value,
        descending: ((extra >> key) & 1) === 1,
      })),
    },
    { op: "arrange", order: pick(indicesOf("order"), b), a: pick([...numbers, ...bits].filter(isColumn), a) },
    { op: "prefixSum", a: left },
    { op: "previous", a: pick([...numbers, ...bits].filter(isColumn), a) },
    { op: "at", a: left, numerator: extra % 5, offset: (extra % 7) - 3, denominator: 1 + (extra % 4) },
    { op: "divide", a: left, b: right, fractionBits },
    { op: "squareRoot", a: left, fractionBits },
    { op: "exponential", a: argument, fractionBits },
    { op: "logarithm", a: extra % 2 === 0 ? exactly : left, fractionBits },
    { op: "sigmoid", a: argument },
  ];
  return made[operation];
}

function midpoint({ minimum, maximum }: { minimum: bigint; maximum: bigint }): bigint {
  return (minimum + maximum) >> 1n;
}

/** Cents: bounds and values of number columns are decimals that no binary scale holds exactly. */
function cents(value: number): string {
  return (value / 100).toFixed(2);
}

interface RandomColumn {
  fractionBits: number;
  minimum: number;
  width: number;
}

const column: fc.Arbitrary<RandomColumn> = fc.record({
  fractionBits: fc.nat(14),
  minimum: fc.integer({ min: -20_000, max: 20_000 }),
  width: fc.nat(40_000),
});

export interface RandomCase {
  program: Program;
  rows: number;
  parameters: bigint[];
  words: Map<string, BigUint64Array>;
  exact: Map<string, Rational[]>;
}

export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({
    columns: fc.tuple(column, column, column),
    /** Which rows have a value of the third column. */
    presence: fc.oneof(
      fc.constant(Array<boolean>(MAXIMUM_ROWS).fill(true)),
      fc.constant(Array<boolean>(MAXIMUM_ROWS).fill(false)),
      fc.array(fc.boolean(), { minLength: MAXIMUM_ROWS, maxLength: MAXIMUM_ROWS }),
    ),
    substitute: fc.integer({ min: -1_000, max: 1_000 }),
    steps: fc.array(step, { minLength: 1, maxLength: 20, size: "max" }),
    rows: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(MAXIMUM_ROWS)),
    parameter: fc.integer({ min: -500, max: 500 }),
    // What a buyer shared, who need not keep to the declared range of -500 to 500.
    own: fc.oneof(fc.integer({ min: -600, max: 600 }), fc.constantFrom(-(2 ** 62), 2 ** 62)).map(BigInt),
    // Positions within a column's range; the ends are what proofs stand or fall by.
    positions: fc.array(fc.oneof(fc.constant(0), fc.constant(1_000), fc.nat(1_000)), { minLength: 80, maxLength: 80 }),
  })
  .map(({ columns, presence, substitute, steps, rows, parameter, own, positions }) => {
    const program = buildProgram(columns, substitute, steps);
    const texts = columns.map(({ minimum, width }, index) =>
      Array.from({ length: rows }, (_, row) =>
        cents(minimum + Math.round((width * positions[row * 4 + index]) / 1_000)),
      ),
    );
    const sexes = Array.from({ length: rows }, (_, row) => ["f", "m"][positions[row * 4 + 3] % 2]);
    const [x, y, z, sex] = program.columns;
    const present = presence.slice(0, rows).map((each) => (each ? 1n : 0n));
    return {
      program,
      rows,
      parameters: [BigInt(parameter)],
      words: new Map([
        ["x", encodeColumn(x, texts[0])],
        ["y", encodeColumn(y, texts[1])],
        // In the range, but not what the SDK puts where a value is missing: nothing may hang on it.
        ["z", encodeColumn(z, texts[2])],
        ["z.present", BigUint64Array.from(present)],
        ["sex", encodeColumn(sex, sexes)],
        [PRIVATE_INPUTS, BigUint64Array.of(toUnsigned(own))],
      ]),
      exact: new Map([
        ["x", texts[0].map(parseDecimal)],
        ["y", texts[1].map(parseDecimal)],
        ["z", texts[2].map(parseDecimal)],
        ["z.present", present.map(integer)],
        ["sex", sexes.map((value) => integer(value === "m" ? 1n : 0n))],
        [PRIVATE_INPUTS, privateInputsOf(program).map((input) => fromWord(clampPrivateInput(own, input), 5))],
      ]),
    };
  });

function buildProgram(columns: readonly RandomColumn[], substitute: number, steps: readonly Step[]): Program {
  const numbers = columns.map(({ fractionBits, minimum, width }, index) => ({
    name: ["x", "y", "z"][index],
    ...(index === 2 ? { optional: true as const } : {}),
    kind: "number" as const,
    fractionBits,
    minimum: cents(minimum),
    maximum: cents(minimum + width),
  }));
  const program: Program = {
    version: 2,
    name: "random",
    description: "A random program.",
    columns: [...numbers, { name: "sex", kind: "category", categories: ["f", "m"] }],
    parameters: [{ name: "p", fractionBits: 5, minimum: "-500", maximum: "500" }],
    privateInputs: [{ name: "own", fractionBits: 5, minimum: "-500", maximum: "500" }],
    maximumRows: MAXIMUM_ROWS,
    instructions: [
      { op: "input", column: "x" },
      { op: "input", column: "y" },
      { op: "input", column: "sex" },
      { op: "parameter", parameter: "p" },
      { op: "rows" },
      { op: "sum", a: 0 },
      { op: "encoded", column: "x" },
      { op: "encoded", column: "y" },
      { op: "constant", word: "1", fractionBits: 0 },
      { op: "equal", a: 2, b: 8 },
      { op: "constant", word: "1", fractionBits: 8 },
      { op: "multiply", a: 0, b: 10 },
      { op: "order", keys: [{ value: 6, descending: false }] },
      { op: "present", column: "z" },
      { op: "inputOr", column: "z", word: String(substitute) },
      { op: "encodedOr", column: "z", word: String(substitute) },
      { op: "equal", a: 13, b: 8 },
      { op: "privateInput", privateInput: "own" },
    ],
    outputs: [{ name: "o5", value: 5 }],
    finish: [],
  };
  // Steps that do not fit the values so far are left out.
  for (const each of steps) {
    const instruction = instructionOf(each, analyse(program));
    const longer: Program = { ...program, instructions: [...program.instructions, instruction] };
    try {
      const { types } = analyse(longer);
      const type = types[types.length - 1];
      program.instructions = longer.instructions;
      const value = types.length - 1;
      if (type.secret && type.shape === "scalar" && type.kind === "number")
        program.outputs.push({ name: `o${value}`, value });
      else if (type.secret && type.kind !== "order") {
        const op = type.kind === "number" ? "sum" : type.shape === "column" ? "count" : "number";
        const opened: Program = { ...program, instructions: [...program.instructions, { op, a: value }] };
        analyse(opened);
        program.instructions = opened.instructions;
        program.outputs.push({ name: `o${value + 1}`, value: value + 1 });
      }
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
    }
  }
  return program;
}
