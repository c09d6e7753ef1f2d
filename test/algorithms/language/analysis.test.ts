import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { isFunction } from "@sharebridge/algorithms/language/functions.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateReal, evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { wordToNumber } from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { evaluateExact } from "../support/exact.ts";
import { randomCase } from "../support/programs.ts";
import { SLACK } from "../support/real-functions.ts";

interface Given {
  fractionBits?: number;
  minimum?: string;
  maximum?: string;
  maximumRows?: number;
}

/** One column (value 0); the last instruction must give a secret scalar, which is opened. */
function program(given: Given, ...instructions: Instruction[]): Program {
  const { fractionBits = 0, minimum = "0", maximum = "1", maximumRows = 1 } = given;
  return {
    version: 2,
    name: "test",
    description: "For a test.",
    columns: [{ name: "x", kind: "number", fractionBits, minimum, maximum }],
    parameters: [],
    maximumRows,
    instructions: [{ op: "input", column: "x" }, ...instructions],
    outputs: [{ name: "result", value: instructions.length }],
    finish: [],
  };
}

function refusal(analysed: Program, rows?: number): ProgramError {
  try {
    analyse(analysed, rows);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("the program was accepted");
}

const sum: Instruction = { op: "sum", a: 0 };

describe("analysis: overflow", () => {
  it("is refused from the first row count at which a sum may not fit", () => {
    // 2^63 - 1 = 7 * 1317624576693539401.
    const fits = { maximum: "1317624576693539401", maximumRows: 7 };
    expect(analyse(program(fits, sum)).outputs[0].words.maximum).to.equal(2n ** 63n - 1n);
    const error = refusal(program({ ...fits, maximumRows: 8 }, sum));
    expect(error.code).to.equal("Overflow");
    expect(error.message).to.include("instruction 1 (sum)");
    expect(refusal(program({ ...fits, maximum: "1317624576693539402" }, sum)).code).to.equal("Overflow");
  });

  it("is refused exactly beyond -2^63", () => {
    const fits = { minimum: "-4611686018427387904", maximum: "0", maximumRows: 2 };
    expect(analyse(program(fits, sum)).outputs[0].words.minimum).to.equal(-(2n ** 63n));
    expect(refusal(program({ ...fits, minimum: "-4611686018427387905" }, sum)).code).to.equal("Overflow");
  });

  it("is refused for products, dot products and sums of columns", () => {
    const double: Instruction = { op: "add", a: 0, b: 0 };
    const total: Instruction = { op: "sum", a: 1 };
    analyse(program({ maximum: "4611686018427387903" }, double, total));
    const error = refusal(program({ maximum: "4611686018427387904" }, double, total));
    expect(error.message).to.include("instruction 1 (add)");
    // 3037000499 is the integer square root of 2^63 - 1.
    const square: Instruction = { op: "multiply", a: 0, b: 0 };
    analyse(program({ maximum: "3037000499" }, square, total));
    expect(refusal(program({ maximum: "3037000500" }, square, total)).message).to.include("instruction 1 (multiply)");
    const dot: Instruction = { op: "dot", a: 0, b: 0 };
    analyse(program({ maximum: "2147483647", maximumRows: 2 }, dot));
    expect(refusal(program({ maximum: "2147483648", maximumRows: 2 }, dot)).message).to.include("instruction 1 (dot)");
  });

  it("holds truncation to its bit of headroom", () => {
    const truncate: Instruction = { op: "truncate", a: 0, bits: 1 };
    const total: Instruction = { op: "sum", a: 1 };
    analyse(
      program({ fractionBits: 1, minimum: "-2305843009213693952", maximum: "2305843009213693951.5" }, truncate, total),
    );
    const above = refusal(program({ fractionBits: 1, maximum: "2305843009213693952" }, truncate, total));
    expect(above.code).to.equal("TruncateOutOfRange");
    expect(above.message).to.include("instruction 1 (truncate)");
    const below = refusal(program({ fractionBits: 1, minimum: "-2305843009213693952.5" }, truncate, total));
    expect(below.code).to.equal("TruncateOutOfRange");
  });

  it("is judged at maximumRows even when a request has fewer", () => {
    expect(refusal(program({ maximum: "1317624576693539401", maximumRows: 8 }, sum), 1).code).to.equal("Overflow");
  });

  it("refuses more rows than were proven", () => {
    expect(refusal(program({ maximumRows: 5 }, sum), 6).code).to.equal("TooManyRows");
    expect(refusal(program({ maximumRows: 5 }, sum), -1).code).to.equal("TooManyRows");
    expect(refusal(program({ maximumRows: 5 }, sum), 0.5).code).to.equal("TooManyRows");
  });

  it("refuses encodings so coarse that the error outgrows the value", () => {
    // The words stay 0 or 1, the exact value may be 1.4^(2^k).
    const squares = Array.from({ length: 40 }, (_, index): Instruction => ({ op: "multiply", a: index, b: index }));
    const error = refusal(program({ maximum: "1.4" }, ...squares, { op: "sum", a: 40 }));
    expect(error.code).to.equal("ErrorOutOfRange");
  });

  it("stays small for a hostile program of many multiplications", () => {
    const squares = Array.from({ length: 4_000 }, (_, index): Instruction => ({ op: "multiply", a: index, b: index }));
    const { outputs } = analyse(program({ maximum: "1" }, ...squares, { op: "sum", a: 4_000 }));
    // Words are 0 or 1 and so is the exact value: the error cannot exceed 1.
    expect(outputs[0].absoluteError).to.equal("1");
  });
});

describe("analysis: errors", () => {
  const wide = { fractionBits: 4, maximum: "8", maximumRows: 1_000 };

  it("counts half a unit for encoding, times the rows", () => {
    expect(analyse(program(wide, sum), 1).outputs[0].absoluteError).to.equal("0.03125");
    expect(analyse(program(wide, sum), 100).outputs[0].absoluteError).to.equal("3.125");
    expect(analyse(program(wide, sum)).outputs[0].absoluteError).to.equal("31.25");
    expect(analyse(program(wide, sum), 0).outputs[0].absoluteError).to.equal("0");
  });

  it("propagates products as |a| eb + |b| ea + ea eb", () => {
    const { outputs } = analyse(program(wide, { op: "dot", a: 0, b: 0 }), 1);
    expect(rational.toNumber(outputs[0].error)).to.equal(8 / 32 + 8 / 32 + 1 / 1024);
  });

  it("adds a unit of the result for each truncation", () => {
    const { outputs } = analyse(program(wide, { op: "truncate", a: 0, bits: 2 }, { op: "sum", a: 1 }), 1);
    expect(rational.toNumber(outputs[0].error)).to.equal(1 / 32 + 1 / 4);
  });

  it("takes categories, parameters, constants and the number of rows as exact", () => {
    const exact: Program = {
      ...program({}, sum),
      columns: [{ name: "x", kind: "category", categories: ["a", "b"] }],
      parameters: [{ name: "p", fractionBits: 0, minimum: "0", maximum: "9" }],
      instructions: [
        { op: "input", column: "x" },
        { op: "parameter", parameter: "p" },
        { op: "multiply", a: 0, b: 1 },
        { op: "rows" },
        { op: "subtract", a: 3, b: 2 },
        { op: "sum", a: 4 },
      ],
      outputs: [{ name: "result", value: 5 }],
      maximumRows: 10,
    };
    expect(analyse(exact).outputs[0].absoluteError).to.equal("0");
    expect(analyse(exact, 10, [2n]).outputs[0].words).to.deep.equal({ minimum: 80n, maximum: 100n });
    expect(() => analyse(exact, 10, [10n]))
      .to.throw(ProgramError)
      .with.property("code", "ParameterOutOfRange");
    expect(() => analyse(exact, 10, []))
      .to.throw(ProgramError)
      .with.property("code", "WrongParameterCount");
  });

  it("rounds decimals up", () => {
    expect(rational.toDecimalUp({ numerator: 1n, denominator: 3n }, 3)).to.equal("0.334");
    expect(rational.toDecimalUp({ numerator: 1_234_567n, denominator: 1n }, 3)).to.equal("1234567");
    expect(rational.toDecimalUp({ numerator: 9_999_999n, denominator: 10_000n }, 3)).to.equal("1000");
  });
});

describe("analysis: decisions", () => {
  const given = { fractionBits: 4, minimum: "-8", maximum: "8", maximumRows: 100 };
  const encoded: Instruction = { op: "encoded", column: "x" };
  const half: Instruction = { op: "constant", word: "8", fractionBits: 4 };

  it("are about exact numbers, or refused", () => {
    for (const op of ["less", "equal"] as const) {
      const raw = refusal(program(given, half, { op, a: 0, b: 1 }, { op: "count", a: 2 }));
      expect(raw.code).to.equal("InexactDecision");
      expect(raw.message).to.include(`instruction 2 (${op}): value 0 is inexact`);
      const { outputs } = analyse(program(given, encoded, half, { op, a: 2, b: 1 }, { op: "count", a: 3 }));
      expect(outputs[0]).to.deep.include({ absoluteError: "0", words: { minimum: 0n, maximum: 100n } });
    }
    // Sums and products of exact numbers are exact; what was truncated is not.
    const square: Instruction = { op: "multiply", a: 1, b: 1 };
    const cut: Instruction = { op: "truncate", a: 2, bits: 4 };
    analyse(program(given, encoded, square, { op: "less", a: 2, b: 2 }, { op: "count", a: 3 }));
    const truncated = refusal(program(given, encoded, square, cut, { op: "less", a: 3, b: 1 }, { op: "count", a: 4 }));
    expect(truncated.code).to.equal("InexactDecision");
    expect(truncated.message).to.include("value 3 is inexact");
  });

  it("are refused from the first difference that nodes cannot read the sign of", () => {
    const operations: Instruction[] = [
      { op: "less", a: 1, b: 1 },
      { op: "smaller", a: 0, b: 0 },
      { op: "larger", a: 0, b: 1 },
      { op: "minimum", a: 0 },
      { op: "maximum", a: 0 },
    ];
    const end = (value: Instruction): Instruction =>
      value.op === "less" ? { op: "count", a: 2 } : { op: "sum", a: value.op === "minimum" ? 0 : 2 };
    for (const operation of operations) {
      const last = operation.op === "minimum" || operation.op === "maximum" ? [] : [end(operation)];
      const fits = { minimum: "-1", maximum: "4611686018427387902" };
      analyse(program(fits, encoded, operation, ...last));
      const error = refusal(program({ ...fits, maximum: "4611686018427387903" }, encoded, operation, ...last));
      expect(error.code).to.equal("CompareOutOfRange");
      expect(error.message).to.include(`instruction 2 (${operation.op}): the numbers may be 4611686018427387904 apart`);
    }
    // Equality needs no sign.
    const wide = { minimum: "-4611686018427387904", maximum: "4611686018427387904" };
    analyse(program(wide, encoded, { op: "equal", a: 1, b: 1 }, { op: "count", a: 2 }));
  });

  it("bound choices by both branches, extremes by their operand, and no rows by 0", () => {
    const tail = (...instructions: Instruction[]) => program({ ...given, minimum: "1" }, ...instructions);
    const chosen = tail(
      { op: "constant", word: "-80", fractionBits: 4 },
      encoded,
      half,
      { op: "less", a: 2, b: 3 },
      { op: "select", bit: 4, a: 0, b: 1 },
      { op: "minimum", a: 5 },
    );
    expect(analyse(chosen).outputs[0].words).to.deep.equal({ minimum: -80n, maximum: 128n });
    // Half a unit of encoding, however many rows.
    expect(analyse(chosen).outputs[0].absoluteError).to.equal("0.03125");
    const least = tail({ op: "minimum", a: 0 });
    expect(analyse(least).outputs[0].words).to.deep.equal({ minimum: 0n, maximum: 128n });
    expect(analyse(least, 3).outputs[0].words).to.deep.equal({ minimum: 16n, maximum: 128n });
    expect(analyse(least, 0).outputs[0].words).to.deep.equal({ minimum: 0n, maximum: 128n });
    const capped = tail(half, { op: "smaller", a: 0, b: 1 }, { op: "sum", a: 2 });
    expect(analyse(capped, 1).values[2].words).to.deep.equal({ minimum: 8n, maximum: 8n });
    const raised = tail(
      { op: "constant", word: "100", fractionBits: 4 },
      { op: "larger", a: 1, b: 0 },
      { op: "sum", a: 2 },
    );
    expect(analyse(raised, 1).values[2].words).to.deep.equal({ minimum: 100n, maximum: 128n });
  });
});

describe("analysis: orders", () => {
  const given = { fractionBits: 4, minimum: "1", maximum: "8", maximumRows: 100 };
  const encoded: Instruction = { op: "encoded", column: "x" };
  const byKey = (value: number): Instruction => ({ op: "order", keys: [{ value, descending: false }] });
  const at = (a: number, offset: number, numerator = 0): Instruction => ({
    op: "at",
    a,
    numerator,
    offset,
    denominator: 1,
  });
  const wordsOf = (analysed: Program, rows?: number) => analyse(analysed, rows).outputs[0].words;

  it("are by exact keys, or refused; of keys over all 64 bits too", () => {
    const error = refusal(program(given, byKey(0), { op: "arrange", order: 1, a: 0 }, { op: "sum", a: 2 }));
    expect(error.code).to.equal("InexactDecision");
    expect(error.message).to.include("instruction 1 (order): value 0 is inexact");
    const wide = { minimum: String(-(2n ** 63n)), maximum: String(2n ** 63n - 1n) };
    analyse(program(wide, encoded, byKey(1), { op: "arrange", order: 2, a: 1 }, at(3, 0)));
  });

  it("keep the range and error of what is arranged", () => {
    const arranged = program(given, encoded, byKey(1), { op: "arrange", order: 2, a: 0 }, { op: "sum", a: 3 });
    expect(analyse(arranged, 3).outputs[0]).to.deep.include({ words: { minimum: 48n, maximum: 384n } });
    expect(analyse(arranged, 3).outputs[0].absoluteError).to.equal("0.09375");
  });

  it("bound running sums by all rows, and refuse those that may not fit", () => {
    const running = program(given, { op: "prefixSum", a: 0 }, at(1, 0));
    expect(wordsOf(running)).to.deep.equal({ minimum: 0n, maximum: 12_800n });
    expect(analyse(running, 2).values[1].words).to.deep.equal({ minimum: 0n, maximum: 256n });
    expect(analyse(running, 2).outputs[0].absoluteError).to.equal("0.0625");
    const fits = { maximum: "1317624576693539401", maximumRows: 7 };
    analyse(program(fits, { op: "prefixSum", a: 0 }, at(1, 0)));
    expect(refusal(program({ ...fits, maximumRows: 8 }, { op: "prefixSum", a: 0 }, at(1, 0))).code).to.equal(
      "Overflow",
    );
  });

  it("have 0 where there is no row", () => {
    const shifted = program(given, { op: "previous", a: 0 }, { op: "minimum", a: 1 });
    expect(wordsOf(shifted, 5)).to.deep.equal({ minimum: 0n, maximum: 128n });
    const third = program(given, at(0, 2));
    expect(wordsOf(third)).to.deep.equal({ minimum: 0n, maximum: 128n });
    expect(wordsOf(third, 2)).to.deep.equal({ minimum: 0n, maximum: 128n });
    expect(wordsOf(third, 3)).to.deep.equal({ minimum: 16n, maximum: 128n });
    const last = program(given, at(0, -1, 1));
    expect(wordsOf(last, 0)).to.deep.equal({ minimum: 0n, maximum: 128n });
    expect(wordsOf(last, 1)).to.deep.equal({ minimum: 16n, maximum: 128n });
    // Beyond the last.
    expect(wordsOf(program(given, at(0, 0, 1)), 5)).to.deep.equal({ minimum: 0n, maximum: 128n });
  });
});

describe("analysis: soundness", () => {
  it("bounds every word and every error of random programs on random tables", () => {
    let truncations = 0;
    let closest = 0;
    fc.assert(
      fc.property(randomCase, fc.infiniteStream(fc.boolean()), ({ program, rows, parameters, words, exact }, bits) => {
        if (program.instructions.some(({ op }) => op === "truncate")) truncations++;
        const roundsUp = () => bits.next().value as boolean;
        const computed = evaluateWords(program, words, parameters, rows, roundsUp);
        const truth = evaluateExact(program, exact, parameters, rows);
        // Roots and the like have no exact fraction to compare with.
        const slack = program.instructions.some(isFunction) ? SLACK : rational.ZERO;
        for (const { outputs } of [analyse(program), analyse(program, rows), analyse(program, rows, parameters)]) {
          outputs.forEach(({ name, fractionBits, words: range, error }, index) => {
            expect(computed[index] >= range.minimum && computed[index] <= range.maximum, `${name} in range`).to.equal(
              true,
            );
            const actual = rational.absolute(
              rational.subtract(rational.fromWord(computed[index], fractionBits), truth[index]),
            );
            expect(rational.compare(actual, rational.add(error, slack)), `error of ${name}`).to.be.at.most(0);
            if (error.numerator > 0n) closest = Math.max(closest, rational.toNumber(rational.divide(actual, error)));
          });
        }
      }),
      { seed, numRuns: 3_000 },
    );
    expect(truncations).to.be.greaterThan(300);
    // The bound is not merely large: some table comes near to it.
    expect(closest).to.be.greaterThan(0.9);
  }).timeout(120_000);

  it("covers evaluation in double precision, up to the rounding of doubles", () => {
    fc.assert(
      fc.property(randomCase, ({ program, rows, parameters, words, exact }) => {
        const computed = evaluateWords(program, words, parameters, rows);
        const real = evaluateReal(
          program,
          new Map([...exact].map(([name, column]) => [name, column.map(rational.toNumber)])),
          parameters.map((word, index) => wordToNumber(word, program.parameters[index].fractionBits)),
          rows,
        );
        analyse(program, rows).outputs.forEach(({ fractionBits, error, words: range }, index) => {
          const largest = wordToNumber(range.maximum - range.minimum, fractionBits);
          const slack = 2 ** -30 * (1 + largest + Math.abs(real[index]));
          const difference = Math.abs(wordToNumber(computed[index], fractionBits) - real[index]);
          expect(difference).to.be.at.most(rational.toNumberUp(error) + slack);
        });
      }),
      { seed, numRuns: 1_000 },
    );
  }).timeout(120_000);
});
